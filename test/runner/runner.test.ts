import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, suite } from './suite.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const api = new URL('suite.ts', import.meta.url).href;
const head = `import { suite, assert, Skip } from ${JSON.stringify(api)}; const test = suite('s');\n`;
const fine = `${head}test('fine', () => {});\n`;

const test = suite('runner');

/** Runs the runner on the given files. */
function run(files: Record<string, string>, env: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'runner-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { DOCKERFILEOPT_REQUIRE_ALL: _, ...outer } = process.env;
    const options = { encoding: 'utf8', timeout: 20_000, env: { ...outer, FORCE_COLOR: '1', ...env } } as const;
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), main, folder],
      options,
    );
    return { status, signal, stderr, stdout, last: stdout.trimEnd().split('\n').at(-1) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One broken file: the exit code is 1 and the closing line says so. */
function breaks(name: string, text: string, last: string, says: RegExp): void {
  test(name, () => {
    const result = run({ 'a.test.ts': text });
    assert.match(result.stdout, says);
    assert.equal([result.status, result.last], [1, last]);
  });
}

test('passes what passes, file by file, in order, without colour', () => {
  const result = run({ 'b.test.ts': fine, 'a.test.ts': fine });
  assert.match(
    result.stdout,
    /^✓ \S+a\.test\.ts \(1 passed, \d+ ms\)\n✓ \S+b\.test\.ts \(1 passed, \d+ ms\)\n2 passed, 0 failed\n$/,
  );
  assert.is(result.status, 0);
});

test('counts a test as skipped that finds out by itself that it cannot be carried out', () => {
  const files = { 'a.test.ts': `${fine}test('other', () => { throw new Skip('no such image here'); });` };
  const result = run(files);
  assert.match(result.stdout, /skipped s › other: no such image here/);
  assert.equal([result.status, result.last], [0, '1 passed, 0 failed, 1 skipped']);
  const all = run(files, { DOCKERFILEOPT_REQUIRE_ALL: '1' });
  assert.equal([all.status, all.last], [1, '1 passed, 1 failed']);
});

test('counts and explains what is skipped', () => {
  const files = { 'a.test.ts': `${fine}test.skip('other', 'no engine here');` };
  const result = run(files);
  assert.match(result.stdout, /skipped s › other: no engine here/);
  assert.equal([result.status, result.last], [0, '1 passed, 0 failed, 1 skipped']);
  const strict = run(files, { DOCKERFILEOPT_REQUIRE_ALL: '1' });
  assert.equal([strict.status, strict.last], [1, '1 passed, 1 failed']);
});

test('lets tests print and hides what uvu prints', () => {
  const { stdout } = run({ 'a.test.ts': `${head}test('talks', () => console.log('hello'));` });
  assert.match(stdout, /^hello\n✓ [^\n]*\n1 passed, 0 failed\n$/);
});

test('runs the hooks around each test', () => {
  const hooks = ['before', 'before.each', 'after.each', 'after'].map(
    (kind) => `test.${kind}(() => console.log('${kind}'));\n`,
  );
  const { stdout } = run({ 'a.test.ts': `${fine}${hooks.join('')}test('second', () => console.log('second'));` });
  const expected = ['before', 'before.each', 'after.each', 'before.each', 'second', 'after.each', 'after'];
  assert.equal(stdout.split('\n').slice(0, expected.length), expected);
});

test('shows line ends and blanks that differ', () => {
  const text = `${head}test('crlf', () => assert.is('a\\r\\nb\\n', 'a\\nb\\n'));`;
  assert.match(run({ 'a.test.ts': text }).stdout, /-a\\r\n +\+a\n/);
});

test('fails a filter that matches nothing', () => {
  const result = run({});
  assert.equal([result.status, result.last], [1, '0 passed, 1 failed']);
});

breaks('failing test', `${fine}test('x', () => assert.is(1, 2));`, '1 passed, 1 failed', /actual: +1\n +expected: 2/);
breaks('failing import', `import './missing.ts';`, '0 passed, 1 failed', /missing\.ts/);
breaks('exception while loading', `${fine}throw new Error('oops');`, '1 passed, 1 failed', /oops/);
breaks('import that never settles', `${fine}await new Promise(() => {});`, '1 passed, 1 failed', /never settles/);
breaks('empty file', '', '0 passed, 1 failed', /the file has no tests/);
breaks('empty suite', `${fine}suite('t');`, '1 passed, 1 failed', /the suite has no tests/);
breaks('throwing before hook', `${fine}test.before(() => { throw new Error('oops'); });`, '0 passed, 2 failed', /oops/);
breaks('throwing before.each hook', `${fine}test.before.each(() => { throw 1; });`, '0 passed, 1 failed', /threw 1/);
breaks('throwing after.each hook', `${fine}test.after.each(() => { throw 1; });`, '0 passed, 1 failed', /threw 1/);
breaks('throwing after hook', `${fine}test.after(async () => { throw 1; });`, '1 passed, 1 failed', /threw 1/);
breaks('rejected string', `${fine}test('x', () => Promise.reject('oops'));`, '1 passed, 1 failed', /threw 'oops'/);
breaks('rejected undefined', `${fine}test('x', () => Promise.reject());`, '1 passed, 1 failed', /threw undefined/);
breaks('.only', `${fine}test.only('x', () => {});`, '1 passed, 2 failed', /`\.only` was left in/);
breaks(
  'unhandled rejection',
  `${head}test('x', () => void Promise.reject(new Error('oops')));`,
  '1 passed, 1 failed',
  /oops/,
);
breaks(
  'exception after the test',
  `${head}test('x', () => void setImmediate(() => { throw new Error('oops'); }));`,
  '1 passed, 1 failed',
  /oops/,
);
breaks('process.exitCode', `${fine}test('x', () => { process.exitCode = 0; });`, '1 passed, 1 failed', /exitCode to 0/);
breaks('process.exit', `${fine}test('x', () => process.exit(0));`, '1 passed, 1 failed', /the process was ended/);
breaks(
  'test that never settles',
  `${head}test('x', () => new Promise(() => {})); test('fine', () => {});`,
  '1 passed, 1 failed',
  /s › x\n +Error: never settles/,
);
breaks(
  'test that takes too long',
  `${fine}suite('t', { timeout: 50 })('x', () => new Promise(() => setInterval(() => {}, 1000)));`,
  '1 passed, 1 failed',
  /did not settle within 50 ms/,
);
breaks(
  'late registration',
  `${head}test('x', () => test('y', () => {}));`,
  '0 passed, 1 failed',
  /registered after the file was loaded/,
);
breaks(
  'suite of uvu itself',
  `${fine}import * as uvu from ${JSON.stringify(import.meta.resolve('uvu'))}; const t = uvu.suite('t'); t('x', () => {}); t.run();`,
  '1 passed, 1 failed',
  /instead of uvu/,
);
breaks(
  'nothing but skipped tests',
  `${head}test.skip('x', 'why not');`,
  '0 passed, 0 failed, 1 skipped',
  /no test ran/,
);

test('ends a test that blocks the process', () => {
  const result = run({ 'a.test.ts': `${head}suite('t', { timeout: 50 })('x', () => { for (;;); });` });
  assert.match(result.stderr, /t › x has blocked the process/);
  assert.is(result.signal, 'SIGKILL');
});
