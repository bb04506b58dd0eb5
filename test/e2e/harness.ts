import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detectEngine } from '../../src/engines/detect.ts';
import type { Engine, EngineName } from '../../src/engines/engine.ts';
import type { Environment } from '../../src/engines/process.ts';
import { Session } from '../../src/engines/session.ts';
import { assert, suite } from '../runner/suite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = process.env.DOCKERFILEOPT_E2E_HOME ?? join(root, '.cache/e2e');
const required = process.env.DOCKERFILEOPT_REQUIRE_ALL === '1';

/** What a real engine's tests get. */
export interface Surroundings {
  readonly engine: Engine;
  readonly session: Session;
  /** With which the engine was found: the private engine's address, buildah's own storage. */
  readonly env: Environment;
  /** For RUN that fetches something: what `BuildRequest.network` must be, if anything. */
  readonly network: string | undefined;
}

export interface Options {
  /** `docker` unless told; `classic` is docker without BuildKit. */
  readonly engine?: EngineName | 'classic';
  /** Milliseconds that a test may take, 5 minutes unless told. */
  readonly timeout?: number;
}

type Case = (surroundings: Surroundings) => Promise<unknown>;

/**
 * A suite whose tests get an engine with the base images in it, each with a session of its own that is ended behind it; a
 * test fails when anything of it is left. Without an engine they count as skipped, where all are required as failed.
 */
export function e2e(name: string, options: Options = {}): (title: string, run: Case) => void {
  const test = suite(`e2e ${name}`, { timeout: options.timeout ?? 300_000 });
  const surroundings = findSurroundings(options.engine ?? 'docker');
  return (title, run) => {
    if ('reason' in surroundings) {
      if (required) test(title, () => assert.unreachable(surroundings.reason));
      else test.skip(title, surroundings.reason);
      return;
    }
    test(title, async () => {
      const { env, network } = surroundings;
      const session = new Session({ env });
      const engine = await detectEngine(surroundings.engine, session);
      if ('reason' in engine) throw new Error(engine.reason);
      const before = takeStock(env, surroundings.engine);
      try {
        await run({ engine, session, env, network });
      } finally {
        assert.equal(await session.dispose(), []);
      }
      assert.equal(leftSince(before, takeStock(env, surroundings.engine)), {}, 'Expected nothing to be left behind');
    });
  };
}

interface Found {
  readonly engine: EngineName;
  readonly env: Environment;
  readonly network: string | undefined;
}

/** The private engine, if `npm run e2e:up` has started it. */
export function findSurroundings(engine: EngineName | 'classic'): Found | { reason: string } {
  const started = runScript(['status', join(home, 'engine')]);
  if (!started) return { reason: 'no private engine runs here: npm run e2e:up starts one' };
  const settings = Object.fromEntries(
    started
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
  const storage = resolve(home, 'buildah/storage.conf');
  if (engine === 'buildah' && !existsSync(storage))
    return { reason: 'buildah has no base images: npm run e2e:up makes them' };
  const { DOCKER_BUILDKIT: _, DOCKER_CONTEXT: __, ...own } = process.env;
  return {
    engine: engine === 'classic' ? 'docker' : engine,
    env: {
      ...own,
      DOCKER_HOST: settings.DOCKER_HOST,
      CONTAINERS_STORAGE_CONF: storage,
      ...(engine === 'classic' ? { DOCKER_BUILDKIT: '0' } : {}),
    },
    network: settings.DOCKERFILEOPT_BUILD_NETWORK || undefined,
  };
}

function runScript(args: readonly string[]): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const ran = spawnSync(join(root, 'test/e2e/engine.sh'), args, { encoding: 'utf8' });
  return ran.status === 0 ? ran.stdout : undefined;
}

export type Stock = Readonly<Record<string, readonly string[]>>;

/** Everything that an engine's use can leave behind, by kind. Build caches are not: they are there to stay. */
export function takeStock(env: Environment, engine: EngineName): Stock {
  const list = (command: string, ...args: string[]) => {
    const ran = spawnSync(command, args, { encoding: 'utf8', env: env as NodeJS.ProcessEnv });
    if (ran.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${ran.stderr}`);
    return [...new Set(ran.stdout.split('\n').filter(Boolean))].sort();
  };
  const temporary = readdirSync(tmpdir()).filter((name) => /^dockerfileopt-[A-Za-z0-9]{6}$/.test(name));
  if (engine === 'buildah') {
    return {
      images: list('buildah', 'images', '-aq', '--no-trunc'),
      containers: list('buildah', 'containers', '-q'),
      temporary,
    };
  }
  return {
    images: list(engine, 'image', 'ls', '-aq', '--no-trunc'),
    containers: list(engine, 'ps', '-aq', '--no-trunc'),
    volumes: list(engine, 'volume', 'ls', '-q'),
    networks: list(engine, 'network', 'ls', '-q'),
    temporary,
  };
}

/** What is there and was not before, by kind; kinds with nothing new are left out. */
export function leftSince(before: Stock, after: Stock): Stock {
  const added = Object.entries(after).map(
    ([kind, all]) => [kind, all.filter((one) => !before[kind]?.includes(one))] as const,
  );
  return Object.fromEntries(added.filter(([, some]) => some.length > 0));
}
