import { type Document, decodeSource, parseDocument } from '../dockerfile/index.ts';
import type { BuildFailure, BuildRequest, Engine } from '../engines/engine.ts';
import { BaseStore } from './bases.ts';
import { compareImages, planSearch } from './compare.ts';
import { ImageReader, makeSnapshot, type ReadImage } from './inspect.ts';
import { type Check, decideVerdict, makeCheck, type VerificationReport } from './model.ts';
import { scanFiles } from './scan.ts';
import { type Built, buildCheck, notBuilt, reportSide, type Side } from './sides.ts';
import type { Snapshot } from './snapshot.ts';
import { type RewriteRuns, Starts } from './starts.ts';
import { checkStructure } from './structure/check.ts';
import type { StructureTest } from './structure/tests.ts';

export type { Side } from './sides.ts';

export interface VerifyOptions {
  /** What both builds are given. */
  readonly build?: Omit<BuildRequest, 'dockerfile' | 'context' | 'target' | 'onProgress'>;
  /** Commands of the user's, each the words behind `run IMAGE`. */
  readonly runs?: readonly (readonly string[])[];
  /** Tests that hold for the original have to hold for a rewrite. */
  readonly structureTests?: readonly StructureTest[];
  /** Paths that web servers are asked for beside `/` and what the health check asks for. */
  readonly paths?: readonly string[];
  /** Milliseconds that a program may take to end, or a server to listen; unless told 15,000, 45,000 for what exposes ports. */
  readonly patience?: number;
  /** Seconds that a server gets to end by itself when it is stopped, 10 unless told; the same for both. */
  readonly grace?: number;
  /** Every layer is read of large images too: tells which files are wasted, and takes as long as `docker save`. */
  readonly layers?: boolean;
  /** Where what base images consist of is remembered for the next run; nowhere unless told. */
  readonly cacheFolder?: string;
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
  readonly #starts: Starts;

  constructor(engine: Engine, original: Side, options: VerifyOptions = {}) {
    this.#engine = engine;
    this.#original = original;
    this.#options = options;
    this.#reader = new ImageReader(engine, options.layers === true, new BaseStore(options.cacheFolder));
    const image = async () => {
      const { outcome } = await this.#buildBefore();
      return outcome.ok ? outcome.imageId : undefined;
    };
    this.#starts = new Starts(engine, image, options, (...event) => this.#tell(...event));
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
    if (this.#options.atRest !== true) keep(this.#starts.original());
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
        early = this.#starts.rewrite(outcome.imageId);
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
      const observed = early ?? this.#starts.rewrite(after.image.id);
      keep(observed);
      const started = await this.#starts.compare(one, two, after.image.id, await observed);
      all.push(...started.checks, ...(await this.#checkStructure(one, before.image.id, two, after.image.id)));
      caveats.push(...started.caveats);
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

  #checkStructure(one: Snapshot, before: string, two: Snapshot, after: string): Promise<Check[]> {
    const { structureTests = [], patience = 15_000 } = this.#options;
    if (structureTests.length > 0) this.#tell('run', 'both', 'Running the structure tests');
    const subject = (id: string, snapshot: Snapshot) => ({ engine: this.#engine, id, snapshot, patience });
    return checkStructure(structureTests, subject(before, one), subject(after, two));
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
