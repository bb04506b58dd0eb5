import type { Instruction, Stage } from '../dockerfile/index.ts';
import type { Engine, ImageInspection } from '../engines/engine.ts';
import {
  FileIndex,
  type HistoryStep,
  type ImageConfig,
  readDiffIds,
  readFilesystem,
  readImageConfig,
  readSavedImage,
  type SavedImage,
} from '../image/index.ts';
import { type BaseFiles, BaseStore, baseFiles, fingerprint } from './bases.ts';
import { classOf, HARMLESS } from './classes.ts';
import { SAMPLE } from './lost.ts';
import type { LayerRow, SideReport } from './model.ts';
import { Snapshot, type SnapshotInput } from './snapshot.ts';

/** An image with all that was read of it. */
export interface ReadImage {
  readonly id: string;
  readonly snapshot: SnapshotInput;
  /** As `docker images` shows it. */
  readonly bytes: number | undefined;
  readonly layers: readonly LayerRow[];
  readonly wasted: SideReport['wasted'];
  readonly caveats: readonly string[];
}

const LARGEST_SAMPLED = 1024 * 1024;

const options = {
  // Pieces of files that may have to be found again inside a program.
  sample: (path: string, size: number) => {
    const name = size <= LARGEST_SAMPLED ? classOf(path, 'native') : 'package';
    return HARMLESS.has(name) || name === 'package' ? 0 : SAMPLE;
  },
};

/** From this size on, what `docker save` takes for an image outweighs reading its file system and its base's. */
const LARGE = 250 * 1000 ** 2;

/** Reads images; what several stand on is read once. */
export class ImageReader {
  readonly #engine: Engine;
  readonly #layers: boolean;
  readonly #store: BaseStore;
  readonly #inspected = new Map<string, Base>();
  readonly #bases = new Map<string, Promise<BaseFiles>>();
  readonly #preparing = new Set<Promise<unknown>>();

  /** `layers`: every layer is read of large images too, which tells what is wasted where. */
  constructor(engine: Engine, layers: boolean, store = new BaseStore(undefined)) {
    this.#engine = engine;
    this.#layers = layers;
    this.#store = store;
  }

  /** Begins to read what a stage stands on if it will be needed; for while the stage is built. */
  prepare(stage: Stage): void {
    const work = this.#inspectBase(stage).then((base) =>
      base?.id !== undefined && this.#isLarge(base.size) ? this.#readBase(base.id) : undefined,
    );
    this.#preparing.add(work);
    const done = () => this.#preparing.delete(work);
    work.then(done, done);
  }

  /** When nothing that was begun is under way any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#preparing);
  }

  /** Reads an image that was built from a stage; the stage tells which of its layers are the base image's. */
  async read(id: string, stage: Stage): Promise<ReadImage> {
    const [inspection, base] = await Promise.all([this.#engine.inspect(id), this.#inspectBase(stage)]);
    const isBelow = base?.diffIds.every((id, index) => readDiffIds(inspection)[index] === id) === true;
    const merged = isBelow && this.#isLarge(inspection.Size) ? await this.#readMerged(inspection, base) : undefined;
    return merged ?? (await this.#readLayers(id, inspection, base, stage));
  }

  /** By its merged file system and its base's; undefined where the engine does not tell how large steps are. */
  async #readMerged(inspection: ImageInspection, base: Base): Promise<ReadImage | undefined> {
    const id = inspection.Id;
    const history = this.#history(inspection, base);
    const reading = history.then((steps) =>
      steps === undefined ? undefined : readFilesystem(this.#engine.exportFilesystem(id), options),
    );
    const [steps, files, below] = await Promise.all([
      history,
      reading,
      base.id === undefined ? new Map() : this.#readBase(base.id),
    ]);
    if (steps === undefined || files === undefined) return undefined;
    const layered = layFiles(files, below);
    return {
      id,
      snapshot: { config: readImageConfig(inspection), files: layered, baseLayers: 1, baseConfig: base.config },
      bytes: inspection.Size,
      layers: steps.map(({ createdBy, size, base }) => ({ createdBy, bytes: size, wasted: undefined, base })),
      wasted: { bytes: hiddenBytes(steps, layered), largest: [] },
      caveats: [],
    };
  }

  #isLarge(size: number | undefined): boolean {
    return !this.#layers && size !== undefined && size >= LARGE;
  }

  #readBase(id: string): Promise<BaseFiles> {
    let known = this.#bases.get(id);
    if (known === undefined) {
      known = this.#store.get(id).then((found) => found ?? this.#exportBase(id));
      this.#bases.set(id, known);
      known.catch(() => this.#bases.delete(id)); // the next one may try again
    }
    return known;
  }

  async #exportBase(id: string): Promise<BaseFiles> {
    const found = baseFiles(await readFilesystem(this.#engine.exportFilesystem(id)));
    await this.#store.put(id, found);
    return found;
  }

  /** The steps that made a layer, oldest first. */
  async #history(inspection: ImageInspection, base: Base): Promise<LayerStep[] | undefined> {
    const [all, below] = await Promise.all([
      this.#engine.history(inspection.Id),
      base.id === undefined ? [] : this.#engine.history(base.id),
    ]);
    if (all.some(({ size }) => size === undefined)) return undefined;
    return [...all]
      .reverse()
      .map(({ createdBy, size = 0 }, index) => ({ createdBy, size, base: index < below.length }))
      .filter(({ size }) => size > 0);
  }

  /** What a stage stands on; undefined where that cannot be told, or not yet: the build may still have to pull it. */
  async #inspectBase(stage: Stage): Promise<Base | undefined> {
    const lowest = stage.chain.at(-1);
    if (lowest?.base.kind !== 'image') return undefined;
    const known = this.#inspected.get(lowest.baseText);
    if (known !== undefined) return known;
    const base = await inspectBase(this.#engine, lowest.baseText);
    if (base !== undefined) this.#inspected.set(lowest.baseText, base);
    return base;
  }

  async #readLayers(id: string, inspection: ImageInspection, base: Base | undefined, stage: Stage): Promise<ReadImage> {
    const caveats: string[] = [];
    let saved: SavedImage | undefined;
    try {
      saved = await readSavedImage(this.#engine.save(id), options);
    } catch (error) {
      caveats.push(`The layers of ${id.slice(0, 19)} could not be read: ${(error as Error).message}`);
    }
    const files = saved?.files ?? (await readFilesystem(this.#engine.exportFilesystem(id), options));
    const diffIds = readDiffIds(inspection);
    const baseLayers = countBaseLayers(diffIds, base?.diffIds, saved?.history ?? [], stage);
    if (baseLayers === undefined)
      caveats.push('Which files the base image brings could not be told, so all of them were compared');
    const wasted = saved?.wasted ?? [];
    return {
      id,
      snapshot: {
        config: readImageConfig(inspection),
        files,
        baseLayers: saved === undefined ? undefined : baseLayers,
        baseConfig: base?.config,
      },
      bytes: inspection.Size ?? saved?.layers.reduce((sum, layer) => sum + layer.size, 0),
      layers: (saved?.layers ?? []).map((layer, index) => ({
        createdBy: layer.createdBy,
        bytes: layer.size,
        wasted: layer.wasted,
        base: baseLayers !== undefined && index < baseLayers,
      })),
      wasted: {
        bytes: wasted.reduce((sum, { bytes }) => sum + bytes, 0),
        largest: wasted.slice(0, 10).map(({ path, bytes, how }) => ({ path, bytes, how })),
      },
      caveats,
    };
  }
}

/** Puts what is the base's as it was into the layer 0, all else into 1. */
export function layFiles(files: FileIndex, base: BaseFiles): FileIndex {
  return new FileIndex(
    [...files.entries()].map((entry) => ({ ...entry, layer: base.get(entry.path) === fingerprint(entry) ? 0 : 1 })),
  );
}

/** Bytes of layers that the merged file system does not show. Below a thousandth engines count differently. */
export function hiddenBytes(layers: readonly { size: number }[], files: FileIndex): number {
  const shipped = layers.reduce((sum, { size }) => sum + size, 0);
  let seen = 0;
  for (const { linkOf, size, target } of files.entries())
    seen += linkOf === undefined ? size || (target?.length ?? 0) : 0;
  return shipped - seen < shipped / 1000 ? 0 : shipped - seen;
}

/** What a stage stands on; `id` is undefined for scratch. */
interface Base {
  readonly id: string | undefined;
  readonly size: number | undefined;
  readonly diffIds: readonly string[];
  readonly config: ImageConfig;
}

async function inspectBase(engine: Engine, name: string): Promise<Base | undefined> {
  if (name.toLowerCase() === 'scratch') return { id: undefined, size: 0, diffIds: [], config: readImageConfig({}) };
  try {
    const inspection = await engine.inspect(name);
    const { Id: id, Size: size } = inspection;
    return { id, size, diffIds: readDiffIds(inspection), config: readImageConfig(inspection) };
  } catch {
    return undefined; // BuildKit need not keep it among the images
  }
}

interface LayerStep {
  readonly createdBy: string;
  readonly size: number;
  /** Brought by the base image. */
  readonly base: boolean;
}

/** How many of the lowest layers are the base image's: by its own layers, else by the steps that the stage added. */
export function countBaseLayers(
  diffIds: readonly string[],
  base: readonly string[] | undefined,
  history: readonly HistoryStep[],
  stage: Stage,
): number | undefined {
  if (base?.every((id, index) => diffIds[index] === id) === true) return base.length;
  const steps = [...history];
  const instructions = stage.chain.flatMap(({ instructions }) => [...instructions].reverse());
  for (const instruction of instructions.filter(({ keyword }) => keyword !== 'FROM')) {
    const step = steps.at(-1);
    if (step === undefined) return undefined;
    if (keywordOf(step) === instruction.keyword) steps.pop();
    else if (!isSilent(instruction)) return undefined;
  }
  const layers = steps.filter(({ empty }) => !empty).length;
  return history.filter(({ empty }) => !empty).length === diffIds.length ? layers : undefined;
}

/** Engines do not agree on whether these leave a step. */
const isSilent = ({ keyword }: Instruction): boolean => /^(?:ARG|WORKDIR|MAINTAINER)$/.test(keyword);

/** The instruction that a step of the history stands for. */
function keywordOf({ createdBy }: HistoryStep): string {
  const text = createdBy.replace(/^\/bin\/sh -c #\(nop\)\s*/, '').trim();
  const word = /^[A-Z]+(?=\s|$)/.exec(text)?.[0];
  return word !== undefined && word !== 'RUN' ? word : 'RUN';
}

export function makeSnapshot(image: ReadImage, mentions?: SnapshotInput['mentions']): Snapshot {
  return new Snapshot({ ...image.snapshot, mentions });
}
