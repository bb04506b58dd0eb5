import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execute, lazyStream, stream } from '../../src/engines/process.ts';
import { Session } from '../../src/engines/session.ts';
import { assert, suite } from '../runner/suite.ts';
import { docker, Fakes, makeTemporary } from './fakes.ts';

const test = suite('engines/session');
const env = process.env;
const node = (code: string) => ['-e', code];

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} ends the build, cleans up, and then the process, which dies of it`, async () => {
    const fakes = new Fakes().add('docker', [
      { match: /^build /, stdout: '#1 building\n', delay: 30_000 },
      { match: /^ps .*--filter label=/, stdout: 'c1\n' },
      { match: /^rm --force --volumes c1$/, delay: 300 },
      ...docker(),
    ]);
    const temporary = makeTemporary();
    const script = join(temporary, 'build.mts');
    const url = (path: string) => JSON.stringify(new URL(`../../src/engines/${path}.ts`, import.meta.url).href);
    writeFileSync(
      script,
      `import { detectEngine } from ${url('detect')};
import { Session } from ${url('session')};
const session = new Session();
const engine = await detectEngine('docker', session);
const outcome = await engine.build({ dockerfile: { text: 'FROM x' }, context: ${JSON.stringify(temporary)}, onProgress: () => console.log('READY') });
console.log(outcome.cause);
await session.dispose();
console.log('DISPOSED');
setTimeout(() => console.log('LATE'), 10_000);
`,
    );
    const tsx = fileURLToPath(import.meta.resolve('tsx'));
    const child = spawn(process.execPath, ['--import', tsx, script], {
      env: fakes.env({ TMPDIR: temporary }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.once('close', (...how) => resolve(how)),
    );
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk;
      if (chunk.includes('READY')) child.kill(signal);
    });
    // The shell makes of it 128 + the signal's number.
    assert.equal(await ended, [null, signal], `code ${code}`);
    assert.match(printed, /^READY\ninterrupted\n/);
    assert.not.match(printed, /LATE/);
    assert.ok(fakes.call(/^SIGINT$/), 'the builder was asked to end');
    assert.ok(fakes.call(/^rm --force --volumes c1$/));
    assert.equal(
      readdirSync(temporary).filter((name) => name.startsWith('dockerfileopt-')),
      [],
    );
  });
}

test('an ended session leaves no handler and no file', async () => {
  const count = () => ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'].map((name) => process.listenerCount(name));
  const before = count();
  const session = new Session();
  const folder = await session.makeFolder();
  assert.ok(existsSync(folder));
  const order: number[] = [];
  session.onDispose(async () => void order.push(1));
  session.onDispose(async () => void order.push(2));
  session.onDispose(async () => {
    throw new Error('stuck');
  });
  let finished = false;
  void session.track(setTimeout(50).then(() => (finished = true)));
  assert.equal(await session.dispose(), ['stuck']);
  assert.equal(order, [2, 1]);
  assert.ok(finished, 'what was under way has ended');
  assert.ok(session.signal.aborted);
  assert.not(existsSync(folder));
  assert.equal(count(), before);
  assert.equal(await session.dispose(), ['stuck']);
});

test('makes nothing once it ends', async () => {
  const session = new Session({ signals: false });
  let made = 0;
  const make = () => session.make(async () => (made += 1));
  await make();
  const ended = session.dispose();
  await assert.rejects(make, /^interrupted$/);
  await assert.rejects(() => session.makeFolder(), /^interrupted$/);
  await ended;
  assert.is(made, 1);
});

test('keeps logs where it is told to', async () => {
  const folder = join(makeTemporary(), 'new');
  const session = new Session({ logFolder: folder, signals: false });
  const file = await session.makeLogFile();
  writeFileSync(file, 'log');
  await session.dispose();
  assert.ok(existsSync(file));
});

test('keeps the first bytes of an output and all its lines', async () => {
  const lines: string[] = [];
  const ran = await execute(
    process.execPath,
    node('process.stdout.write("a\\rb\\r\\nc\\u00e9"); process.exitCode = 3'),
    {
      env,
      keep: 2,
      onLine: (line) => lines.push(line),
    },
  );
  assert.is(ran.code, 3);
  assert.is(ran.stdout, 'a\r');
  assert.is(ran.truncated, true);
  assert.equal(lines, ['a', 'b', 'cé']);
});

test('a program that is not there ends with 127, a killed one with 128 and the signal', async () => {
  assert.is((await execute('/nope', [], { env })).code, 127);
  assert.is((await execute(process.execPath, node('process.kill(process.pid, "SIGKILL")'), { env })).code, 137);
  assert.is((await execute(process.execPath, node('process.stdin.resume()'), { env, input: 'x' })).code, 0);
});

test('a stream fails with what the program says, and cleans up whoever ends it', async () => {
  let closed = 0;
  const onClose = async () => {
    closed += 1;
  };
  const failing = stream(process.execPath, node('console.log("some"); console.error("reason"); process.exitCode = 1'), {
    env,
    onClose,
  });
  await assert.rejects(async () => {
    for await (const _ of failing);
  }, /^reason$/);
  const endless = stream(process.execPath, node('setInterval(() => console.log("x"), 10)'), { env, onClose });
  for await (const _ of endless) break;
  while (closed < 2) await setTimeout(10);
  await assert.rejects(async () => {
    for await (const _ of lazyStream(async () => Promise.reject(new Error('unprepared'))));
  }, /unprepared/);
});
