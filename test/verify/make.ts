import { contentOptions, readEntry } from '../../src/image/filesystem.ts';
import { mergeLayers, readTar } from '../../src/image/index.ts';
import { staticChecks } from '../../src/verify/checks/index.ts';
import { compareImages, planSearch, Snapshot, scanFiles } from '../../src/verify/index.ts';
import { SAMPLE } from '../../src/verify/lost.ts';
import type { Check, Outcome } from '../../src/verify/model.ts';
import { inPieces, makeTar, type Tree } from '../image/make.ts';

/** A made-up image: what its base brings, what it adds, and the fields of its config. */
export interface Image {
  base?: Tree;
  own?: Tree;
  config?: Record<string, unknown>;
  baseConfig?: Record<string, unknown>;
}

/** An ELF header and nothing else: a program that is linked statically. */
export function staticProgram(text = ''): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** A static program with the note that Go's linker leaves, holding the given texts. */
export function goProgram(text = ''): Buffer {
  const bytes = Buffer.alloc(64 + 56 + 16);
  staticProgram().copy(bytes);
  bytes.writeBigUInt64LE(64n, 32); // program headers
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(4, 64); // PT_NOTE
  bytes.writeBigUInt64LE(120n, 72);
  bytes.writeBigUInt64LE(16n, 96);
  bytes.writeUInt32LE(4, 120);
  bytes.writeUInt32LE(0, 124);
  bytes.writeUInt32LE(4, 128);
  bytes.write('Go\0\0', 132, 'latin1');
  return Buffer.concat([bytes, Buffer.from(text)]);
}

export const executable = (content: string | Uint8Array) => ({ content, mode: 0o755 });

async function readLayer(tree: Tree) {
  const entries = [];
  const sample = () => SAMPLE;
  for await (const entry of readTar(inPieces(await makeTar(tree), 65_536))) {
    entries.push(await readEntry(entry, { ...contentOptions, sample }));
  }
  return entries;
}

async function readImage({ base = {}, own = {}, config = {}, baseConfig }: Image) {
  const layers = await Promise.all([readLayer(base), readLayer(own)]);
  const blob = (value: Record<string, unknown>) => ({ os: 'linux', architecture: 'amd64', config: value });
  const image = mergeLayers(blob(config), layers);
  const ofBase = baseConfig === undefined ? undefined : mergeLayers(blob(baseConfig), []).config;
  return { config: image.config, files: image.files, baseLayers: 1, baseConfig: ofBase };
}

/** Compares two made-up images as `verify` compares real ones. */
export async function compare(before: Image, after: Image, isBuildOnly?: (path: string) => boolean): Promise<Check[]> {
  const one = new Snapshot(await readImage(before));
  const input = await readImage(after);
  const search = planSearch({ before: one, after: new Snapshot(input) });
  const all = inPieces(await makeTar({ ...after.base, ...after.own }), 65_536);
  const mentions = await scanFiles(all, (path) => search.files.has(path), search.texts);
  const { checks } = compareImages(one, new Snapshot({ ...input, mentions }), true, isBuildOnly);
  return checks;
}

/** What one check found: `worse: The label a is lost`, worst first. */
export async function findings(id: string, before: Image, after: Image, isBuildOnly?: (path: string) => boolean) {
  if (!staticChecks.some((check) => check.id === id)) throw new Error(`no check ${id}`);
  const check = (await compare(before, after, isBuildOnly)).find((candidate) => candidate.id === id) as Check;
  return check.evidence.map(({ outcome, message }) => `${outcome}: ${message}`);
}

/** The outcome of one check. */
export async function outcome(id: string, before: Image, after: Image): Promise<Outcome> {
  return ((await compare(before, after)).find((candidate) => candidate.id === id) as Check).outcome;
}
