import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildSuccess, Engine, RunningContainer } from '../../src/engines/engine.ts';
import { assert } from '../runner/suite.ts';
import { e2e, findLeft, type Options, takeStock } from './harness.ts';

const engines: NonNullable<Options['engine']>[] = ['docker', 'classic', 'buildah'];

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const context = (files: Readonly<Record<string, string>> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-context-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  folders.push(folder);
  return folder;
};

const build = async (engine: Engine, text: string, folder = context()) =>
  await engine.build({ dockerfile: { text }, context: folder });

async function built(engine: Engine, text: string, folder?: string): Promise<BuildSuccess> {
  const outcome = await build(engine, text, folder);
  if (!outcome.ok) throw new Error(`${outcome.message}\n${outcome.log.tail.concat(outcome.log.head).join('\n')}`);
  return outcome;
}

async function failed(engine: Engine, text: string) {
  const outcome = await build(engine, text);
  if (outcome.ok) throw new Error('the build should have failed');
  const { log: _, seconds: __, ...rest } = outcome;
  return rest;
}

async function started(engine: Engine, image: string, command?: readonly string[]): Promise<RunningContainer> {
  const outcome = await engine.start({ image, ...(command ? { command } : {}) });
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome;
}

async function size(stream: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  return bytes;
}

for (const name of engines) {
  const test = e2e(`engine ${name}`, { engine: name });

  test('builds, inspects, exports, saves', async ({ engine }) => {
    const folder = context({ 'x.txt': 'x\n' });
    const text =
      'FROM busybox:1.36\nENV A=b\nLABEL l=1\nCOPY x.txt /x\nRUN echo hi >/hi\nVOLUME /data\nWORKDIR /w\nUSER 1000\nCMD ["cat","/x"]\n';
    const { imageId, log } = await built(engine, text, folder);
    assert.match(imageId, /^sha256:[0-9a-f]{64}$/);
    assert.ok(log.head.length > 0);
    const image = await engine.inspect(imageId);
    assert.is(image.Id, imageId);
    assert.is(image.Os, 'linux');
    assert.is(image.Config.WorkingDir, '/w');
    assert.is(image.Config.User, '1000');
    assert.equal(image.Config.Cmd, ['cat', '/x']);
    assert.equal({ ...image.Config.Volumes }, { '/data': {} });
    assert.equal({ ...image.Config.Labels }, { l: '1' });
    assert.ok(image.Config.Env?.includes('A=b'));
    const history = await engine.history(imageId);
    assert.match(history[0]?.createdBy ?? '', /CMD/);
    assert.ok(history.some(({ createdBy }) => createdBy.includes('echo hi')));
    assert.not(history.some(({ createdBy }) => createdBy.includes('dockerfileopt.run')));
    const base = (await engine.inspect('busybox:1.36')).RootFS.Layers ?? [];
    assert.equal(image.RootFS.Layers?.slice(0, base.length), base);
    assert.ok((await size(engine.exportFilesystem(imageId))) > 1_000_000);
    assert.ok((await size(engine.save(imageId))) > 1_000_000);
  });

  test('builds what it is given, however alike the Dockerfiles are', async ({ engine }) => {
    const folder = context();
    const texts = Array.from({ length: 8 }, (_, number) => `FROM busybox:1.36\nENV NUMBER=${number}\n`);
    const images = await Promise.all(texts.map((text) => built(engine, text, folder)));
    const numbers = await Promise.all(images.map(async ({ imageId }) => (await engine.inspect(imageId)).Config.Env));
    assert.equal(
      numbers.map((variables) => variables?.find((variable) => variable.startsWith('NUMBER='))),
      texts.map((_, number) => `NUMBER=${number}`),
    );
  });

  test('runs: output, exit codes, signals', async ({ engine }) => {
    const { imageId } = await built(engine, 'FROM busybox:1.36\nCMD ["sh","-c","echo out; echo err >&2; exit 7"]\n');
    const container = await started(engine, imageId);
    assert.is((await container.wait(20_000))?.exitCode, 7);
    const { stdout, stderr } = await container.logs();
    assert.is(stdout, 'out\n');
    assert.is(stderr, 'err\n');
    await container.remove();

    const missing = await engine.start({ image: imageId, command: ['/nope'] });
    assert.is(missing.ok, false);
    assert.is(!missing.ok && missing.exitCode, 127);
    assert.match(missing.ok ? '' : missing.message, /no such file/);
    const denied = await engine.start({ image: imageId, command: ['/etc/passwd'] });
    assert.is(!denied.ok && denied.exitCode, 126);

    const server = await started(engine, imageId, ['sh', '-c', 'trap "exit 3" TERM; while :; do sleep 0.1; done']);
    assert.is(await server.wait(500), undefined);
    assert.is((await server.state()).running, true);
    assert.is((await server.stop(10)).exitCode, 3);
    const deaf = await started(engine, imageId, ['sleep', '100']);
    assert.is((await deaf.stop(1)).exitCode, 137);
  });

  test('sees what a container listens on', async ({ engine }) => {
    const { imageId } = await built(engine, 'FROM busybox:1.36\nCMD ["httpd","-f","-p","8080"]\n');
    const container = await started(engine, imageId);
    await container.wait(500);
    assert.equal(await container.listeners(), [{ port: 8080, address: '*' }]);
  });

  test('tells failures apart', async ({ engine }) => {
    const broken = await failed(engine, 'FROM busybox:1.36\nRUN echo reason; exit 3\n');
    assert.is(broken.cause, 'dockerfile');
    assert.is(broken.exitCode, 3);
    assert.is(broken.step, 'RUN echo reason; exit 3');
    assert.is(broken.stepLog, 'reason');
    assert.is((await failed(engine, 'FROM busybox:1.36\nCOPY nope /\n')).cause, 'dockerfile');
    assert.is((await failed(engine, 'FROM busybox:1.36\nFRMO x\n')).cause, 'dockerfile');
    const base = await failed(engine, 'FROM localhost:1/nope:1\nRUN true\n');
    assert.is(base.cause, 'base-unavailable');
    assert.is(base.image, 'localhost:1/nope:1');
    assert.is((await failed(engine, 'FROM scratch\nCOPY --from=localhost:1/nope:1 /a /\n')).cause, 'base-unavailable');
    const offline = await failed(engine, 'FROM busybox:1.36\nRUN wget http://nope.invalid/\n');
    assert.is(offline.cause, 'network');
  });

  test('does not call a Dockerfile broken that the engine is too old for', async ({ engine }) => {
    for (const [feature, text] of [
      ['heredocs', 'FROM busybox:1.36\nRUN <<EOF\necho hi >/hi\nEOF\n'],
      ['copy-link', 'FROM scratch\nCOPY --link x /\n'],
      ['copy-exclude', 'FROM scratch\nCOPY --exclude=*.md x /\n'],
    ] as const) {
      const knows = await engine.supports(feature);
      const outcome = await build(engine, text, context({ x: '' }));
      assert.is(outcome.ok, knows, feature);
      if (outcome.ok) continue;
      assert.is(outcome.cause, 'engine-too-old');
      assert.is(outcome.feature, feature);
    }
  });

  test('stops a build that takes too long', async ({ engine }) => {
    const outcome = await engine.build({
      dockerfile: { text: 'FROM busybox:1.36\nRUN echo begin; sleep 100\n' },
      context: context(),
      timeout: 4000,
    });
    assert.is(outcome.ok, false);
    assert.is(!outcome.ok && outcome.cause, 'timeout');
  });

  test("honours the Dockerfile's own .dockerignore", async ({ engine }) => {
    if (!engine.capabilities.dockerfileIgnore) return;
    const folder = context({ a: 'a', b: 'b', '.dockerignore': 'a\n', 'My.Dockerfile.dockerignore': 'b\n' });
    const text = 'FROM busybox:1.36\nCOPY . /c/\nRUN test -e /c/a && test ! -e /c/b\n';
    const outcome = await engine.build({ dockerfile: { text, path: join(folder, 'My.Dockerfile') }, context: folder });
    assert.is(outcome.ok, true);
  });

  test('leaves nothing behind when interrupted', async ({ env, engine }) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const id = randomUUID();
      const before = takeStock(env, engine.name, id);
      const script = fileURLToPath(new URL('interrupted.ts', import.meta.url));
      const child = spawn(process.execPath, ['--import', 'tsx', script, engine.name, id], {
        env: env as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let during = before;
      child.stdout.on('data', (chunk: Buffer) => {
        if (!chunk.includes('READY')) return;
        during = takeStock(env, engine.name, id);
        child.kill(signal);
      });
      const by = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
      assert.is(by, signal);
      for (const kind of ['images', 'containers', 'temporary']) {
        assert.ok((during[kind]?.length ?? 0) > (before[kind]?.length ?? 0), `${kind} were there`);
      }
      assert.equal(await findLeft(before, env, engine.name, id), {});
    }
  });
}

const docker = e2e('engine docker only', { engine: 'docker' });

docker('reaches a server, runs beside it, and asks for its health', async ({ engine }) => {
  const text =
    'FROM busybox:1.36\nHEALTHCHECK --interval=1s CMD wget -qO- http://127.0.0.1:8080/ >/dev/null\nRUN echo hi >/index.html\nCMD ["httpd","-f","-p","8080","-h","/"]\n';
  const { imageId } = await built(engine, text);
  const outcome = await engine.start({ image: imageId, network: 'internal', memory: 64 << 20, pids: 50 });
  if (!outcome.ok) throw new Error(outcome.message);
  const at = await outcome.address(8080);
  assert.ok(at);
  const page = await fetch(`http://${at.host}:${at.port}/index.html`);
  assert.is(await page.text(), 'hi\n');
  const beside = await outcome.exec(['sh', '-c', 'echo beside; exit 4']);
  assert.is(beside.exitCode, 4);
  assert.is(beside.stdout, 'beside\n');
  for (let tries = 0; (await outcome.state()).health === 'starting' && tries < 50; tries += 1) await outcome.wait(100);
  assert.is((await outcome.state()).health, 'healthy');
  const lookup = await outcome.exec(['wget', '-qO-', '-T', '2', 'http://1.1.1.1/']);
  assert.ok(lookup.exitCode !== 0);
  assert.ok((await size(outcome.copyOut('/index.html'))) >= 1024);
});

docker('leaves alone what it did not make', async ({ engine }) => {
  const busybox = (await engine.inspect('busybox:1.36')).Id;
  await engine.remove('busybox:1.36');
  assert.is((await engine.inspect('busybox:1.36')).Id, busybox);
});

docker('builds with cached steps at once', async ({ engine }) => {
  const text = `FROM busybox:1.36\nRUN echo ${Date.now()}; sleep 2\n`;
  const [cold, cached] = [await built(engine, text), await built(engine, text)];
  assert.is(cached.imageId, cold.imageId);
  assert.ok(cold.seconds > 2 && cached.seconds < 2);
});
