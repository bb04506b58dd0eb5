import { existsSync, readFileSync } from 'node:fs';
import { assert, suite } from '../runner/suite.ts';
import { type Outcome, run, type Setting } from './run.ts';

const test = suite('init');
const NAME = '.dockerfileoptrc';

/** Runs it, and what `lint` then says with the file that was written. */
async function init(args: readonly string[], files: Setting['files'] = {}): Promise<Outcome & { text: string }> {
  let text = '';
  const inspect = () => {
    if (existsSync(NAME)) text = readFileSync(NAME, 'utf8');
  };
  return { ...(await run(['init', ...args], { files, inspect })), text };
}

const Dockerfile = 'from a:latest\nUSER root\n';
const lint = (text: string) => run(['-f', 'gnu'], { files: { [NAME]: text, Dockerfile } });
const plain = (args: readonly string[] = []) => run(['-f', 'gnu', ...args], { files: { Dockerfile } });

test('writes a configuration that changes nothing', async () => {
  const { code, out, err, text } = await init([]);
  assert.equal([code, out, err], [0, '.dockerfileoptrc is written\n', '']);
  const { code: fails, out: found, err: told } = await lint(text);
  assert.equal([fails, found, told], [1, (await plain(['--no-config'])).out, '']);
});

test('leaves a configuration alone unless it is told', async () => {
  const files = { [NAME]: 'target: x\n' };
  const kept = await init([], files);
  assert.equal([kept.code, kept.err], [2, 'dockerfileopt: .dockerfileoptrc is there already; --force replaces it\n']);
  assert.is(kept.text, files[NAME]);
  assert.match((await init(['--force'], files)).text, /^extends: recommended$/m);
  const other = await init(['--force'], { 'package.json': '{"dockerfileopt": {}}' });
  assert.equal([other.code, other.text], [2, '']);
  assert.match(other.err, /package\.json configures this folder already/);
  assert.is((await init([], { 'package.json': '{"devDependencies": {"dockerfileopt": "1"}}' })).code, 0);
});

test('translates a configuration of hadolint, and says what it cannot', async () => {
  const hadolint = `ignored: [DL9002, DL9999]
override: {error: [DL9001]}
trustedRegistries: [docker.io, '*.gcr.io']
label-schema: {author: text}
strict-labels: true
disable-ignore-pragma: true
failure-threshold: error
format: json
`;
  const { code, err, text } = await init(['--from-hadolint'], { '.hadolint.yaml': hadolint });
  assert.is(code, 0);
  assert.is(
    err,
    `dockerfileopt: .hadolint.yaml: not taken over: ignored: no rule is called DL9999
dockerfileopt: .hadolint.yaml: not taken over: format: say \`--format json\` instead
`,
  );
  assert.is(
    text,
    `# Says what .hadolint.yaml said. With \`extends: [recommended, hadolint]\` there is also what hadolint does not look for.
extends: hadolint
failOn: error
rules:
  DL9001: error # upper-keyword
  DL9002: off # no-latest
trustedRegistries:
  - docker.io
  - "*.gcr.io"
labels:
  author: text
strictLabels: true
ignoreComments: false
`,
  );
  const theirs = await run(['-f', 'gnu', '-q'], { files: { '.hadolint.yaml': hadolint, Dockerfile } });
  const ours = await lint(text);
  assert.equal([ours.code, ours.out, ours.err], [1, theirs.out, '']);
  assert.match(ours.out, /^Dockerfile:1:1: error: .*\[upper-keyword\]\n$/);
});

test('takes the file that is named, and says what is wrong with it', async () => {
  const { text } = await init(['--from-hadolint', 'ci/h.yaml'], { 'ci/h.yaml': 'no-fail: true\n' });
  assert.match(text, /^extends: hadolint\nfailOn: never\n$/m);
  const fail = async (args: readonly string[], files: Setting['files'] = {}) => {
    const outcome = await init(args, files);
    assert.equal([outcome.code, outcome.text], [2, '']);
    return outcome.err;
  };
  assert.is(
    await fail(['--from-hadolint']),
    'dockerfileopt: there is no .hadolint.yaml here; name the file: --from-hadolint FILE\n',
  );
  assert.is(await fail(['--from-hadolint', 'x.yaml']), 'dockerfileopt: x.yaml: no such file or folder\n');
  assert.is(
    await fail(['--from-hadolint'], { '.hadolint.yml': 'ignored: all' }),
    'dockerfileopt: .hadolint.yml: ignored: expected a list, got "all"\n',
  );
  assert.is(await fail(['x']), 'dockerfileopt: init takes no arguments\n');
});
