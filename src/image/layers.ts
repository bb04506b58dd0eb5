import { Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { createGunzip } from 'node:zlib';
import { type HistoryStep, type ImageConfig, readDiffIds, readHistory, readImageConfig } from './config.ts';
import type { ContentOptions } from './content.ts';
import { type FileEntry, FileIndex, parentPath } from './files.ts';
import { contentOptions, readEntry } from './filesystem.ts';
import { type ByteStream, readLayerTar, readTar } from './tar.ts';

/** One layer of a saved image, lowest first in a list. */
export interface Layer {
  /** Digest of the uncompressed layer, `sha256:…`. */
  readonly diffId: string;
  /** The instruction that made it, as the engine's history words it; empty when the history does not tell. */
  readonly createdBy: string;
  /** Bytes of the files that it brings. */
  readonly size: number;
  readonly files: number;
  /** Bytes of its files that a later layer overwrites or deletes: shipped and never seen. */
  readonly wasted: number;
}

/** What a later layer hides of an earlier one. */
export interface WastedFile {
  readonly path: string;
  readonly bytes: number;
  readonly layer: number;
  readonly hiddenBy: number;
  readonly how: 'overwritten' | 'deleted';
}

/** A saved image: config, layers, and the file system that a container sees. */
export interface SavedImage {
  readonly config: ImageConfig;
  readonly history: readonly HistoryStep[];
  readonly layers: readonly Layer[];
  /** Entries know the layer that they come from. */
  readonly files: FileIndex;
  /** Largest first. */
  readonly wasted: readonly WastedFile[];
}

/** One file of an archive as `docker save` writes it. */
type Part = { readonly layer: readonly FileEntry[] } | { readonly json: unknown } | { readonly linkTo: string };

const LARGEST_JSON = 16 * 1024 * 1024;

/**
 * Reads an image as `docker save`, `podman save` (either format), `skopeo copy` or `buildah push` to an archive write it.
 * One pass in bounded memory: layers may come in any order, and before the manifest that names them.
 */
export async function readSavedImage(stream: ByteStream, options: ContentOptions = {}): Promise<SavedImage> {
  const merged = { ...contentOptions, ...options };
  const parts = new Map<string, Part>();
  for await (const entry of readTar(stream)) {
    const path = entry.path.slice(1);
    if (entry.type === 'symlink') parts.set(path, { linkTo: joinLink(path, entry.target) });
    else if (entry.type === 'link') parts.set(path, { linkTo: entry.target.slice(1) });
    else if (entry.type === 'file' && entry.size > 0) {
      const part = await readPart(path, entry.body, merged);
      if (part) parts.set(path, part);
    }
  }
  const { config, layers } = findManifest(parts);
  return mergeLayers(config, layers);
}

function joinLink(path: string, target: string): string {
  const joined: string[] = [];
  for (const part of [...path.split('/').slice(0, -1), ...target.split('/')]) {
    if (part === '..') joined.pop();
    else if (part !== '.' && part !== '') joined.push(part);
  }
  return joined.join('/');
}

async function readPart(
  path: string,
  body: AsyncIterable<Uint8Array>,
  options: ContentOptions,
): Promise<Part | undefined> {
  const iterator = body[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 512) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const rest = (async function* (): AsyncGenerator<Uint8Array> {
    yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  })();
  if (head[0] === 0x7b || head[0] === 0x5b) return readJson(rest);
  const decompress = decompressor(head, path);
  const isLayer = decompress !== undefined || isTar(head);
  if (!isLayer) {
    for await (const _ of rest);
    return undefined;
  }
  const source = decompress ? Readable.from(rest, { objectMode: false }).pipe(decompress) : rest;
  const layer: FileEntry[] = [];
  for await (const entry of readLayerTar(source)) layer.push(await readEntry(entry, options));
  for await (const _ of rest); // what follows the end mark
  return { layer };
}

const isTar = (head: Buffer): boolean =>
  head.length >= 512 &&
  (head.toString('latin1', 257, 262) === 'ustar' || head.subarray(0, 512).every((byte) => byte === 0));

function decompressor(head: Uint8Array, path: string): Transform | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return createGunzip();
  if (head[0] !== 0x28 || head[1] !== 0xb5 || head[2] !== 0x2f || head[3] !== 0xfd) return undefined;
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  if (createZstdDecompress) return createZstdDecompress();
  throw new Error(`${path} is compressed with zstd, which this version of Node cannot read`);
}

async function readJson(body: AsyncIterable<Uint8Array>): Promise<Part | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length <= LARGEST_JSON) chunks.push(chunk);
  }
  if (length > LARGEST_JSON) return undefined;
  try {
    return { json: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return undefined;
  }
}

interface Manifest {
  readonly config: unknown;
  readonly layers: readonly (readonly FileEntry[])[];
}

function findManifest(parts: ReadonlyMap<string, Part>): Manifest {
  const get = (path: string): Part | undefined => {
    let part = parts.get(path);
    for (let hops = 0; part && 'linkTo' in part && hops < 10; hops++) part = parts.get(part.linkTo);
    return part;
  };
  const json = (path: string): unknown => {
    const part = get(path);
    return part && 'json' in part ? part.json : undefined;
  };
  const blob = (value: unknown): string =>
    `blobs/${String((value as { digest?: unknown } | undefined)?.digest ?? '').replace(':', '/')}`;
  const layer = (path: string): readonly FileEntry[] => {
    const part = get(path);
    if (part && 'layer' in part) return part.layer;
    throw new Error(`The saved image names the layer ${path} and does not have it`);
  };

  const listed = json('manifest.json');
  const docker = (Array.isArray(listed) ? listed[0] : undefined) as { Config?: string; Layers?: string[] } | undefined;
  if (docker?.Config !== undefined) return { config: json(docker.Config), layers: (docker.Layers ?? []).map(layer) };

  let manifest = json('index.json') as { manifests?: unknown[]; config?: unknown; layers?: unknown[] } | undefined;
  for (let depth = 0; manifest?.manifests !== undefined && depth < 4; depth++) {
    manifest = json(blob(manifest.manifests[0])) as typeof manifest;
  }
  if (manifest?.config === undefined) throw new Error('The saved image has no manifest');
  return { config: json(blob(manifest.config)), layers: (manifest.layers ?? []).map((item) => layer(blob(item))) };
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** Lays layers over each other, lowest first, with whiteouts applied, and counts what later ones hide. */
export function mergeLayers(rawConfig: unknown, layers: readonly (readonly FileEntry[])[]): SavedImage {
  const tree = new Tree();
  layers.forEach((entries, layer) => {
    tree.add(entries, layer);
  });
  const history = readHistory(rawConfig);
  const steps = history.filter((step) => !step.empty);
  const diffIds = readDiffIds(rawConfig);
  const waste = layers.map(() => 0);
  for (const { layer, bytes } of tree.wasted) waste[layer] = (waste[layer] ?? 0) + bytes;
  return {
    config: readImageConfig(rawConfig),
    history,
    layers: layers.map((entries, index) => ({
      diffId: diffIds[index] ?? '',
      createdBy: steps.length === layers.length ? (steps[index]?.createdBy ?? '') : '',
      size: entries.reduce((total, entry) => total + (entry.linkOf === undefined ? entry.size : 0), 0),
      files: entries.filter((entry) => entry.type !== 'directory' && !isWhiteout(entry.path)).length,
      wasted: waste[index] ?? 0,
    })),
    files: new FileIndex(tree.entries.values()),
    wasted: tree.wasted.sort((a, b) => b.bytes - a.bytes),
  };
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const isWhiteout = (path: string): boolean => nameOf(path).startsWith(WHITEOUT);

class Tree {
  readonly entries = new Map<string, FileEntry>();
  readonly wasted: WastedFile[] = [];
  readonly #names = new Map<string, Set<string>>();

  add(entries: readonly FileEntry[], layer: number): void {
    // A whiteout hides what lower layers have, wherever in its own layer it stands.
    for (const { path } of entries) {
      const name = nameOf(path);
      const folder = parentPath(path);
      if (name === OPAQUE)
        for (const child of [...(this.#names.get(folder) ?? [])]) this.#remove(child, layer, 'deleted');
      else if (name.startsWith(WHITEOUT) && !name.startsWith(`${WHITEOUT}${WHITEOUT}`)) {
        this.#remove(joinName(folder, name.slice(WHITEOUT.length)), layer, 'deleted');
      }
    }
    const own = new Map(entries.map((entry) => [entry.path, entry]));
    for (const entry of entries) {
      if (isWhiteout(entry.path)) continue;
      const old = this.entries.get(entry.path);
      const stays = entry.type === 'directory' && (old === undefined || old.type === 'directory');
      if (!stays) this.#remove(entry.path, layer, 'overwritten');
      this.#place(linked(entry, own, this.entries), layer);
    }
  }

  #place(entry: FileEntry, layer: number): void {
    // The folders above need not be listed; one of them may have been a file.
    for (let path = entry.path; path !== '/'; path = parentPath(path)) {
      const folder = parentPath(path);
      if (this.entries.get(folder)?.type === 'file') this.#remove(folder, layer, 'overwritten');
      const names = this.#names.get(folder);
      if (names === undefined) this.#names.set(folder, new Set([path]));
      else if (names.has(path)) break;
      else names.add(path);
    }
    this.entries.set(entry.path, { ...entry, layer });
  }

  #remove(path: string, layer: number, how: WastedFile['how']): void {
    const pending = [path];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      pending.push(...(this.#names.get(next) ?? []));
      this.#names.delete(next);
      this.#names.get(parentPath(next))?.delete(next);
      const entry = this.entries.get(next);
      this.entries.delete(next);
      if (entry === undefined || entry.size === 0 || entry.linkOf !== undefined) continue;
      this.wasted.push({ path: next, bytes: entry.size, layer: entry.layer ?? 0, hiddenBy: layer, how });
    }
  }
}

function joinName(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** A hard link keeps its bytes when a later layer replaces the file that it was made from. */
function linked(
  entry: FileEntry,
  own: ReadonlyMap<string, FileEntry>,
  below: ReadonlyMap<string, FileEntry>,
): FileEntry {
  if (entry.linkOf === undefined) return entry;
  const first = own.get(entry.linkOf) ?? below.get(entry.linkOf);
  return first === undefined ? entry : { ...first, path: entry.path, linkOf: entry.linkOf };
}
