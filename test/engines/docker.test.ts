import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectEngine } from '../../src/engines/detect.ts';
import { compareVersions } from '../../src/engines/docker.ts';
import type { BuildRequest, Engine } from '../../src/engines/engine.ts';
import type { Session } from '../../src/engines/session.ts';
import { assert, suite } from '../runner/suite.ts';
import { type Answer, docker, Fakes, ID, makeTemporary } from './fakes.ts';

const test = suite('engines/docker');
const context = makeTemporary();
const built: Answer = { match: /^(?:buildx )?build /, id: ID };

async function open(session: Session): Promise<Engine> {
  const engine = await detectEngine('docker', session);
  if ('reason' in engine) throw new Error(engine.reason);
  return engine;
}

async function buildWith(
  fakes: Fakes,
  request: Partial<BuildRequest> = {},
  env: Readonly<Record<string, string>> = {},
) {
  const session = fakes.session(env);
  try {
    const engine = await open(session);
    return await engine.build({ dockerfile: { text: 'FROM scratch\n' }, context, ...request });
  } finally {
    assert.equal(await session.dispose(), []);
  }
}

/** Without what differs from run to run. */
const settled = (args: readonly string[] = []) =>
  args.map((arg) =>
    arg
      .replace(/^--(file|iidfile)=.*/, '--$1')
      .replace(/=[0-9a-f-]{36}$/, '=RUN')
      .replace(context, 'CONTEXT'),
  );

test('builds with the BuildKit of an older client', async () => {
  const fakes = new Fakes().add('docker', [built, ...docker()]);
  const outcome = await buildWith(fakes);
  assert.is(outcome.ok && outcome.imageId, ID);
  const call = fakes.call(/^build /);
  assert.is(call?.env.DOCKER_BUILDKIT, '1');
  assert.equal(settled(call?.args), [
    'build',
    '--progress=plain',
    '--label=dev.dockerfileopt.run=RUN',
    '--file',
    '--iidfile',
    'CONTEXT',
  ]);
});

test('builds with buildx, on a named builder, and brings the image here', async () => {
  const fakes = new Fakes().add('docker', [built, ...docker({ client: '28.2.2', server: '28.2.2', buildx: true })]);
  await buildWith(fakes, {
    builder: 'cluster',
    target: 'app',
    platform: 'linux/arm64',
    network: 'host',
    noCache: true,
    buildArgs: { A: 'x y', B: '' },
    secrets: ['id=token'],
    ssh: ['default'],
  });
  assert.equal(settled(fakes.call(/^buildx build /)?.args), [
    'buildx',
    'build',
    '--load',
    '--provenance=false',
    '--progress=plain',
    '--label=dev.dockerfileopt.run=RUN',
    '--builder=cluster',
    '--target=app',
    '--platform=linux/arm64',
    '--network=host',
    '--no-cache',
    '--build-arg=A=x y',
    '--build-arg=B=',
    '--secret=id=token',
    '--ssh=default',
    '--file',
    '--iidfile',
    'CONTEXT',
  ]);
});

test('goes on to the client behind a later one that lacks buildx', async () => {
  const fakes = new Fakes().add('docker', docker({ client: '28.2.2' })).add('docker', [built, ...docker()]);
  const outcome = await buildWith(fakes);
  assert.is(outcome.ok, true);
  assert.is(fakes.calls.find(({ args }) => args[0] === 'build')?.program, '1');
});

test('builds classically where no client has BuildKit, or the user wants none', async () => {
  const late = new Fakes().add('docker', [built, ...docker({ client: '28.2.2' })]);
  await buildWith(late);
  assert.is(late.call(/^build --force-rm /)?.env.DOCKER_BUILDKIT, '0');
  const unwanted = new Fakes().add('docker', [built, ...docker()]);
  await buildWith(unwanted, {}, { DOCKER_BUILDKIT: '0' });
  assert.is(unwanted.call(/^build --force-rm /)?.env.DOCKER_BUILDKIT, '0');
});

test('passes on where the engine is', async () => {
  const fakes = new Fakes().add('docker', [built, ...docker()]);
  await buildWith(fakes, {}, { DOCKER_HOST: 'ssh://there' });
  assert.is(fakes.call(/^build /)?.env.DOCKER_HOST, 'ssh://there');
});

test('reaches only the containers of an engine on this very machine', async () => {
  for (const [answer, reachable] of [
    [{ match: /^info/, stdout: JSON.stringify({ OperatingSystem: 'Docker Desktop' }) }, false],
    [
      { match: /^info/, stdout: JSON.stringify({ OperatingSystem: 'Debian', SecurityOptions: ['name=rootless'] }) },
      false,
    ],
    [{ match: /^context inspect/, stdout: 'tcp://there:2375\n' }, false],
    [{ match: /^never$/ }, process.platform === 'linux'],
  ] as const) {
    const session = new Fakes().add('docker', [answer, ...docker()]).session();
    assert.is((await open(session)).capabilities.reachable, reachable);
    await session.dispose();
  }
});

test("gives the builder the Dockerfile's own .dockerignore", async () => {
  const fakes = new Fakes().add('docker', [built, ...docker()]);
  const path = join(context, 'My.Dockerfile');
  writeFileSync(`${path}.dockerignore`, '*.md\n');
  await buildWith(fakes, { dockerfile: { text: 'FROM x\n', path } });
  const call = fakes.call(/^build /) as { beside?: string[]; text?: string } | undefined;
  const [file, ignoreFile, ...others] = call?.beside ?? [];
  assert.match(file ?? '', /^Dockerfile\./);
  assert.is(ignoreFile, `${file}.dockerignore`);
  assert.equal(others, []);
  assert.is(call?.text, 'FROM x\n');
});

test('gives progress line by line, and the log of a failure', async () => {
  const fakes = new Fakes().add('docker', [
    { match: /^build /, stdout: '#1 one\r\n#1 two\n', stderr: 'failed to solve: dockerfile parse error\n', code: 1 },
    ...docker(),
  ]);
  const lines: string[] = [];
  const outcome = await buildWith(fakes, { onProgress: (line) => lines.push(line) });
  assert.is(outcome.ok, false);
  assert.equal(lines.toSorted(), ['#1 one', '#1 two', 'failed to solve: dockerfile parse error']);
  assert.equal(outcome.log.head.toSorted(), lines.toSorted());
});

test('keeps the head and the tail of a long log', async () => {
  const long = Array.from({ length: 5000 }, (_, line) => `line ${line}\n`).join('');
  const outcome = await buildWith(new Fakes().add('docker', [{ match: /^build /, stdout: long, id: ID }, ...docker()]));
  const { head, tail, omitted } = outcome.log;
  assert.is(head[0], 'line 0');
  assert.is(tail.at(-1), 'line 4999');
  assert.is(head.length + tail.length + omitted, 5000);
  assert.ok(omitted > 3000);
});

test('asks by a build of its own whether the engine knows what it did not understand', async () => {
  const unknown = { stderr: 'failed to solve: dockerfile parse error line 3: unknown instruction: ECHO\n', code: 1 };
  const text = 'FROM x\nRUN <<EOF\necho\nEOF\n';
  const old = new Fakes().add('docker', [{ match: /^build /, ...unknown }, ...docker()]);
  const outcome = await buildWith(old, { dockerfile: { text } });
  assert.is(!outcome.ok && outcome.cause, 'engine-too-old');
  assert.is(!outcome.ok && outcome.feature, 'heredocs');
  assert.is(old.calls.filter(({ args }) => args[0] === 'build').length, 2);

  const recent = new Fakes().add('docker', [
    { match: /CONTEXT/ },
    { match: new RegExp(`${context}$`), ...unknown },
    built,
    ...docker(),
  ]);
  const broken = await buildWith(recent, { dockerfile: { text } });
  assert.is(!broken.ok && broken.cause, 'dockerfile');
  const without = new Fakes().add('docker', [{ match: /^build /, ...unknown }, ...docker()]);
  const plain = await buildWith(without, { dockerfile: { text: 'FROM x\nECHO\n' } });
  assert.is(!plain.ok && plain.cause, 'dockerfile');
  assert.is(without.calls.filter(({ args }) => args[0] === 'build').length, 1);
});

test('knows an unknown flag by its name', async () => {
  const stderr = 'failed to solve: dockerfile parse error line 2: unknown flag: parents\n';
  const fakes = new Fakes().add('docker', [{ match: /^build /, stderr, code: 1 }, ...docker()]);
  const outcome = await buildWith(fakes, { dockerfile: { text: 'FROM x\nCOPY --link --parents a /\n' } });
  assert.is(!outcome.ok && outcome.feature, 'copy-parents');
});

test('stops a build in time, politely first', async () => {
  const fakes = new Fakes().add('docker', [{ match: /^build /, delay: 20_000 }, ...docker()]);
  const outcome = await buildWith(fakes, { timeout: 400 });
  assert.is(!outcome.ok && outcome.cause, 'timeout');
  assert.ok(fakes.call(/^SIGINT$/));
  assert.ok(outcome.seconds < 5);
});

test('says why there is no engine', async () => {
  const reason = async (fakes: Fakes, preference: 'auto' | 'docker' = 'docker') => {
    const session = fakes.session();
    const engine = await detectEngine(preference, session);
    await session.dispose();
    return 'reason' in engine ? engine.reason : undefined;
  };
  const failing = (stderr: string) => new Fakes().add('docker', [{ match: /^version/, stderr, code: 1 }]);
  assert.is(await reason(new Fakes()), 'docker is not installed');
  assert.is(
    await reason(failing('Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?')),
    'no Docker engine is running',
  );
  assert.is(
    await reason(failing('permission denied while trying to connect')),
    'this user may not talk to the Docker engine',
  );
  assert.is(await reason(failing('strange')), 'the docker client fails: strange');
  assert.is(
    await reason(new Fakes(), 'auto'),
    'no container engine: docker is not installed, podman is not installed, buildah is not installed',
  );
});

test('removes containers with their volumes, then images, and only unnamed ones', async () => {
  const left: Answer[] = [
    { match: /^ps --all --quiet --no-trunc --filter label=dev\.dockerfileopt\.run=/, stdout: 'c1\nc2\n' },
    { match: /^rm --force --volumes c1 c2$/ },
    { match: /^images .*--filter label=/, stdout: `sha256:1 <none>\nsha256:2 someones/name\n` },
    { match: /^rmi --no-prune sha256:1$/ },
  ];
  const fakes = new Fakes().add('docker', [...left, built, ...docker()]);
  await buildWith(fakes);
  assert.ok(fakes.call(/^rm --force --volumes c1 c2$/));
  assert.equal(
    fakes.calls.filter(({ args }) => args[0] === 'rmi').map(({ args }) => args.at(-1)),
    ['sha256:1'],
  );
});

test('removes the images of the classic steps, but none that was there before', async () => {
  const [old, step] = ['0'.repeat(64), '1'.repeat(64)];
  const log = `Step 1/2 : FROM x\n ---> ${old.slice(0, 12)}\nStep 2/2 : RUN y\n ---> Running in cccccccccccc\n ---> ${step.slice(0, 12)}\n`;
  const fakes = new Fakes().add('docker', [
    { match: /^rm --force --volumes cccccccccccc$/, stderr: 'Error: No such container: cccccccccccc', code: 1 },
    { match: /^rmi / },
    { match: /^images .*--filter/, stdout: '' },
    { match: /^images /, stdout: `sha256:${old} <none>\n`, later: `sha256:${step} <none>\nsha256:${old} <none>\n` },
    { match: /^build /, stdout: log, code: 1, stderr: "The command 'y' returned a non-zero code: 1" },
    ...docker(),
  ]);
  await buildWith(fakes, {}, { DOCKER_BUILDKIT: '0' });
  const removed = fakes.calls.filter(({ args }) => args[0] === 'rmi').map(({ args }) => args.at(-1));
  assert.equal([...new Set(removed)], [`sha256:${step}`]);
  assert.ok(fakes.call(/^rm --force --volumes cccccccccccc$/));
});

test('tells what could not be removed', async () => {
  const fakes = new Fakes().add('docker', [
    { match: /^ps /, stdout: 'c1\n' },
    { match: /^rm /, stderr: 'device busy', code: 1 },
    ...docker(),
  ]);
  const session = fakes.session();
  await open(session);
  assert.equal(await session.dispose(), ['device busy']);
});

test('compares versions by their numbers', () => {
  assert.ok(compareVersions('20.10.24+dfsg1', '20.9') > 0);
  assert.ok(compareVersions('18.09.1', '18.9') > 0);
  assert.is(compareVersions('23', '23.0.0'), 0);
  assert.ok(compareVersions('v22.06.0-beta', '23') < 0);
});
