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

test("hadolint's configuration holds where there is none of ours, and that is told once", async () => {
  const files = {
    '.hadolint.yaml': 'ignored: [DL9002]\noverride: {warning: [DL9001]}\nfailure-threshold: error\n',
    'a/Dockerfile': 'from x:latest\n',
    'b/Dockerfile': 'from y:latest\n',
  };
  const { code, out, err } = await run(['-f', 'gnu'], { files });
  assert.equal([code, out.match(/\[.*\]/g)], [0, ['[upper-keyword]', '[upper-keyword]']]);
  assert.is(
    err,
    'dockerfileopt: .hadolint.yaml: read for want of a configuration of ours; `dockerfileopt init --from-hadolint` writes one that says the same\n',
  );
  assert.is((await run(['--fail-on', 'warn'], { files })).code, 1);
  assert.equal((await run(['-q'], { files })).err, '');
  const broken = await run([], { files: { ...files, '.hadolint.yaml': 'ignored:\n  DL9002: yes\n' } });
  assert.equal(
    [broken.code, broken.err],
    [2, 'dockerfileopt: .hadolint.yaml: ignored: expected a list, got a mapping\n'],
  );
  const named = await run(['-c', 'ci/hadolint.yml', 'a'], { files: { ...files, 'ci/hadolint.yml': 'no-fail: true' } });
  assert.equal([named.code, named.out, named.err], [0, '', '']);
});

test('failOn and ignoreComments', async () => {
  const Dockerfile = '# hadolint ignore=DL9001\nfrom a:latest\n';
  const codes = async (config: string, ...args: string[]) =>
    (await run(args, { files: { Dockerfile, '.dockerfileoptrc': config } })).code;
  assert.is(await codes('{}'), 0);
  assert.is(await codes('failOn: info'), 1);
  assert.is(await codes('failOn: info', '--fail-on', 'warn'), 0);
  assert.is(await codes('ignoreComments: false'), 1);
  assert.is(await codes('{ignoreComments: false, failOn: never}'), 0);
  assert.is(await codes('failOn: warning'), 2);
});

test('it holds for stdin by its name', async () => {
  const files = { 'sub/.dockerfileoptrc': 'extends: []' };
  assert.is((await run(['-', '--stdin-filename', 'sub/Dockerfile'], { files, stdin: 'from a\n' })).code, 0);
  assert.is((await run(['-'], { files, stdin: 'from a\n' })).code, 1);
});

const PLUGIN = `export const rules = [{
  id: 'acme/no-onbuild', aliases: ['ACME1'], severity: 'warn', summary: 'ONBUILD is used', why: 'We agreed not to.',
  examples: [{ bad: 'FROM a\\nONBUILD RUN b\\n', good: 'FROM a\\nRUN b\\n' }],
  *check({ instructions }) {
    for (const instruction of instructions)
      if (instruction.keyword === 'ONBUILD') yield { at: instruction, message: 'ONBUILD is used' };
  },
}];`;

test('plug-ins of a configuration that is named add rules', async () => {
  const files = {
    Dockerfile: 'FROM a\nONBUILD RUN b\n',
    'acme.mjs': PLUGIN,
    'c.json': '{"plugins": "./acme.mjs", "rules": {"ACME1": "error"}}',
  };
  const { out, err, code } = await run(['-c', 'c.json', '-f', 'gnu'], { files });
  assert.equal([code, err], [1, '']);
  assert.is(out, 'Dockerfile:2:1: error: ONBUILD is used [acme/no-onbuild]\n');
});

test('plug-ins of a configuration that is found do not run', async () => {
  const files = { Dockerfile: 'FROM a\n', 'acme.mjs': 'throw 1;', '.dockerfileoptrc': '{"plugins": ["./acme.mjs"]}' };
  const { err, code } = await run([], { files });
  assert.is(code, 2);
  assert.match(err, /\.dockerfileoptrc: plugins: they are code, and only run for a configuration named with --config/);
});

test('plug-ins that cannot be used are named, with what is wrong', async () => {
  for (const [plugin, message] of [
    ['throw new Error("no")', /plugins: \.\/acme\.mjs: no/],
    ['export const rule = {};', /exports no list of `rules`/],
    [PLUGIN.replace("severity: 'warn'", "severity: 'loud'"), /acme\/no-onbuild: `severity` is missing or wrong/],
    [PLUGIN.replace("severity: 'warn'", "severity: 'warn', parts: ['ACME2']"), /acme\/no-onbuild: `parts` is missing/],
    [
      PLUGIN.replace("severity: 'warn'", "severity: 'warn', options: { a: 1 }"),
      /acme\/no-onbuild: `options` is missing/,
    ],
    [PLUGIN.replace('acme/no-onbuild', 'no-root'), /another rule is called no-root/],
    [PLUGIN.replace('acme/no-onbuild', 'No Root'), /the id "No Root" is not in lower case/],
  ] as const) {
    const files = { Dockerfile: 'FROM a\n', 'acme.mjs': plugin, 'c.json': '{"plugins": "./acme.mjs"}' };
    const { err, code } = await run(['-c', 'c.json'], { files });
    assert.is(code, 2, plugin);
    assert.match(err, message);
  }
});
