import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { FileEntry, FileIndex } from '../image/index.ts';

/** The paths of a base image, each with a digest of all that tells whether it was touched since. */
export type BaseFiles = ReadonlyMap<string, string>;

export function baseFiles(files: FileIndex): BaseFiles {
  return new Map([...files.entries()].map((entry) => [entry.path, fingerprint(entry)]));
}

/** The same for two entries exactly when nobody has touched the one to make it the other. */
export function fingerprint({ type, mode, uid, gid, digest, target, capability, mtime }: FileEntry): string {
  // A folder's time changes with what is in it.
  const facts = [type, mode, uid, gid, digest, target, capability, type === 'directory' ? 0 : mtime];
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 22);
}

const FORMAT = 'dockerfileopt base 1';
/** So many base images are remembered; each takes about a megabyte. */
const MOST = 40;

/**
 * Remembers what base images consist of, in a folder that outlives the run: to read one takes as long as to read the image
 * that stands on it. An image's id is a digest of all of it, so that nothing here goes out of date. Without a folder, or
 * where it cannot be written, nothing is remembered.
 */
export class BaseStore {
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  async get(id: string): Promise<BaseFiles | undefined> {
    const path = this.#path(id);
    if (path === undefined) return undefined;
    try {
      const [head, ...lines] = (await promisify(gunzip)(await readFile(path))).toString().split('\0');
      if (head !== `${FORMAT} ${id} ${lines.length}`) return undefined;
      const now = new Date();
      await utimes(path, now, now).catch(() => {}); // those not used for longest go first
      return new Map(lines.map((line) => [line.slice(22), line.slice(0, 22)]));
    } catch {
      return undefined; // not there, or not whole
    }
  }

  async put(id: string, files: BaseFiles): Promise<void> {
    const path = this.#path(id);
    if (path === undefined || this.#folder === undefined) return;
    const part = `${path}.${process.pid}`;
    try {
      const lines = [...files].map(([name, print]) => `${print}${name}`);
      const bytes = await promisify(gzip)([`${FORMAT} ${id} ${lines.length}`, ...lines].join('\0'), { level: 1 });
      await mkdir(this.#folder, { recursive: true });
      await writeFile(part, bytes, { mode: 0o600 });
      await rename(part, path);
      await this.#prune(this.#folder);
    } catch {
      await rm(part, { force: true }).catch(() => {}); // a full or read-only disk is no reason to fail
    }
  }

  #path(id: string): string | undefined {
    const name = /^sha256:([0-9a-f]{64})$/.exec(id)?.[1];
    return name === undefined || this.#folder === undefined ? undefined : join(this.#folder, name);
  }

  async #prune(folder: string): Promise<void> {
    const names = await readdir(folder);
    if (names.length <= MOST) return;
    const ages = await Promise.all(
      names.map(async (name) => ({ name, time: (await stat(join(folder, name))).mtimeMs })),
    );
    const old = ages.sort((a, b) => b.time - a.time).slice(MOST);
    await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })));
  }
}
