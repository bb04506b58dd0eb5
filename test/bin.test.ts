import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, suite } from './runner/suite.ts';

const bin = fileURLToPath(new URL('../bin', import.meta.url));
const test = suite('bin');

/** Runs the shim, through a shell pipe if asked, on a bundle made of the given text. */
function run(bundle: string | undefined, pipe = '') {
  const folder = mkdtempSync(join(tmpdir(), 'bin-'));
  try {
    cpSync(bin, join(folder, 'bin'), { recursive: true });
    mkdirSync(join(folder, 'dist'));
    if (bundle !== undefined)
      writeFileSync(join(folder, 'dist/cli.cjs'), `((exports, require, module) => {${bundle}\n})`);
    const command = `'${process.execPath}' '${join(folder, 'bin/dockerfileopt.cjs')}' one 'two 2'; echo "exit $?" >&2`;
    const { stdout, stderr } = spawnSync('sh', ['-c', `{ ${command}; } ${pipe}`], { encoding: 'utf8' });
    return { stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('hands over the arguments and takes the exit code, promised or not', () => {
  const bundle = 'exports.main = async (argv) => { console.log(JSON.stringify(argv)); return 1; };';
  assert.equal(run(bundle), { stdout: '["one","two 2"]\n', stderr: 'exit 1\n' });
  assert.equal(run('exports.main = () => 0;'), { stdout: '', stderr: 'exit 0\n' });
});

test('says in one line that the bundle is missing', () => {
  assert.equal(run(undefined), { stdout: '', stderr: 'dockerfileopt is not built; run: npm run build\nexit 2\n' });
});

test('does not mistake something else that is missing for the bundle', () => {
  assert.match(run(`require('./chunk.cjs');`).stderr, /Cannot find module '.*chunk\.cjs'[\s\S]*exit 2\n$/);
});

test('keeps quiet and keeps the exit code when the reader goes away', () => {
  const bundle = `exports.main = async () => {
    for (let i = 0; i < 20000; i++) process.stdout.write('line ' + i + '\\n');
    await new Promise((done) => setTimeout(done, 50));
    return 1;
  };`;
  assert.equal(run(bundle, '| head -n 1'), { stdout: 'line 0\n', stderr: 'exit 1\n' });
});

test('ends a crash with exit code 2', () => {
  assert.match(
    run(`exports.main = async () => { throw new Error('oops'); };`).stderr,
    /^Error: oops\n[\s\S]*exit 2\n$/,
  );
  assert.match(run(`exports.main = () => setTimeout(() => { throw 1; }) && 0;`).stderr, /^1\nexit 2\n$/);
});
