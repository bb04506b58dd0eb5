import { assert, suite } from '../runner/suite.ts';
import { type Outcome, run } from './run.ts';

const test = suite('lint with a configuration');

const rulesIn = ({ out }: Outcome) =>
  [...out.matchAll(/\S+$/gm)].map(([word]) => word).filter((word) => /^(no|upper)-/.test(word));

test('the nearest one holds for each file', async () => {
  const outcome = await run([], {
    files: {
      '.dockerfileoptrc': 'rules: {no-root: off}',
      Dockerfile: 'from a\nUSER root\n',
      'sub/.dockerfileoptrc.json': '{"rules": {"DL9001": "off"}}',
      'sub/Dockerfile': 'from a\nUSER root\n',
    },
  });
  assert.equal(rulesIn(outcome), ['upper-keyword', 'no-root']);
});

test('--config replaces it, --no-config leaves it out', async () => {
  const files = {
    '.dockerfileoptrc': 'extends: []',
    'other.mjs': 'export default { rules: { "no-root": "off" } }',
    Dockerfile: 'from a\nUSER root\n',
  };
  assert.equal(rulesIn(await run([], { files })), []);
  assert.equal(rulesIn(await run(['-c', 'other.mjs'], { files })), ['upper-keyword']);
  assert.equal(rulesIn(await run(['--no-config'], { files })), ['upper-keyword', 'no-root']);
});

test('overrides and ignores go by pattern; a named file is never ignored', async () => {
  const files = {
    '.dockerfileoptrc': 'overrides: [{files: dev/, rules: {no-root: off}}]\nignores: ["*.old"]',
    'dev/Dockerfile': 'FROM a\nUSER root\n',
    'Dockerfile.old': 'FROM a\nUSER root\n',
    Dockerfile: 'from a\n',
  };
  assert.equal(rulesIn(await run([], { files })), ['upper-keyword']);
  assert.equal(rulesIn(await run(['Dockerfile.old'], { files })), ['no-root']);
  const none = await run(['.'], { files: { '.dockerfileoptrc': 'ignores: "*"', Dockerfile: 'from a\n' } });
  assert.equal([none.code, none.out, none.err], [0, '', '']);
});

test('a broken one is told once, and files under others are linted', async () => {
  const { code, out, err } = await run(['.'], {
    files: {
      'a/.dockerfileoptrc': 'rules:\n  no-rot: warn\n',
      'a/Dockerfile': 'from a\n',
      'a/b/Dockerfile': 'from a\n',
      'c/Dockerfile': 'from c\n',
    },
  });
  assert.is(code, 2);
  assert.is(err, 'dockerfileopt: a/.dockerfileoptrc: rules.no-rot: unknown rule, did you mean no-root?\n');
  assert.match(out, /^c\/Dockerfile\n/);
  const broken = await run([], { files: { 'package.json': '{\n "dockerfileopt" }', Dockerfile: 'from a\n' } });
  assert.equal([broken.code, broken.err], [2, 'dockerfileopt: package.json: line 2, column 18: unexpected }\n']);
  const missing = await run(['-c', 'x.yaml'], { files: { Dockerfile: 'from a\n' } });
  assert.equal([missing.code, missing.err], [2, 'dockerfileopt: x.yaml: no such file or folder\n']);
  const empty = await run(['-c', 'package.json'], { files: { 'package.json': '{}', Dockerfile: 'from a\n' } });
  assert.equal([empty.code, empty.err], [2, 'dockerfileopt: package.json: has no "dockerfileopt" in it\n']);
});

test('it holds for stdin by its name', async () => {
  const files = { 'sub/.dockerfileoptrc': 'extends: []' };
  assert.is((await run(['-', '--stdin-filename', 'sub/Dockerfile'], { files, stdin: 'from a\n' })).code, 0);
  assert.is((await run(['-'], { files, stdin: 'from a\n' })).code, 1);
});
