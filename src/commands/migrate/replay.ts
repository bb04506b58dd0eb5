import { cp, lstat, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { applyEdits, type Range } from '../../dockerfile/index.ts';
import type { BuildRequest, Engine, ImageInspection } from '../../engines/engine.ts';
import type { Session } from '../../engines/session.ts';
import type { Migrated } from '../../migrate/migrate.ts';
import { commandOf, isIdle, type Origin } from '../../migrate/origins.ts';
import type { PlannedBuild } from '../../migrate/plan.ts';
import type { BuildStep, CopyOutStep, FileStep, HandOver, HostPath, RunStep, Step } from '../../migrate/types.ts';

/** What builds are given on both sides. */
export type CommonBuild = Omit<BuildRequest, 'dockerfile' | 'context' | 'target' | 'onProgress'>;

/** The old pipeline could not be carried out. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly range: Range;
  readonly log: readonly string[];

  constructor(message: string, range: Range, log: readonly string[] = []) {
    super(message);
    this.range = range;
    this.log = log;
  }
}

/** What the steps before the final builds have left. */
export interface Replayed {
  /** Where the old contexts are, with what was handed over in them. */
  before(path: HostPath): string;
  /** Where the new context is, without. */
  after(path: HostPath): string;
  /** A Dockerfile of the old pipeline as it was, its references to the pipeline's images by the names that they have here. */
  textOf(build: PlannedBuild): string;
  /** The images of the builders. */
  readonly builders: ReadonlyMap<PlannedBuild, ImageInspection>;
}

/** Milliseconds that a command in a container may take. */
const PATIENCE = 1_800_000;

/**
 * Carries out through the engine what the script does up to its final builds, step by step as they were understood, on two
 * copies of the project: one that gets all files, and one that gets only what the migrated script still does.
 */
export async function replay(
  migrated: Migrated,
  folder: string,
  engine: Engine,
  session: Session,
  build: CommonBuild,
  onStep: (text: string, line?: string) => void,
): Promise<Replayed> {
  const replaying = new Replay(migrated, engine, session, build, onStep);
  return replaying.run(folder);
}

class Replay {
  readonly #migrated: Migrated;
  readonly #engine: Engine;
  readonly #session: Session;
  readonly #build: CommonBuild;
  readonly #onStep: (text: string, line?: string) => void;
  readonly #images = new Map<string, string>();
  readonly #builders = new Map<PlannedBuild, ImageInspection>();
  readonly #names = new Map<BuildStep, string>();
  readonly #done = new Map<Origin, (path: string) => Readable>();
  #old = '';
  #new = '';

  constructor(
    migrated: Migrated,
    engine: Engine,
    session: Session,
    build: CommonBuild,
    onStep: (text: string, line?: string) => void,
  ) {
    this.#migrated = migrated;
    this.#engine = engine;
    this.#session = session;
    this.#build = build;
    this.#onStep = onStep;
  }

  async run(folder: string): Promise<Replayed> {
    const { plan, steps } = this.#migrated;
    [this.#old, this.#new] = [await this.#copy(folder), await this.#copy(folder)];
    const last = Math.max(...plan.finals.map(({ step }) => steps.indexOf(step)));
    for (const step of steps.slice(0, last)) await this.#replay(step);
    return {
      before: (path) => place(this.#old, path),
      after: (path) => place(this.#new, path),
      builders: this.#builders,
      textOf: (build) => this.#textOf(build),
    };
  }

  async #copy(folder: string): Promise<string> {
    const copy = await this.#session.makeFolder();
    const part = copiedFolder(this.#migrated);
    await mkdir(join(copy, part), { recursive: true });
    // No socket or device gets into a context.
    const filter = async (path: string) => {
      const stats = await lstat(path);
      return stats.isFile() || stats.isDirectory() || stats.isSymbolicLink();
    };
    await cp(join(folder, part), join(copy, part), { ...COPY, filter });
    return copy;
  }

  async #replay(step: Step): Promise<void> {
    const { plan } = this.#migrated;
    switch (step.kind) {
      case 'build': {
        const build = plan.builders.find((one) => one.step === step);
        if (build) await this.#buildImage(build);
        return;
      }
      case 'tag': {
        const image = this.#images.get(step.from);
        if (image !== undefined) this.#images.set(step.to, image);
        return;
      }
      case 'copy-out': {
        const handOver = this.#handOver(step);
        if (handOver) await this.#copyOut(step, handOver);
        return;
      }
      case 'run':
        await this.#run(step);
        return;
      case 'file':
        await this.#change(step, this.#old);
        if (!plan.removed.has(step)) await this.#change(step, this.#new);
        return;
      default:
        return;
    }
  }

  async #buildImage(build: PlannedBuild): Promise<void> {
    const { step, path } = build;
    this.#onStep(`Building ${path}`);
    const outcome = await this.#engine.build({
      ...this.#build,
      dockerfile: { text: this.#textOf(build), path: join(this.#old, path) },
      context: step.context === undefined ? await this.#session.makeFolder() : place(this.#old, step.context),
      ...(step.target === undefined ? {} : { target: step.target }),
      onProgress: (line) => this.#onStep(`Building ${path}`, line),
    });
    if (!outcome.ok) {
      const log = outcome.stepLog?.split('\n') ?? outcome.log.tail;
      const where = outcome.step === undefined ? '' : ` at \`${outcome.step.split('\n')[0]}\``;
      throw new ReplayError(`\`${path}\` does not build${where}: ${outcome.message}`, step, log);
    }
    for (const tag of step.tags) this.#images.set(tag, outcome.imageId);
    this.#builders.set(build, await this.#engine.inspect(outcome.imageId));
    const isNamed = [...this.#migrated.plan.builders, ...this.#migrated.plan.finals].some(({ uses }) =>
      uses.some(({ origin }) => origin.build === step),
    );
    if (isNamed) this.#names.set(step, await this.#engine.tag(outcome.imageId));
  }

  #textOf({ document, uses }: PlannedBuild): string {
    const edits = document.stages.flatMap(({ references }) =>
      references.flatMap(({ value, range, target }) => {
        const build = uses.find(({ reference }) => reference === value)?.origin.build;
        const name = build && this.#names.get(build);
        return name === undefined || target.kind !== 'image'
          ? []
          : [{ start: range.start, end: range.end, text: name }];
      }),
    );
    return applyEdits(document.source.text, edits);
  }

  #handOver(step: CopyOutStep): HandOver | undefined {
    return this.#migrated.plan.handOvers.find(({ steps }) => steps.includes(step));
  }

  /** The container's or the image's own files. */
  async #source(origin: Origin): Promise<(path: string) => Readable> {
    const known = this.#done.get(origin);
    if (known) return known;
    const image = this.#images.get(origin.image) ?? origin.image.replace(/:latest$/, '');
    const { run } = origin;
    let source = (path: string) => this.#engine.copyOut(image, path);
    if (run?.kind === 'create') {
      const container = await this.#start(origin, run);
      if (container) source = (path) => container.copyOut(path);
    }
    this.#done.set(origin, source);
    return source;
  }

  async #start(origin: Origin, run: NonNullable<Origin['run']>) {
    const { request } = run;
    const image = this.#images.get(origin.image) ?? origin.image.replace(/:latest$/, '');
    const stage = this.#migrated.plan.builders.find(({ step }) => step === origin.build)?.stage;
    const command = commandOf(request, stage);
    // What ends at once or waits for ever leaves nothing that the image does not have.
    if ((command.argv === undefined && command.text === undefined) || isIdle(command)) return undefined;
    if (request.mounts.length > 0 && !this.#engine.capabilities.mounts)
      throw new ReplayError('folders of this machine cannot be mounted by this engine', run);
    this.#onStep(`Running ${run.text}`);
    const mounts = request.mounts.map(({ source, target, readOnly }) => ({
      source: place(this.#old, source),
      target,
      readOnly,
    }));
    for (const { source } of mounts) if (!(await exists(source))) await mkdir(source, { recursive: true });
    const started = await this.#engine.start({
      image,
      pull: true,
      network: 'default',
      env: Object.fromEntries(request.env.map(({ name, value }) => [name, value])),
      mounts,
      ...(request.command === undefined ? {} : { command: request.command }),
      ...(request.entrypoint === undefined ? {} : { entrypoint: [request.entrypoint] }),
      ...(request.workdir === undefined ? {} : { workdir: request.workdir }),
      ...(request.user === undefined || !request.isUserKnown ? {} : { user: request.user }),
    });
    if (!started.ok) throw new ReplayError(`the container does not start: ${started.message}`, run);
    const state = await started.wait(PATIENCE);
    if (state?.exitCode !== 0) {
      const { stdout, stderr } = await started.logs();
      const how = state === undefined ? 'does not end' : `ends with code ${state.exitCode}`;
      throw new ReplayError(`the container ${how}`, run, `${stdout}\n${stderr}`.trim().split('\n').slice(-40));
    }
    return started;
  }

  async #copyOut({ from, isContent, to, toFolder }: CopyOutStep, { origin }: HandOver): Promise<void> {
    this.#onStep(`Copying ${from}`);
    const read = await this.#source(origin);
    await this.#extract(read(from), from, place(this.#old, to), { isContent: isContent || from === '/', toFolder });
  }

  /** As `docker cp` puts things: into a folder that is there, else under the new name. */
  async #extract(
    archive: Readable,
    from: string,
    to: string,
    how: { isContent: boolean; toFolder: boolean },
  ): Promise<void> {
    const { unpackTar } = await import('modern-tar/fs');
    const folder = await mkdtemp(join(await this.#session.makeFolder(), 'x-'));
    await pipeline(archive, unpackTar(folder));
    const name = from.split('/').filter(Boolean).at(-1);
    const source = name !== undefined && (await exists(join(folder, name))) ? join(folder, name) : folder;
    const isFolder = (await stat(source)).isDirectory();
    if (how.isContent && isFolder) {
      await mkdir(to, { recursive: true });
      for (const entry of await readdir(source)) await cp(join(source, entry), join(to, entry), COPY);
      return;
    }
    const isThere = (await exists(to)) && (await stat(to)).isDirectory();
    const target = (isThere || how.toFolder) && name !== undefined ? join(to, name) : to;
    await mkdir(dirname(target), { recursive: true });
    if (isFolder || (await exists(target))) await cp(source, target, COPY);
    else await rename(source, target).catch(() => cp(source, target, COPY));
  }

  async #run(step: RunStep): Promise<void> {
    const origin = this.#migrated.plan.origins.find(({ run, steps }) => run === step || steps.includes(step));
    if (!origin) return;
    const isPrinted = step.outputs.length > 0;
    if (!isPrinted) {
      const container = await this.#start(origin, step);
      await container?.remove();
      return;
    }
    const read = await this.#source({ ...origin, run: undefined });
    for (const { from, to, isFile } of step.outputs) {
      const handOver = this.#migrated.plan.handOvers.find((one) => one.steps.includes(step) && one.host === to);
      const path = handOver?.from ?? from;
      const isContent = !isFile && to === '';
      await this.#extract(read(path), path, place(this.#old, to), { isContent, toFolder: false });
    }
  }

  /** What `mv`, `cp`, `mkdir`, `chmod` and `rm` do to files of the copy. */
  async #change(step: FileStep, folder: string): Promise<void> {
    const { what, from, to } = step;
    const sources = from.map((path) => place(folder, path));
    if (what === 'make-folder') for (const path of sources) await mkdir(path, { recursive: true });
    if (what === 'remove')
      for (const path of sources) if (path !== folder) await rm(path, { recursive: true, force: true });
    if (what === 'write' && to !== undefined) {
      await mkdir(dirname(place(folder, to)), { recursive: true });
      await writeFile(place(folder, to), step.content ?? '');
    }
    if (what === 'mode') {
      // It has become a RUN of the builder, and the file here is only compared by its content.
      const { chmod } = await import('node:fs/promises');
      for (const path of sources) {
        if (!(await exists(path))) continue;
        const { mode } = await stat(path);
        await chmod(path, newMode(mode, step.mode ?? ''));
      }
    }
    if ((what !== 'move' && what !== 'copy') || to === undefined) return;
    const target = place(folder, to);
    for (const source of sources) {
      if (!(await exists(source))) continue;
      const isInto =
        step.isContent !== true &&
        (step.toFolder || sources.length > 1 || ((await exists(target)) && (await stat(target)).isDirectory()));
      const path = isInto ? join(target, source.slice(source.lastIndexOf('/') + 1)) : target;
      await mkdir(dirname(path), { recursive: true });
      if (what === 'move') await rename(source, path);
      else await cp(source, path, COPY);
    }
  }
}

/** The folder that holds all contexts, old and new, and what is carried to and fro. */
function copiedFolder({ plan, root }: Migrated): HostPath {
  const contexts = [...plan.builders, ...plan.finals].flatMap(({ step }) => step.context ?? []);
  const mounts = plan.origins.flatMap(({ run }) => run?.request.mounts.map(({ source }) => source) ?? []);
  const files = plan.kept.flatMap((step) => (step.kind === 'file' ? step.from.map((path) => posix.dirname(path)) : []));
  const all = [root, ...contexts, ...mounts, ...files].filter((path) => !path.startsWith('/'));
  const lists = all.map((path) => (path === '' || path === '.' ? [] : path.split('/')));
  let length = 0;
  while (lists.every((list) => list.length > length && list[length] === lists[0]![length])) length++;
  return lists[0]!.slice(0, length).join('/');
}

const COPY = { recursive: true, force: true, preserveTimestamps: true, verbatimSymlinks: true } as const;

/** A path of the host in a copy of the project; other folders of the host have their own corner in it. */
function place(copy: string, path: HostPath): string {
  return path.startsWith('/') ? join(copy, '.outside', path) : join(copy, path);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** `755`, `+x`, `u+x`, `a+rx`. */
export function newMode(mode: number, text: string): number {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  let result = mode & 0o7777;
  for (const [, who = '', sign, what = ''] of text.matchAll(/([ugoa]*)([+-])([rwx]+)/g)) {
    const bits = (what.includes('r') ? 4 : 0) | (what.includes('w') ? 2 : 0) | (what.includes('x') ? 1 : 0);
    const all = who === '' || who.includes('a');
    const mask =
      (all || who.includes('u') ? bits << 6 : 0) |
      (all || who.includes('g') ? bits << 3 : 0) |
      (all || who.includes('o') ? bits : 0);
    result = sign === '+' ? result | mask : result & ~mask;
  }
  return result;
}
