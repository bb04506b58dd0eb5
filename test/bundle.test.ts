import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatNames } from '../src/formatters/index.ts';
import { version } from '../src/version.ts';
import { assert, suite } from './runner/suite.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
const test = suite('bundle');

/** Runs the executable, built from the sources as they are, in a folder without node_modules. */
function run(args: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bin/dockerfileopt.cjs'), ...args], {
    cwd: join(folder, 'work'),
    encoding: 'utf8',
    input: options.input ?? '',
    env: { PATH: process.env.PATH, ...options.env },
  });
  return { status, stdout, stderr };
}

test.before(() => {
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), join(folder, 'dist')], {
    encoding: 'utf8',
  });
  assert.equal([built.status, built.stderr], [0, '']);
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
  mkdirSync(join(folder, 'work/sub'), { recursive: true });
  writeFileSync(join(folder, 'work/.gitignore'), 'ignored\n');
  writeFileSync(
    join(folder, 'work/.dockerfileoptrc'),
    'extends: []\noverrides: [{files: x, rules: {parse-error: warn}}]\n',
  );
  writeFileSync(join(folder, 'work/sub/Dockerfile'), 'RUNX\n');
});

test.after(() => rmSync(folder, { recursive: true }));

test('runs without node_modules, with every lazy part', () => {
  assert.equal(run(['--version']), { status: 0, stdout: `${version}\n`, stderr: '' });
  const coloured = run(['--color']);
  assert.is(coloured.status, 1);
  assert.ok(coloured.stdout.includes('\x1b[4msub/Dockerfile\x1b[24m'));
  for (const name of formatNames) assert.match(run(['-f', name]).stdout, /parse-error/);
  assert.is(run(['graph', '-'], { input: 'FROM a AS b\n' }).stdout, 'b  [target]\n└─ a  [FROM, image]\n');
  assert.match(run(['explain', 'parse-error']).stdout, /^parse-error\n/);
  assert.match(run(['rules']).stdout, /^parse-error/m);
  const missing = run(['verify', 'a', 'b']);
  assert.equal([missing.status, missing.stderr], [2, 'dockerfileopt: a: no such file or folder\n']);
});

test('shows diffs', () => {
  const { stderr, status } = run(['--diff', '-'], { input: 'FROM a\n' });
  assert.equal([status, stderr], [0, '']);
});

test('loads on the way to a lint without findings nothing but the bundle and the rules', () => {
  const preload = join(folder, 'trace.cjs');
  writeFileSync(
    preload,
    `const { _load } = require('node:module');
     const loaded = new Set();
     require('node:module')._load = function (name, ...rest) { loaded.add(name); return _load.call(this, name, ...rest); };
     process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'loaded'))}, [...loaded].join('\\n')));`,
  );
  writeFileSync(join(folder, 'work/clean.txt'), 'FROM a:1\n');
  run(['--no-config', '--rule', 'parse-error', 'clean.txt'], { env: { NODE_OPTIONS: `--require ${preload}` } });
  const loaded = readFileSync(join(folder, 'loaded'), 'utf8')
    .split('\n')
    .map((name) => name.replace(/^node:/, ''));
  const allowed = ['module', 'fs', 'path', 'util', 'buffer', 'vm', '../dist/cli.cjs'];
  assert.equal(
    loaded.filter((name) => !name.endsWith('dockerfileopt.cjs') && !allowed.includes(name)),
    [],
  );
});

test('keeps what is rarely needed in chunks of its own', () => {
  const chunks = readdirSync(join(folder, 'dist'));
  for (const name of ['cosmiconfig', 'js-yaml', 'diff', 'ignore', 'picocolors', 'commands-verify', 'commands-graph'])
    assert.ok(chunks.includes(`${name}.cjs`), name);
});

test('starts from compiled code, and reads configurations with such', () => {
  const preload = join(folder, 'rejected.cjs');
  writeFileSync(
    preload,
    `const vm = require('node:vm');
     vm.Script = class extends vm.Script {
       constructor(text, options) {
         super(text, options);
         console.error(require('node:path').basename(options.filename), this.cachedDataRejected);
       }
     };`,
  );
  const { stderr } = run(['--color', 'sub'], { env: { NODE_OPTIONS: `--require ${preload}` } });
  assert.equal(stderr.trim().split('\n'), ['cli.cjs false', 'js-yaml.cjs false', 'ignore.cjs false']);
});

test('runs the code that a configuration names', () => {
  writeFileSync(join(folder, 'work/plugin.mjs'), 'export const rules = 1;\n');
  writeFileSync(join(folder, 'work/code.mjs'), 'export default { plugins: "./plugin.mjs" };\n');
  assert.match(run(['-c', 'code.mjs', 'sub']).stderr, /plugins: \.\/plugin\.mjs: exports no list of `rules`/);
});

test('compiled code of another version, or none, is no trouble', () => {
  const cache = join(folder, `dist/cli.cjs.${process.version}-${process.arch}`);
  const compiled = readFileSync(cache);
  writeFileSync(cache, 'nonsense');
  assert.is(run(['--version']).stdout, `${version}\n`);
  rmSync(cache);
  assert.is(run(['--version']).stdout, `${version}\n`);
  writeFileSync(cache, compiled);
});

test('a lint leaves compiled code for the next one, where there is none', () => {
  const cache = join(folder, `dist/cli.cjs.${process.version}-${process.arch}`);
  const compiled = readFileSync(cache);
  const beside = () => readdirSync(join(folder, 'dist')).filter((name) => name.startsWith('cli.cjs.'));
  const lint = () => run(['--no-config', 'whole.Dockerfile']);
  writeFileSync(join(folder, 'work/whole.Dockerfile'), 'FROM golang\nCOPY . .\nRUN cd x && go build\nCMD ["/x"]\n');
  rmSync(cache);
  run(['--version']);
  assert.equal(beside(), []);
  const { stdout, status } = lint();
  assert.equal(beside(), [basename(cache)]);
  const kept = statSync(cache);
  assert.is(lint().stdout, stdout);
  assert.is(statSync(cache).mtimeMs, kept.mtimeMs);
  // It cannot be put there: no trace of it is left, and nothing is said.
  rmSync(cache);
  mkdirSync(cache);
  const { stderr, ...rest } = lint();
  assert.equal([rest.stdout, rest.status, stderr], [stdout, status, '']);
  assert.equal(beside(), [basename(cache)]);
  rmSync(cache, { recursive: true });
  writeFileSync(cache, compiled);
});
