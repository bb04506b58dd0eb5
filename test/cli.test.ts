import { formatNames } from '../src/formatters/index.ts';
import { version } from '../src/version.ts';
import { run } from './commands/run.ts';
import { assert, suite } from './runner/suite.ts';

const test = suite('cli');
const bad = { Dockerfile: 'FROM a\nUSER root\n' };

test('prints the version and the help', async () => {
  assert.equal(await run(['--version']), { code: 0, out: `${version}\n`, err: '', files: {} });
  const { code, out } = await run(['-h']);
  assert.is(code, 0);
  for (const part of ['Usage: dockerfileopt [COMMAND]', '--fix-unsafe', 'explain RULE']) assert.ok(out.includes(part));
  for (const command of ['lint', 'graph', 'explain', 'rules']) {
    assert.match((await run([command, '--help'])).out, new RegExp(`^Usage: dockerfileopt \\[?${command}`));
  }
});

test('says in one line what it does not understand, with what may be meant', async () => {
  const cases: [string[], string][] = [
    [['--fxi'], 'unknown option --fxi, did you mean --fix?'],
    [['-z'], 'unknown option -z'],
    [['--format'], "Option '-f, --format <value>' argument missing"],
    [['--fix=1'], "Option '--fix' does not take an argument"],
    [['--format', 'xml'], `--format is one of ${formatNames.join(', ')}, not "xml"`],
    [['--fail-on', 'warning'], '--fail-on is one of error, warn, info, never, not "warning"'],
    [['--rule', 'no-rot'], '--rule no-rot: unknown rule, did you mean no-root?'],
    [['--rule', 'no-root:loud'], '--rule no-root:loud: the severity is one of error, warn, info, off'],
    [['--config', 'a', '--no-config'], '--config and --no-config exclude each other'],
    [['-', 'Dockerfile'], '- stands alone: stdin is linted by itself'],
    [['--stdin-filename', 'x'], '--stdin-filename goes with -'],
    [['grpah'], 'unknown command grpah, did you mean graph?'],
    [['explain'], 'explain takes one rule: dockerfileopt explain RULE'],
    [['explain', 'no-rot'], 'unknown rule no-rot, did you mean no-root?'],
    [['rules', 'x'], 'rules takes no arguments; one rule is shown by: dockerfileopt explain RULE'],
    [['rules', '--fix'], 'unknown option --fix'],
  ];
  for (const [args, message] of cases) {
    assert.equal(await run(args), { code: 2, out: '', err: `dockerfileopt: ${message}\n`, files: {} }, args.join(' '));
  }
});

test('colours on a terminal, or as it is told', async () => {
  const isColoured = async (args: string[], env = {}, isTTY = false) =>
    (await run(['--no-config', ...args], { files: bad, env, isTTY })).out.includes('\x1b[');
  assert.is(await isColoured([]), false);
  assert.is(await isColoured([], {}, true), true);
  assert.is(await isColoured([], { TERM: 'dumb' }, true), false);
  assert.is(await isColoured([], { NO_COLOR: '1' }, true), false);
  assert.is(await isColoured([], { NO_COLOR: '' }, true), true);
  assert.is(await isColoured([], { FORCE_COLOR: '1' }), true);
  assert.is(await isColoured([], { FORCE_COLOR: '0' }, true), false);
  assert.is(await isColoured(['--color'], { NO_COLOR: '1' }), true);
  assert.is(await isColoured(['--no-color'], { FORCE_COLOR: '1' }, true), false);
});

test('explains a rule by id and alias', async () => {
  const { code, out } = await run(['explain', 'dl9001']);
  assert.equal(
    [code, out],
    [
      0,
      `upper-keyword
severity warn · fixed by --fix · also DL9001, KeywordCase

A keyword is in lower case

Upper case is what everyone expects.

bad
  from a

good
  FROM a
`,
    ],
  );
});

test('lists the rules', async () => {
  const { out } = await run(['rules']);
  assert.match(out, /^parse-error .*\nupper-keyword {2}warn {3}A keyword is in lower case {2}DL9001, KeywordCase\n/);
  const list = JSON.parse((await run(['rules', '--format', 'json'])).out) as { id: string; fixable: unknown }[];
  assert.equal(list.map(({ id, fixable }) => [id, fixable]).slice(0, 3), [
    ['parse-error', null],
    ['upper-keyword', 'safe'],
    ['no-latest', 'unsafe'],
  ]);
});
