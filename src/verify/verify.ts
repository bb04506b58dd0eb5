import { type Document, decodeSource, parseDocument, type Stage } from '../dockerfile/index.ts';
import type { BuildFailure, BuildOutcome, BuildRequest, Engine } from '../engines/engine.ts';
import { type ImageConfig, readImageConfig, startCommand } from '../image/index.ts';
import { compareCommand, compareImages, compareServers, compareStarts, planSearch } from './compare.ts';
import { ImageReader, makeSnapshot, type ReadImage } from './inspect.ts';
import {
  type BuildReport,
  type Check,
  decideVerdict,
  makeCheck,
  type SideReport,
  type VerificationReport,
} from './model.ts';
import { type Observation, observe, type Watch } from './observe.ts';
import { scanFiles } from './scan.ts';
import type { Snapshot } from './snapshot.ts';

/** One of the two Dockerfiles. */
export interface Side {
  readonly text: string;
  /** As given; names the file in reports and finds `<path>.dockerignore`. */
  readonly path: string;
  readonly target?: string | undefined;
  /** A folder. */
  readonly context: string;
  /** Of a rewrite: what its author knows not to be read at run time; counts where no program names it. */
  readonly isBuildOnly?: (path: string) => boolean;
}

export interface VerifyOptions {
  /** What both builds are given. */
  readonly build?: Omit<BuildRequest, 'dockerfile' | 'context' | 'target' | 'onProgress'>;
  /** Commands of the user's, each the words behind `run IMAGE`. */
  readonly runs?: readonly (readonly string[])[];
  /** Paths that web servers are asked for beside `/` and what the health check asks for. */
  readonly paths?: readonly string[];
  /** Milliseconds that a program may take to end, or a server to listen; 15,000 unless told. */
  readonly patience?: number;
  /** Seconds that a server gets to end by itself when it is stopped, 10 unless told; the same for both. */
  readonly grace?: number;
  /** Every layer is read of large images too: tells which files are wasted, and takes as long as `docker save`. */
  readonly layers?: boolean;
  /** Nothing is started: only what images at rest show. */
  readonly atRest?: boolean;
  /** A rewrite that is worse at rest is not started: for those who try many. */
  readonly stopAtWorse?: boolean;
  /** Both are built a second time, to tell how long that takes with everything in the cache. */
  readonly timeCached?: boolean;
  readonly onProgress?: (event: ProgressEvent) => void;
}

/** What is being done, for people who wait. */
export interface ProgressEvent {
  readonly step: 'build' | 'read' | 'compare' | 'search' | 'start' | 'serve' | 'run';
  readonly side: 'before' | 'after' | 'both';
  readonly text: string;
}

interface Built {
  readonly side: Side;
  readonly outcome: BuildOutcome;
  readonly cachedSeconds?: number | undefined;
  readonly stage?: Stage | undefined;
  readonly image?: ReadImage | undefined;
}

/** What the original did; each pair is two runs of the same. */
interface OriginalRuns {
  readonly start?: readonly [Observation, Observation];
  readonly isServer?: boolean;
  readonly watch?: Partial<Watch>;
  readonly serve?: readonly [Observation, Observation];
}

interface RewriteRuns {
  readonly started?: Observation | undefined;
  readonly served?: Observation | undefined;
}

/**
 * Judges rewrites of one original: it is built, read and started once, however many candidates there are. Images stay
 * until the engine's session ends, so that the next build finds its cache.
 */
export class Verifier {
  readonly #engine: Engine;
  readonly #original: Side;
  readonly #options: VerifyOptions;
  readonly #reader: ImageReader;
  #before: Promise<Built> | undefined;
  #beforeRead: Promise<Built> | undefined;
  #runs: Promise<OriginalRuns> | undefined;
  readonly #commands = new Map<string, Promise<readonly [Observation, Observation]>>();

  constructor(engine: Engine, original: Side, options: VerifyOptions = {}) {
    this.#engine = engine;
    this.#original = original;
    this.#options = options;
    this.#reader = new ImageReader(engine, options.layers === true);
  }

  /** The image of the original, or why there is none. */
  async original(): Promise<ReadImage | BuildFailure> {
    const built = await this.#readBefore();
    return built.image ?? (built.outcome as BuildFailure);
  }

  /** Builds a rewrite, compares it with the original, and says whether it may take its place. */
  async judge(rewrite: Side): Promise<VerificationReport> {
    const original = await this.#buildBefore();
    if (!original.outcome.ok)
      return this.#report(original, notBuilt(rewrite), [buildCheck(original.outcome, 'before')]);
    // The original is read and started while the rewrite is built; most of that comes from the cache.
    const runs: Promise<unknown>[] = [];
    const keep = (run: Promise<unknown>) => {
      run.catch(() => {}); // whoever needs it hears of it
      runs.push(run);
    };
    if (this.#options.atRest !== true) keep(this.#observeBefore());
    try {
      return await this.#compare(rewrite, keep);
    } finally {
      await Promise.all([Promise.allSettled(runs), this.#reader.idle()]); // no container outlives the answer
    }
  }

  /** `keep` is told of what it starts. */
  async #compare(rewrite: Side, keep: (run: Promise<unknown>) => void): Promise<VerificationReport> {
    let early: Promise<RewriteRuns> | undefined;
    const built = this.#build(rewrite, 'after').then((candidate) => {
      const { outcome } = candidate;
      // It is started whatever it looks like at rest: then at once.
      if (outcome.ok && this.#options.atRest !== true && this.#options.stopAtWorse !== true) {
        early = this.#observeAfter(outcome.imageId);
        keep(early);
      }
      return this.#read(candidate, 'after');
    });
    const [before, after] = await Promise.all([this.#readBefore(), built]);
    if (before.image === undefined) return this.#report(before, after, [buildCheck(before.outcome, 'before')]);
    if (after.image === undefined) return this.#report(before, after, [buildCheck(after.outcome, 'after')]);

    const caveats = [...before.image.caveats, ...after.image.caveats];
    const one = makeSnapshot(before.image);
    const { two, searched } = await this.#search(one, after.image, caveats);
    this.#tell('compare', 'both', 'Comparing the images');
    const { checks, leftBehind } = compareImages(one, two, searched, rewrite.isBuildOnly);
    for (const { caveat } of checks) if (caveat !== undefined) caveats.push(caveat);
    const all = [makeCheck('build', 'builds', 'Both build', []), ...checks];
    const isWorse = all.some(({ outcome }) => outcome === 'worse');
    const isEnough = this.#options.atRest === true || (this.#options.stopAtWorse === true && isWorse);
    if (!isEnough) {
      const observed = early ?? this.#observeAfter(after.image.id);
      keep(observed);
      all.push(...(await this.#run(one, two, before.image.id, after.image.id, await observed, caveats)));
    }
    return this.#report(before, after, all, leftBehind, caveats);
  }

  #tell(step: ProgressEvent['step'], side: ProgressEvent['side'], text: string): void {
    this.#options.onProgress?.({ step, side, text });
  }

  #buildBefore(): Promise<Built> {
    this.#before ??= this.#build(this.#original, 'before');
    return this.#before;
  }

  #readBefore(): Promise<Built> {
    this.#beforeRead ??= this.#buildBefore().then((built) => this.#read(built, 'before'));
    return this.#beforeRead;
  }

  async #build(side: Side, name: 'before' | 'after'): Promise<Built> {
    const request: BuildRequest = {
      ...this.#options.build,
      dockerfile: { text: side.text, path: side.path },
      context: side.context,
      ...(side.target === undefined ? {} : { target: side.target }),
      onProgress: (line) => this.#tell('build', name, line),
    };
    const document: Document = parseDocument(decodeSource(side.path, Buffer.from(side.text)));
    const stage = document.target(side.target);
    if (stage) this.#reader.prepare(stage);
    const outcome = await this.#engine.build(request);
    if (!outcome.ok || stage === undefined) return { side, outcome };
    let cachedSeconds: number | undefined;
    if (this.#options.timeCached === true) {
      const again = await this.#engine.build({ ...request, noCache: false });
      if (again.ok) cachedSeconds = again.seconds;
    }
    return { side, outcome, stage, cachedSeconds };
  }

  async #read(built: Built, name: 'before' | 'after'): Promise<Built> {
    const { side, outcome, stage } = built;
    if (!outcome.ok || stage === undefined) return built;
    this.#tell('read', name, `Reading the image of ${side.path}`);
    return { ...built, image: await this.#reader.read(outcome.imageId, stage) };
  }

  async #search(one: Snapshot, image: ReadImage, caveats: string[]): Promise<{ two: Snapshot; searched: boolean }> {
    const two = makeSnapshot(image);
    const { files, texts } = planSearch({ before: one, after: two });
    if (files.size === 0) return { two, searched: true };
    this.#tell('search', 'after', `Searching ${files.size} files for what they ask of the image`);
    try {
      const mentions = await scanFiles(this.#engine.exportFilesystem(image.id), (path) => files.has(path), texts);
      return { two: makeSnapshot(image, mentions), searched: true };
    } catch (error) {
      caveats.push(`The files of the rewrite could not be searched: ${(error as Error).message}`);
      return { two, searched: false };
    }
  }

  /** Starts the original, twice each time: what differs between its own runs is noise. Once for all candidates. */
  #observeBefore(): Promise<OriginalRuns> {
    this.#runs ??= this.#observeOriginal();
    return this.#runs;
  }

  async #observeOriginal(): Promise<OriginalRuns> {
    const { outcome } = await this.#buildBefore();
    if (!outcome.ok || !this.#engine.capabilities.canRun) return {};
    const image = outcome.imageId;
    const config = readImageConfig(await this.#engine.inspect(image));
    if (startCommand(config).length === 0) return {};
    this.#tell('start', 'before', 'Starting the original twice, to see what differs by itself');
    const starting = this.#twice(image, watchOf(config));
    const { reachable } = this.#engine.capabilities;
    const paths = ['/', ...healthPaths(config), ...(this.#options.paths ?? [])];
    const watch = { network: 'internal', paths, abandon: true } as const;
    const serving = () => {
      this.#tell('serve', 'before', 'Asking the original for pages, twice');
      return this.#twice(image, watch);
    };
    // What says that it is a server need not be found out to be one first.
    const early = reachable && saysServer(config) ? serving() : undefined;
    const [start, served] = await Promise.all([starting, early]);
    const isServer = start[0].alive && start[0].ports?.length !== 0;
    if (!isServer || !reachable) return { start, isServer };
    return { start, isServer, watch, serve: served ?? (await serving()) };
  }

  /** Starts a rewrite as the original was started. */
  async #observeAfter(image: string): Promise<RewriteRuns> {
    const { start, serve, watch } = await this.#observeBefore();
    if (start === undefined) return {};
    this.#tell('start', 'after', 'Starting the rewrite');
    const config = readImageConfig(await this.#engine.inspect(image));
    const [started, served] = await Promise.all([
      this.#observe(image, watchOf(config), start[0].seconds),
      serve && watch ? this.#observe(image, watch, serve[0].seconds) : undefined,
    ]);
    return { started, served };
  }

  /** Side by side, but not in the same second: clocks are noise too. */
  #twice(image: string, watch: Partial<Watch>): Promise<readonly [Observation, Observation]> {
    const once = () => this.#observe(image, watch);
    const later = new Promise((resolve) => setTimeout(resolve, 1100)).then(once);
    return Promise.all([once(), later]);
  }

  /** `seconds`: how long the original took; a server that is slower to start is not a worse one. */
  #observe(image: string, watch: Partial<Watch>, seconds = 0): Promise<Observation> {
    const patience = Math.max(this.#options.patience ?? 15_000, seconds * 2000);
    const { grace } = this.#options;
    return observe(this.#engine, {
      image,
      patience,
      settle: 1500,
      ...(grace === undefined ? {} : { grace }),
      ...watch,
    });
  }

  async #run(
    one: Snapshot,
    two: Snapshot,
    before: string,
    after: string,
    { started, served }: RewriteRuns,
    caveats: string[],
  ): Promise<Check[]> {
    if (!this.#engine.capabilities.canRun) {
      caveats.push(`${this.#engine.name} cannot run containers here: nothing was started`);
      return [notStarted('The engine cannot run containers')];
    }
    const checks: Check[] = [];
    const { start, serve, isServer } = await this.#observeBefore();
    if (start !== undefined && started !== undefined) {
      checks.push(...compareStarts({ before: start, after: started }));
      if (serve && served && started.alive) checks.push(...compareServers({ before: serve, after: served }));
      else if (isServer && serve === undefined) {
        caveats.push('The containers cannot be reached from here: no answers were compared');
      }
    } else if (one.command.length === 0 && (two.command.length > 0 || (this.#options.runs ?? []).length === 0)) {
      caveats.push('The original has no command: nothing was started');
    }
    for (const command of this.#options.runs ?? []) {
      const text = command.join(' ');
      this.#tell('run', 'both', `Running ${text}`);
      const known = this.#commands.get(text) ?? this.#twice(before, { command });
      this.#commands.set(text, known);
      const originals = await known;
      const rewrite = await this.#observe(after, { command }, originals[0].seconds);
      checks.push(...compareCommand({ before: originals, after: rewrite }, text));
    }
    for (const { caveat } of checks) if (caveat !== undefined) caveats.push(caveat);
    return checks;
  }

  #report(
    before: Built,
    after: Built,
    checks: readonly Check[],
    leftBehind: VerificationReport['leftBehind'] = [],
    caveats: readonly string[] = [],
  ): VerificationReport {
    return {
      ...decideVerdict(checks),
      engine: { name: this.#engine.name, version: this.#engine.version },
      before: reportSide(before),
      after: reportSide(after),
      checks,
      leftBehind,
      caveats: [...new Set(caveats)],
    };
  }
}

/** Builds both, compares them, and says whether the second may take the place of the first. */
export function verify(
  engine: Engine,
  before: Side,
  after: Side,
  options: VerifyOptions = {},
): Promise<VerificationReport> {
  return new Verifier(engine, before, options).judge(after);
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

const NOT_BUILT: BuildFailure = {
  ok: false,
  cause: 'interrupted',
  message: 'Was not built, because the original could not be',
  seconds: 0,
  log: { head: [], tail: [], omitted: 0, file: '' },
};

function notBuilt(side: Side): Built {
  return { side, outcome: NOT_BUILT };
}

/** A rewrite that does not build is worse; all other failures prove nothing about it. */
function buildCheck(outcome: BuildOutcome, side: 'before' | 'after'): Check {
  const cause = { kind: 'build', side } as const;
  const who = side === 'before' ? 'The original' : 'The rewrite';
  if (outcome.ok) {
    const message = `${who} has no stage of that name`;
    return makeCheck('build', 'builds', '', [{ outcome: 'unknown', message, cause }]);
  }
  const isBroken = outcome.cause === 'dockerfile' && side === 'after';
  const step = outcome.step === undefined ? '' : ` (${outcome.step})`;
  const message = `${who} does not build: ${outcome.message}${step}`;
  return makeCheck('build', 'builds', '', [{ outcome: isBroken ? 'worse' : 'unknown', message, cause }]);
}

function reportSide({ side, outcome, cachedSeconds, image }: Built): SideReport {
  return {
    dockerfile: side.path,
    target: side.target,
    imageId: outcome.ok ? outcome.imageId : undefined,
    bytes: image?.bytes,
    files: image?.snapshot.files.size,
    layers: image?.layers ?? [],
    wasted: image?.wasted ?? { bytes: 0, largest: [] },
    build: reportBuild(outcome, cachedSeconds),
  };
}

function reportBuild(outcome: BuildOutcome, cachedSeconds: number | undefined): BuildReport {
  const seconds = { seconds: outcome.seconds, ...(cachedSeconds === undefined ? {} : { cachedSeconds }) };
  if (outcome.ok) return seconds;
  const { cause, message, step, exitCode, stepLog, log } = outcome;
  return {
    ...seconds,
    failure: {
      cause,
      message,
      ...(step === undefined ? {} : { step }),
      ...(exitCode === undefined ? {} : { exitCode }),
      log: stepLog?.split('\n') ?? [...log.head, ...log.tail].slice(-40),
      ...(log.file === '' ? {} : { logFile: log.file }),
    },
  };
}
