import { detectEngine } from '../../src/engines/detect.ts';
import type { EngineName } from '../../src/engines/engine.ts';
import { assert, suite } from '../runner/suite.ts';
import { type Answer, Fakes, makeTemporary } from './fakes.ts';

const test = suite('engines/podman');
const context = makeTemporary();
const digits = 'ab'.repeat(32);
const info = (more: object = {}) =>
  JSON.stringify({ host: { security: { rootless: true }, ...more }, version: { Version: '4.3.1' } });
const common: Answer[] = [
  { match: /^info /, stdout: info() },
  { match: /^--version/, stdout: 'buildah version 1.28.2 (image-spec 1.1.0)\n' },
  { match: /^(?:ps|images) /, stdout: '' },
  { match: /^build /, stdout: `STEP 1/2: FROM x\n--> 0123456789a\n--> abababababa\n${digits}\n` },
];

for (const name of ['podman', 'buildah'] as const satisfies EngineName[]) {
  test(`${name} builds in Docker's format and reads the image from the log`, async () => {
    const fakes = new Fakes().add(name, common);
    const session = fakes.session();
    const engine = await detectEngine(name, session);
    if ('reason' in engine) throw new Error(engine.reason);
    const outcome = await engine.build({ dockerfile: { text: 'FROM x\n' }, context, target: 'app' });
    assert.is(outcome.ok && outcome.imageId, `sha256:${digits}`);
    const args = fakes.call(/^build /)?.args ?? [];
    for (const flag of ['--format=docker', '--layers', '--force-rm', '--target=app', context])
      assert.ok(args.includes(flag), flag);
    assert.not(args.some((arg) => arg.startsWith('--iidfile')));
    assert.equal(await session.dispose(), []);
  });

  test(`${name} removes the images of the steps, but none that was there before`, async () => {
    const [old, step] = [`fff${'0'.repeat(61)}`, `0123456789a${'0'.repeat(53)}`];
    const fakes = new Fakes().add(name, [
      { match: /^images .*--filter/, stdout: '' },
      { match: /^images --all/, stdout: `${old} <none>\n`, later: `${step} <none>\n${old} <none>\n` },
      { match: /^rmi / },
      ...common,
    ]);
    const session = fakes.session();
    const engine = await detectEngine(name, session);
    if ('reason' in engine) throw new Error(engine.reason);
    await engine.build({ dockerfile: { text: 'FROM x\n' }, context });
    assert.equal(await session.dispose(), []);
    const removed = fakes.calls.filter(({ args }) => args[0] === 'rmi').map(({ args }) => args.at(-1));
    assert.equal([...new Set(removed)], [`sha256:${step}`]);
  });
}

test('podman without privileges has no addresses', async () => {
  for (const [facts, reachable] of [
    [info(), false],
    [info({ security: { rootless: false } }), process.platform === 'linux'],
    [info({ security: { rootless: false }, serviceIsRemote: true }), false],
  ] as const) {
    const session = new Fakes().add('podman', [{ match: /^info/, stdout: facts }, ...common]).session();
    const engine = await detectEngine('podman', session);
    assert.is(!('reason' in engine) && engine.capabilities.reachable, reachable);
    await session.dispose();
  }
});

test('auto takes the first that answers', async () => {
  const fakes = new Fakes()
    .add('docker', [{ match: /^version/, stderr: 'Cannot connect to the Docker daemon', code: 1 }])
    .add('podman', [{ match: /^info/, stderr: 'Error: broken storage', code: 125 }])
    .add('buildah', common);
  const session = fakes.session();
  const engine = await detectEngine('auto', session);
  assert.is(!('reason' in engine) && engine.name, 'buildah');
  const podman = await detectEngine('podman', session);
  assert.is('reason' in podman && podman.reason, 'podman fails: Error: broken storage');
  await session.dispose();
});
