import { Readable } from 'node:stream';
import type {
  BuildFailureCause,
  BuildOutcome,
  ContainerState,
  Engine,
  StartOutcome,
} from '../../src/engines/engine.ts';
import { type ProgressEvent, Verifier, type VerifyOptions, verify } from '../../src/verify/index.ts';
import { makeTar, type Tree } from '../image/make.ts';
import { assert, suite } from '../runner/suite.ts';
import { executable, goProgram } from './make.ts';

const test = suite('verify');

const log = { head: [], tail: ['the last line'], omitted: 0, file: '/none' };

/** An image of the engine that only pretends: its layers, its config, and what a container of it does. */
interface Pretended {
  layers?: Tree[];
  config?: Record<string, unknown>;
  does?: { exitCode: number; stdout: string };
  fails?: BuildFailureCause;
}

/** An engine whose images are named by the last word of their Dockerfile, and that counts what it is asked to do. */
function pretend(images: Record<string, Pretended>, capabilities: Partial<Engine['capabilities']> = {}) {
  const asked: string[] = [];
  const blob = ({ config = {}, layers = [] }: Pretended) => ({
    os: 'linux',
    architecture: 'amd64',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map((_, index) => `sha256:${index}`) },
    history: [{ created_by: 'base' }, { created_by: 'COPY . . # buildkit' }],
  });
  const stream = (make: () => Promise<Buffer>): Readable =>
    Readable.from(
      (async function* () {
        yield await make();
      })(),
      { objectMode: false },
    );
  const state = (exitCode: number): ContainerState => ({
    running: false,
    exitCode,
    outOfMemory: false,
    health: 'none',
    healthOutput: '',
    pid: undefined,
  });
  const engine: Engine = {
    name: 'docker',
    version: '0',
    capabilities: {
      buildkit: true,
      skipsUnusedStages: true,
      canRun: true,
      health: true,
      exec: true,
      reachable: true,
      dockerfileIgnore: true,
      builders: true,
      mounts: true,
      ...capabilities,
    },
    supports: async () => true,
    async build({ dockerfile }): Promise<BuildOutcome> {
      const name = dockerfile.text.trim().split(/\s+/).at(-1) as string;
      asked.push(`build ${name}`);
      const { fails } = images[name] as Pretended;
      if (fails)
        return { ok: false, cause: fails, message: `failed: ${fails}`, step: 'RUN make', exitCode: 2, seconds: 1, log };
      return { ok: true, imageId: name, seconds: 1, log };
    },
    async inspect(name) {
      const image = images[name];
      if (image === undefined) throw new Error(`no image ${name}`);
      const { config, rootfs } = blob(image);
      return {
        Id: name,
        Os: 'linux',
        Architecture: 'amd64',
        Config: config,
        RootFS: { Layers: rootfs.diff_ids },
        Size: 1000,
      };
    },
    history: async () => [],
    exportFilesystem(name) {
      asked.push(`export ${name}`);
      return stream(() => makeTar(Object.assign({}, ...(images[name]?.layers ?? []))));
    },
    tag: async (image) => image,
    copyOut() {
      throw new Error('verifying copies nothing out');
    },
    save(name) {
      asked.push(`save ${name}`);
      return stream(async () => {
        const image = images[name] as Pretended;
        const layers = await Promise.all((image.layers ?? []).map(makeTar));
        const names = layers.map((_, index) => `${index}.tar`);
        const manifest = JSON.stringify([{ Config: 'config.json', Layers: names }]);
        const files = Object.fromEntries(layers.map((tar, index) => [`${index}.tar`, tar]));
        return makeTar({ ...files, 'config.json': JSON.stringify(blob(image)), 'manifest.json': manifest });
      });
    },
    async start({ image, command }): Promise<StartOutcome> {
      asked.push(`start ${image}${command ? ` ${command.join(' ')}` : ''}`);
      const { exitCode, stdout } = images[image]?.does ?? { exitCode: 0, stdout: '' };
      return {
        ok: true,
        id: '1',
        state: async () => state(exitCode),
        wait: async () => state(exitCode),
        stop: async () => state(exitCode),
        kill: async () => {},
        logs: async () => ({ stdout, stderr: '', truncated: false }),
        exec: async () => ({ stdout: '', stderr: '', truncated: false, exitCode: 0, timedOut: false }),
        address: async () => undefined,
        listeners: async () => [],
        copyOut: () => Readable.from([]),
        remove: async () => void asked.push(`remove ${image}`),
      };
    },
    remove: async () => {},
  };
  return { engine, asked };
}

const program = executable(goProgram('\0main.main\0'));
const base: Tree = { 'bin/sh': executable(goProgram()), 'tmp/': { mode: 0o1777 } };
const good: Pretended = {
  layers: [base, { app: program }],
  config: { Cmd: ['/app'] },
  does: { exitCode: 0, stdout: 'hello\n' },
};
const side = (name: string) => ({ text: `FROM base:1\nCOPY . .\n# ${name}`, path: `${name}.Dockerfile`, context: '.' });
const judge = (
  images: Record<string, Pretended>,
  options: VerifyOptions = {},
  capabilities: Partial<Engine['capabilities']> = {},
) => verify(pretend(images, capabilities).engine, side('one'), side('two'), options);

test('an equal rewrite', async () => {
  const { engine, asked } = pretend({ one: good, two: good });
  const steps: ProgressEvent['step'][] = [];
  const report = await verify(engine, side('one'), side('two'), { onProgress: ({ step }) => void steps.push(step) });
  assert.is(report.verdict, 'equivalent');
  assert.is(
    report.checks.every(({ outcome }) => outcome === 'same'),
    true,
  );
  assert.equal(
    report.before.layers.map(({ base, createdBy }) => [base, createdBy]),
    [
      [true, 'base'],
      [false, 'COPY . . # buildkit'],
    ],
  );
  assert.equal([report.before.bytes, report.before.imageId, report.after.dockerfile], [1000, 'one', 'two.Dockerfile']);
  assert.equal(asked.filter((one) => one.startsWith('start')).sort(), ['start one', 'start one', 'start two']);
  assert.equal(asked.filter((one) => one.startsWith('remove')).length, 3);
  assert.equal([...new Set(steps)].sort(), ['compare', 'read', 'search', 'start']);
});

test('the original is built, read and started once for all candidates', async () => {
  const { engine, asked } = pretend({
    one: good,
    two: good,
    three: { ...good, does: { exitCode: 1, stdout: 'hello\n' } },
  });
  const verifier = new Verifier(engine, side('one'));
  assert.is((await verifier.judge(side('two'))).verdict, 'equivalent');
  const report = await verifier.judge(side('three'));
  assert.equal(
    [report.verdict, report.reason],
    ['not equivalent', 'The original ends with exit code 0, the rewrite ends with exit code 1: hello'],
  );
  for (const once of ['build one', 'save one']) assert.is(asked.filter((one) => one === once).length, 1, once);
  assert.is(asked.filter((one) => one === 'start one').length, 2);
});

test('a rewrite that does not build is worse, unless the engine is to blame', async () => {
  const broken = await judge({ one: good, two: { fails: 'dockerfile' } });
  assert.equal(
    [broken.verdict, broken.reason],
    ['not equivalent', 'The rewrite does not build: failed: dockerfile (RUN make)'],
  );
  assert.equal(broken.after.build.failure?.log, ['the last line']);
  for (const cause of ['engine-too-old', 'base-unavailable', 'network', 'timeout', 'disk-full'] as const) {
    assert.is((await judge({ one: good, two: { fails: cause } })).verdict, 'unproven', cause);
  }
  const original = await judge({ one: { fails: 'dockerfile' }, two: good });
  assert.equal(
    [original.verdict, original.after.build.failure?.message],
    ['unproven', 'Was not built, because the original could not be'],
  );
});

test('an engine that cannot run proves nothing about running', async () => {
  const report = await judge({ one: good, two: good }, {}, { canRun: false });
  assert.equal([report.verdict, report.reason], ['unproven', 'The engine cannot run containers']);
  assert.is((await judge({ one: good, two: good }, { atRest: true }, { canRun: false })).verdict, 'equivalent');
});

test('a rewrite that is worse at rest need not be started', async () => {
  const { engine, asked } = pretend({ one: good, two: { ...good, layers: [base, {}] } });
  const report = await verify(engine, side('one'), side('two'), { stopAtWorse: true });
  assert.equal([report.verdict, asked.includes('start two')], ['not equivalent', false]);
});

test('commands of the user', async () => {
  const { engine, asked } = pretend({ one: good, two: good });
  const report = await verify(engine, side('one'), side('two'), { runs: [['-v'], ['x', 'y']] });
  assert.equal(
    report.checks.filter(({ tier }) => tier === 'behaves').map(({ id }) => id),
    [...['run-start', 'run-output', 'run-start', 'run-output']],
  );
  assert.ok(asked.includes('start two x y'));
});

test('without a command nothing is started, and the report says so', async () => {
  const silent = { ...good, config: {} };
  const report = await judge({ one: silent, two: silent });
  assert.equal(report.caveats, ['The original has no command: nothing was started']);
});

test('a base image that is not at hand is told by the history', async () => {
  const lost = { layers: [base, { app: program, 'usr/share/thing': 'x' }], config: { Cmd: ['/app'] } };
  const report = await judge({ one: lost, two: good }, { atRest: true });
  // `usr/share/thing` is not the base's; `bin/sh` is.
  assert.equal(
    report.leftBehind.map((one) => [one.class, one.files]),
    [['package', 1]],
  );
});
