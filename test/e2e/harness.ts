import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { detectEngine } from '../../src/engines/detect.ts';
import type { Engine, EngineName } from '../../src/engines/engine.ts';
import type { Environment } from '../../src/engines/process.ts';
import { RUN_LABEL, Session } from '../../src/engines/session.ts';
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
      const before = takeStock(env, engine.name, session.id);
      try {
        await run({ engine, session, env, network });
      } finally {
        assert.equal(await session.dispose(), []);
      }
      assert.equal(await findLeft(before, env, engine.name, session.id), {}, 'Expected nothing to be left behind');
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
      XDG_CACHE_HOME: resolve(home, 'cache'),
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

/**
 * Everything that a session can leave behind, by kind, without what carries another session's name: others may use the
 * engine at the same time. Build caches do not count: they are there to stay.
 */
export function takeStock(env: Environment, engine: EngineName, session: string): Stock {
  const list = (command: string, ...args: string[]) => {
    const ran = spawnSync(command, args, { encoding: 'utf8', env: env as NodeJS.ProcessEnv });
    if (ran.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${ran.stderr}`);
    return [...new Set(ran.stdout.split('\n').filter(Boolean))].sort();
  };
  const unlessForeign = (...args: string[]) => {
    const own = list(engine, ...args, '--filter', `label=${RUN_LABEL}=${session}`);
    const foreign = list(engine, ...args, '--filter', `label=${RUN_LABEL}`).filter((id) => !own.includes(id));
    return list(engine, ...args).filter((id) => !foreign.includes(id));
  };
  const isOwn = (name: string) => name.startsWith(`dockerfileopt-${session.slice(0, 8)}-`);
  const temporary = readdirSync(tmpdir()).filter(isOwn);
  const images = unlessForeign('images', '--all', '--quiet', '--no-trunc');
  if (engine === 'buildah') {
    const containers = list('buildah', 'containers', '--noheading', '--format', '{{.ContainerName}}');
    return {
      images,
      temporary,
      containers: containers.filter((name) => isOwn(name) || !name.startsWith('dockerfileopt-')),
    };
  }
  return {
    images,
    temporary,
    containers: unlessForeign('ps', '--all', '--quiet', '--no-trunc'),
    volumes: list(engine, 'volume', 'ls', '--quiet'),
    networks: unlessForeign('network', 'ls', '--quiet'),
  };
}

/**
 * What is there and was not before, by kind; kinds with nothing new are left out. What goes by itself within 15 s belongs to
 * others who use the engine at the same time.
 */
export async function findLeft(before: Stock, env: Environment, engine: EngineName, session: string): Promise<Stock> {
  let left = subtract(takeStock(env, engine, session), before);
  for (let tries = 0; tries < 30 && Object.keys(left).length > 0; tries += 1) {
    await setTimeout(500);
    left = subtract(left, subtract(left, takeStock(env, engine, session)));
  }
  return left;
}

function subtract(stock: Stock, without: Stock): Stock {
  const rest = Object.entries(stock).map(
    ([kind, all]) => [kind, all.filter((one) => !without[kind]?.includes(one))] as const,
  );
  return Object.fromEntries(rest.filter(([, some]) => some.length > 0));
}
