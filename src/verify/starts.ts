import type { Engine } from '../engines/engine.ts';
import { type ImageConfig, readImageConfig, startCommand } from '../image/index.ts';
import { compareCommand, compareServers, compareStarts } from './compare.ts';
import { type Check, makeCheck } from './model.ts';
import { type Observation, observe, type Watch } from './observe.ts';
import type { Snapshot } from './snapshot.ts';
import type { ProgressEvent, VerifyOptions } from './verify.ts';

/** What the original did; each pair is two runs of the same. */
interface OriginalRuns {
  readonly start?: readonly [Observation, Observation];
  readonly isServer?: boolean;
  readonly serve?: readonly [Observation, Observation];
}

/** How both are started and asked, known as soon as the original is built. */
interface RunPlan {
  readonly image: string;
  readonly config: ImageConfig;
  /** What an image of this config is started with. Asks at once what says that it is a server. */
  readonly start: (config: ImageConfig) => Partial<Watch>;
  /** For a second start, of what turns out to be a server; undefined where containers cannot be reached. */
  readonly serve: Partial<Watch> | undefined;
  /** The original's config says that it is a server, so that this need not be found out first. */
  readonly saysServer: boolean;
}

/** What a rewrite did when it was started and asked. */
export interface RewriteRuns {
  readonly started?: Observation | undefined;
  readonly served?: Observation | undefined;
}

/** Milliseconds that a program may take to end or to listen, and that one may whose image says that it is a server. */
const PATIENCE = 15_000;
const SERVER_PATIENCE = 45_000;

type Tell = (step: ProgressEvent['step'], side: ProgressEvent['side'], text: string) => void;

/** Starts the original, once for all of its rewrites, and rewrites beside it, and compares what they did. */
export class Starts {
  readonly #engine: Engine;
  readonly #image: () => Promise<string | undefined>;
  readonly #options: VerifyOptions;
  readonly #tell: Tell;
  #plan: Promise<RunPlan | undefined> | undefined;
  #runs: Promise<OriginalRuns> | undefined;
  /**
   * Milliseconds that a rewrite is given for something, going by what the original took for it; without end while the
   * original still does it.
   */
  readonly #given = new Map<string, number>();
  readonly #commands = new Map<string, Promise<readonly [Observation, Observation]>>();

  /** `image`: the original's, undefined when it was not built. */
  constructor(engine: Engine, image: () => Promise<string | undefined>, options: VerifyOptions, tell: Tell) {
    this.#engine = engine;
    this.#image = image;
    this.#options = options;
    this.#tell = tell;
  }

  /** Starts the original, twice each time: what differs between its own runs is noise. Once for all candidates. */
  original(): Promise<OriginalRuns> {
    this.#runs ??= this.#observeOriginal();
    return this.#runs;
  }

  async #observeOriginal(): Promise<OriginalRuns> {
    const plan = await this.#planRuns();
    if (plan === undefined) return {};
    const { image, serve } = plan;
    this.#tell('start', 'before', 'Starting the original twice, to see what differs by itself');
    const start = await this.#twice(image, plan.start(plan.config), 'start');
    const isServer = start[0].alive && start[0].ports?.length !== 0;
    if (!isServer || serve === undefined) return { start, isServer };
    if (plan.saysServer) return { start, isServer, serve: start };
    this.#tell('serve', 'before', 'Asking the original for pages, twice');
    return { start, isServer, serve: await this.#twice(image, serve, 'serve') };
  }

  #planRuns(): Promise<RunPlan | undefined> {
    this.#plan ??= this.#makePlan();
    return this.#plan;
  }

  async #makePlan(): Promise<RunPlan | undefined> {
    const image = await this.#image();
    if (image === undefined || !this.#engine.capabilities.canRun) return undefined;
    const config = readImageConfig(await this.#engine.inspect(image));
    if (startCommand(config).length === 0) return undefined;
    const paths = ['/', ...healthPaths(config), ...(this.#options.paths ?? [])];
    const asking = { network: 'internal', paths } as const;
    const { reachable } = this.#engine.capabilities;
    const says = saysServer(config);
    return {
      image,
      config,
      start: (of) => ({ ...watchOf(of), ...(reachable && says ? asking : {}) }),
      serve: reachable ? { ...asking, abandon: true } : undefined,
      saysServer: says,
    };
  }

  /** Starts a rewrite as the original is started, and beside it. */
  async rewrite(image: string): Promise<RewriteRuns> {
    const plan = await this.#planRuns();
    if (plan === undefined) return {};
    this.#tell('start', 'after', 'Starting the rewrite');
    const config = readImageConfig(await this.#engine.inspect(image));
    const starting = this.#observe(image, plan.start(config), 'start');
    if (plan.saysServer) {
      const started = await starting;
      return { started, served: started };
    }
    const serve = async () => {
      if (plan.serve === undefined || (await this.original()).serve === undefined) return undefined;
      return await this.#observe(image, plan.serve, 'serve');
    };
    const [started, served] = await Promise.all([starting, serve()]);
    return { started, served };
  }

  /** Side by side, but not in the same second: clocks are noise too. `what` tells these runs from others. */
  async #twice(image: string, watch: Partial<Watch>, what: string): Promise<readonly [Observation, Observation]> {
    const given = this.#given;
    given.set(what, Number.POSITIVE_INFINITY);
    const { patience } = this.#options;
    // Nobody knows yet what it takes: machines that build have little time for what is started.
    const most = patience ?? ((await this.#planRuns())?.saysServer === true ? SERVER_PATIENCE : PATIENCE);
    const once = () => this.#observeFor(image, watch, () => most);
    const first = once().then((observation) => {
      // One that only lived on may end later: nobody waits for that longer in the rewrite than here.
      const isShown = !observation.alive || (observation.ports ?? []).length > 0;
      given.set(what, isShown ? Math.max(patience ?? PATIENCE, observation.seconds * 2000) : most);
      return observation;
    });
    const later = new Promise((resolve) => setTimeout(resolve, 1100)).then(once);
    return await Promise.all([first, later]).finally(() => {
      if (given.get(what) === Number.POSITIVE_INFINITY) given.delete(what); // it failed
    });
  }

  /** As the original was observed for `what`, and for twice as long: a server that is slower to start is not a worse one. */
  #observe(image: string, watch: Partial<Watch>, what: string): Promise<Observation> {
    const { patience = PATIENCE } = this.#options;
    return this.#observeFor(image, watch, () => this.#given.get(what) ?? patience);
  }

  #observeFor(image: string, watch: Partial<Watch>, patience: () => number): Promise<Observation> {
    const { grace } = this.#options;
    return observe(this.#engine, {
      image,
      patience,
      settle: 1500,
      ...(grace === undefined ? {} : { grace }),
      ...watch,
    });
  }

  /** Compares a rewrite that was started, and runs the user's own commands in both. */
  async compare(one: Snapshot, two: Snapshot, after: string, runs: RewriteRuns): Promise<Compared> {
    const { name, capabilities } = this.#engine;
    if (!capabilities.canRun) {
      const caveat = `${name} cannot run containers here: nothing was started`;
      return { checks: [notStarted('The engine cannot run containers')], caveats: [caveat] };
    }
    const { checks, caveats } = await this.#compareRuns(one, two, runs);
    for (const command of this.#options.runs ?? []) checks.push(...(await this.#compareCommand(command, after)));
    for (const { caveat } of checks) if (caveat !== undefined) caveats.push(caveat);
    return { checks, caveats };
  }

  async #compareRuns(one: Snapshot, two: Snapshot, { started, served }: RewriteRuns) {
    const checks: Check[] = [];
    const caveats: string[] = [];
    const { start, serve, isServer } = await this.original();
    if (start !== undefined && started !== undefined) {
      checks.push(...compareStarts({ before: start, after: started }));
      if (serve && served && started.alive) checks.push(...compareServers({ before: serve, after: served }));
      else if (isServer && serve === undefined)
        caveats.push('The containers cannot be reached from here: no answers were compared');
    } else if (one.command.length === 0 && (two.command.length > 0 || (this.#options.runs ?? []).length === 0)) {
      caveats.push('The original has no command: nothing was started');
    }
    return { checks, caveats };
  }

  async #compareCommand(command: readonly string[], after: string): Promise<Check[]> {
    const text = command.join(' ');
    const what = `run ${text}`;
    this.#tell('run', 'both', `Running ${text}`);
    const before = (await this.#image()) as string;
    const known = this.#commands.get(text) ?? this.#twice(before, { command }, what);
    this.#commands.set(text, known);
    const [originals, rewrite] = await Promise.all([known, this.#observe(after, { command }, what)]);
    return compareCommand({ before: originals, after: rewrite }, text);
  }
}

interface Compared {
  readonly checks: Check[];
  readonly caveats: string[];
}

function watchOf({ healthcheck, shell }: ImageConfig): Partial<Watch> {
  return { health: healthcheck?.test ?? [], shell: shell.length > 0 ? shell : ['/bin/sh', '-c'] };
}

function saysServer({ healthcheck, exposedPorts }: ImageConfig): boolean {
  return exposedPorts.length > 0 || (healthcheck?.test ?? []).length > 0;
}

/** The paths that a health check asks its own server for. */
function healthPaths({ healthcheck }: ImageConfig): string[] {
  const text = (healthcheck?.test ?? []).join(' ');
  return [...text.matchAll(/https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d+)?(\/[\w./?=&%-]*)/g)].map(
    ([, path = '/']) => path,
  );
}

function notStarted(why: string): Check {
  const cause = { kind: 'behaviour', what: 'start' } as const;
  return makeCheck('start', 'starts', '', [{ outcome: 'unknown', message: why, cause }]);
}
