import type { Instruction, Stage } from '../dockerfile/index.ts';
import type { Engine } from '../engines/engine.ts';
import {
  type HistoryStep,
  type ImageConfig,
  readDiffIds,
  readFilesystem,
  readImageConfig,
  readSavedImage,
  type SavedImage,
} from '../image/index.ts';
import { classOf, HARMLESS } from './classes.ts';
import { SAMPLE } from './lost.ts';
import type { LayerRow } from './model.ts';
import { Snapshot, type SnapshotInput } from './snapshot.ts';

/** An image with all that was read of it. */
export interface ReadImage {
  readonly id: string;
  readonly snapshot: SnapshotInput;
  /** As `docker images` shows it. */
  readonly bytes: number | undefined;
  readonly layers: readonly LayerRow[];
  readonly wasted: SavedImage['wasted'];
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

/** Reads an image that was built from a stage; the stage tells which of its layers are the base image's. */
export async function readImage(engine: Engine, id: string, stage: Stage): Promise<ReadImage> {
  const inspection = await engine.inspect(id);
  const config = readImageConfig(inspection);
  const base = await inspectBase(engine, stage);
  const caveats: string[] = [];
  let saved: SavedImage | undefined;
  try {
    saved = await readSavedImage(engine.save(id), options);
  } catch (error) {
    caveats.push(`The layers of ${id.slice(0, 19)} could not be read: ${(error as Error).message}`);
  }
  const files = saved?.files ?? (await readFilesystem(engine.exportFilesystem(id), options));
  const diffIds = readDiffIds(inspection);
  const baseLayers = countBaseLayers(diffIds, base?.diffIds, saved?.history ?? [], stage);
  if (baseLayers === undefined)
    caveats.push('Which files the base image brings could not be told, so all of them were compared');
  return {
    id,
    snapshot: { config, files, baseLayers: saved === undefined ? undefined : baseLayers, baseConfig: base?.config },
    bytes: inspection.Size ?? saved?.layers.reduce((sum, layer) => sum + layer.size, 0),
    layers: (saved?.layers ?? []).map((layer, index) => ({
      createdBy: layer.createdBy,
      bytes: layer.size,
      wasted: layer.wasted,
      base: baseLayers !== undefined && index < baseLayers,
    })),
    wasted: saved?.wasted ?? [],
    caveats,
  };
}

async function inspectBase(
  engine: Engine,
  stage: Stage,
): Promise<{ diffIds: string[]; config: ImageConfig } | undefined> {
  const lowest = stage.chain.at(-1);
  if (lowest?.base.kind !== 'image') return undefined;
  if (lowest.baseText.toLowerCase() === 'scratch') return { diffIds: [], config: readImageConfig({}) };
  try {
    const inspection = await engine.inspect(lowest.baseText);
    return { diffIds: readDiffIds(inspection), config: readImageConfig(inspection) };
  } catch {
    return undefined; // BuildKit need not keep it among the images
  }
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
