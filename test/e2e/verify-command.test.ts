import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../../src/cli.ts';
import type { Environment } from '../../src/engines/process.ts';
import { RUN_LABEL } from '../../src/engines/session.ts';
import type { VerificationReport } from '../../src/verify/model.ts';
import { assert } from '../runner/suite.ts';
import { e2e } from './harness.ts';

const test = e2e('verify command', { timeout: 600_000 });
const fixtures = fileURLToPath(new URL('../../fixtures/verify/c-tool', import.meta.url));

/** Runs the command on the original and another Dockerfile of the C program. */
async function verify(env: Environment, after: string, ...args: string[]) {
  let out = '';
  let err = '';
  const code = await main(
    [
      'verify',
      join(fixtures, 'Dockerfile'),
      join(fixtures, `${after}.Dockerfile`),
      '--context',
      join(fixtures, 'context'),
    ].concat(args),
    {
      stdout: { isTTY: false, write: (text) => (out += text) },
      stderr: { isTTY: false, write: (text) => (err += text) },
      env,
    },
  );
  return { code, out, err };
}

test('a good rewrite is 0', async ({ env }) => {
  const { code, out, err } = await verify(env, 'good', '--run', '/usr/local/bin/tool 9', '--time-cached');
  assert.is(code, 0, out + err);
  assert.match(out, /^Size +\d+MB +\d+(\.\d+)?MB +\d+MB \(\d\d\.\d %\), .* times smaller$/m);
  assert.match(out, /^RUN gcc .* │ COPY \/usr\/local\/bin\/t/m);
  assert.match(out, /^ {2}✔ build +Both build$/m);
  assert.match(out, /^ {2}toolchain +\d+MB/m);
  assert.match(out, /^✔ equivalent with differences \(/m);
  assert.match(err, /^Looking for a container engine\nFound docker /);
  assert.match(err, /^Reading the image of .*good\.Dockerfile$/m);
});

test('a broken one is 1, with the cause', async ({ env }) => {
  const { code, out, err } = await verify(env, 'dynamic-on-busybox', '-q', '-f', 'json');
  assert.equal([code, err], [1, '']);
  const report: VerificationReport = JSON.parse(out);
  const linking = report.checks.find(({ id }) => id === 'linking');
  assert.is(report.verdict, 'not equivalent');
  assert.match(linking?.summary ?? '', /linked dynamically and its loader/);
  assert.is(linking?.evidence[0]?.cause?.kind, 'interpreter');
});

test('structure tests hold, or say where they do not', async ({ env }) => {
  await withRewrite('', async (folder) => {
    const tests = join(folder, 'tests.yaml');
    const text = `schemaVersion: 2.0.0
commandTests:
  - { name: root of nine, command: /usr/local/bin/tool, args: ['9'], expectedOutput: ['^3\\.000 root\\n$'] }
  - { name: compiler, command: gcc, args: [--version] }
fileExistenceTests:
  - { name: program, path: /usr/local/bin/tool, permissions: '-rwxr-xr-x', isExecutableBy: any }
fileContentTests:
  - { name: accounts, path: /etc/passwd, expectedContents: ['(?m)^root:'] }
metadataTest: { cmd: ['16'], workdir: /src }
`;
    writeFileSync(tests, text);
    const bad = await verify(env, 'good', '-q', '--structure-tests', tests);
    assert.is(bad.code, 1, bad.out + bad.err);
    assert.match(bad.out.replace(/\s+/g, ' '), /tests\.yaml:4: compiler: `gcc --version` cannot be started/);
    writeFileSync(tests, text.replace(/.*compiler.*\n/, ''));
    const good = await verify(env, 'good', '-q', '--structure-tests', tests);
    assert.is(good.code, 0, good.out + good.err);
    assert.match(good.out, /✔ structure-tests +All 4 structure tests hold/);
  });
});

/** A Dockerfile of three lines in a folder of its own, for a while. */
async function withRewrite(lines: string, run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-verify-'));
  try {
    mkdirSync(join(folder, 'temporary'));
    writeFileSync(join(folder, 'Dockerfile'), 'FROM busybox:1.36\nRUN mkdir /data\nVOLUME /data\nCMD ["true"]\n');
    writeFileSync(join(folder, 'rewrite'), lines);
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('an image that cannot be had is 2, a step that fails is 1, and both are shown', async ({ env }) => {
  const run = async (folder: string) => {
    let out = '';
    const write = (text: string | Uint8Array) => (out += text);
    const code = await main(['verify', '-q', join(folder, 'Dockerfile'), join(folder, 'rewrite')], {
      stdout: { isTTY: false, write },
      stderr: { isTTY: false, write },
      env,
    });
    const log = /log file +(\S+)\n/.exec(out)?.[1];
    assert.ok(log, out);
    assert.ok(readFileSync(log, 'utf8').length > 0);
    rmSync(log);
    return { code, out };
  };
  await withRewrite('FROM nobody.invalid/nothing:1\n', async (folder) => {
    const { code, out } = await run(folder);
    assert.match(out, /cannot be built here, because an image is not available/);
    assert.is(code, 2);
  });
  await withRewrite('FROM busybox:1.36\nRUN echo said; exit 7\n', async (folder) => {
    const { code, out } = await run(folder);
    assert.match(out, /step {8}RUN echo said; exit 7\n {2}exit code {3}7\n/);
    assert.match(out, /│ said\n/);
    assert.is(code, 1);
  });
});

/** The ids of everything that carries the label of a session, of which only the beginning is known. */
function findOwned(env: Environment, session: string): string[] {
  const docker = (...args: string[]) => {
    const ran = spawnSync('docker', args, { encoding: 'utf8', env: env as NodeJS.ProcessEnv });
    return ran.stdout.split('\n').filter(Boolean);
  };
  const filter = ['--filter', `label=${RUN_LABEL}`, '--quiet'];
  const format = `{{index .Config.Labels "${RUN_LABEL}"}} {{.Id}}`;
  const owned = [docker('images', '--all', ...filter), docker('ps', '--all', ...filter)].flatMap((ids) =>
    ids.length === 0 ? [] : docker('inspect', '--format', format, ...new Set(ids)),
  );
  return owned.filter((line) => line.startsWith(session));
}

test('interrupted in the middle of a build, it leaves nothing and dies of the signal', async ({ env }) => {
  await withRewrite(`FROM busybox:1.36\nRUN : ${process.pid}; sleep 100\n`, async (folder) => {
    const temporary = join(folder, 'temporary');
    const script = `import('${new URL('../../src/cli.ts', import.meta.url).href}').then(async ({ main }) => {
      process.exitCode = await main(process.argv.slice(1));
    })`;
    const command = [
      '--import',
      'tsx',
      '--eval',
      script,
      'verify',
      join(folder, 'Dockerfile'),
      join(folder, 'rewrite'),
    ];
    const child = spawn(process.execPath, command, {
      env: { ...env, TMPDIR: temporary } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    let out = '';
    let session = '';
    let during: string[] = [];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
      if (session !== '' || !/^ .*RUN : \d+; sleep 100$/m.test(err)) return;
      session = /^dockerfileopt-(\w{8})-/.exec(readdirSync(temporary).join('\n'))?.[1] ?? 'none';
      during = findOwned(env, session);
      child.kill('SIGINT');
    });
    // What a shell calls exit code 130.
    const end = await new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    assert.is(end, 'SIGINT', err);
    assert.is(out, '');
    assert.match(err, /dockerfileopt: interrupted, removing what was made\n$/);
    assert.ok(during.length > 0, 'the original was there');
    assert.equal(findOwned(env, session), []);
    assert.equal(
      readdirSync(temporary).filter((name) => name.startsWith('dockerfileopt-')),
      [],
    );
  });
});
