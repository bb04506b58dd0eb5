/** One library that the dynamic loader's cache lists. */
export interface CachedLibrary {
  readonly name: string;
  readonly path: string;
}

const OLD_MAGIC = 'ld.so-1.7.0\0';
const NEW_MAGIC = 'glibc-ld.so.cache1.1';
const MOST_LIBRARIES = 100_000;

/** Reads `/etc/ld.so.cache` in its old, its new, or both formats; in the order of the file. Empty when it is no such file. */
export function parseLdCache(bytes: Buffer): CachedLibrary[] {
  if (bytes.toString('latin1', 0, OLD_MAGIC.length) !== OLD_MAGIC) return parseNew(bytes, 0) ?? [];
  if (bytes.length < 16) return [];
  const number = bytes.readUInt32LE(12);
  const strings = 16 + number * 12;
  const aligned = Math.ceil(strings / 8) * 8;
  return parseNew(bytes, aligned) ?? parseOld(bytes, number, strings);
}

function parseOld(bytes: Buffer, number: number, strings: number): CachedLibrary[] {
  const found: CachedLibrary[] = [];
  for (let i = 0; i < Math.min(number, MOST_LIBRARIES); i++) {
    const at = 16 + i * 12;
    if (at + 12 > bytes.length) break;
    const name = cString(bytes, strings + bytes.readUInt32LE(at + 4));
    const path = cString(bytes, strings + bytes.readUInt32LE(at + 8));
    if (name && path) found.push({ name, path });
  }
  return found;
}

function parseNew(bytes: Buffer, start: number): CachedLibrary[] | undefined {
  if (bytes.toString('latin1', start, start + NEW_MAGIC.length) !== NEW_MAGIC) return undefined;
  if (start + 48 > bytes.length) return [];
  // The third byte of the flags tells the byte order: 2 is little, 3 is big, 0 is not told.
  const big = (bytes[start + 28] as number) % 4 === 3;
  const u32 = (at: number) => (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const found: CachedLibrary[] = [];
  const number = Math.min(u32(start + 20), MOST_LIBRARIES);
  for (let i = 0; i < number; i++) {
    const at = start + 48 + i * 24;
    if (at + 24 > bytes.length) break;
    const name = cString(bytes, start + u32(at + 4));
    const path = cString(bytes, start + u32(at + 8));
    if (name && path) found.push({ name, path });
  }
  return found;
}

function cString(bytes: Buffer, at: number): string | undefined {
  if (at < 0 || at >= bytes.length) return undefined;
  const end = bytes.indexOf(0, at);
  return end < 0 || end - at > 4096 ? undefined : bytes.toString('utf8', at, end);
}

/** The paths of a cache by name, in its order: it may list a library once for every architecture. */
export function pathsByName(cache: readonly CachedLibrary[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, path } of cache) {
    const paths = found.get(name);
    if (paths === undefined) found.set(name, [path]);
    else paths.push(path);
  }
  return found;
}
