import { plain } from '../../src/formatters/index.ts';
import { format } from '../../src/formatters/stylish.ts';
import { assert, suite } from '../runner/suite.ts';
import { oddReport, reportOn } from './report.ts';

const test = suite('stylish');
const show = (...args: Parameters<typeof reportOn>) => format(reportOn(...args), plain);

test('says nothing about clean files', () => {
  assert.is(show({ Dockerfile: 'FROM a\n' }), '');
});

test('aligns the columns under each file and counts', () => {
  const long = `FROM a\n${'RUN x\n'.repeat(9)}user root\n`;
  assert.is(
    show({ a: 'from a:latest\n', b: 'FROM b\n', c: long }),
    `a
  1:1  warning  from is in lower case  upper-keyword
  1:6  info     the tag is latest      no-latest

c
  11:1  warning  user is in lower case  upper-keyword
  11:1  error    the user is root       no-root

✖ 4 problems (1 error, 2 warnings, 1 info)
  2 fixable with --fix, 1 with --fix-unsafe
`,
  );
  assert.is(
    show({ a: 'FROM a\nUSER root\n' }),
    'a\n  2:1  error    the user is root  no-root\n\n✖ 1 problem (1 error, 0 warnings)\n',
  );
});

test('escapes what would steer a terminal', () => {
  const text = format(oddReport, plain);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  assert.not(/[\0-\x09\x0b-\x1f\x7f-\x9f\u2028]|\p{Cs}/u.test(text));
});

test('a very long message does not push the others aside', () => {
  const report = reportOn({ a: 'from a\nrun x\n' });
  const [file] = report.files;
  const [first, second] = file!.findings;
  const findings = [{ ...first!, message: 'x'.repeat(300) }, second!];
  const lines = format({ ...report, files: [{ ...file!, findings }] }, plain).split('\n');
  assert.match(lines[1]!, /x{300} {2}upper-keyword$/);
  assert.is(lines[2], '  2:1  warning  run is in lower case  upper-keyword');
});

test('colours what matters', () => {
  const tag = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
  const names = ['bold', 'dim', 'underline', 'red', 'yellow', 'cyan', 'green'] as const;
  const palette = Object.fromEntries(names.map((name) => [name, tag(name)])) as unknown as typeof plain;
  assert.is(
    format(reportOn({ a: 'from a\n' }), palette),
    '<underline>a</underline>\n  <dim>1:1</dim>  <yellow>warning</yellow>  from is in lower case  <dim>upper-keyword</dim>\n\n' +
      '<bold><yellow>✖ 1 problem (0 errors, 1 warning)</yellow></bold>\n<dim>  1 fixable with --fix</dim>\n',
  );
});
