import { createHash, type Hash } from 'node:crypto';
import {
  type ByteSource,
  bufferSource,
  codeExtents,
  type ElfFacts,
  type Extent,
  isElf,
  neededExtents,
  parseElf,
} from './elf.ts';

/** What one pass over a file's bytes tells. */
export interface Content {
  readonly digest: string;
  readonly elf?: ElfFacts;
  /** Digest of the machine code alone. */
  readonly codeDigest?: string;
  /** The first line of a script after `#!`, at most 255 bytes, with a carriage return if it has one. */
  readonly shebang?: string;
  /** Digest of what a zip file (jar, war, wheel) holds: names, sizes and checksums, without times and order. */
  readonly archiveDigest?: string;
  /** The whole file, where the caller asked for it or it is a short script. */
  readonly bytes?: Buffer;
  /** The first bytes, where the caller asked for them. */
  readonly sample?: Buffer;
}

export interface ContentOptions {
  /** Undefined symbols worth knowing of. */
  readonly symbols?: ReadonlySet<string>;
  /** Files to keep whole; small ones, please. */
  readonly keep?: (path: string, size: number) => boolean;
  /** How many of a file's first bytes to hand back, up to a few hundred. */
  readonly sample?: (path: string, size: number) => number;
}

/** An ELF or zip file up to this size is held in memory while it is read; of a larger one only parts are. */
const LARGEST_HELD = 24 * 1024 * 1024;
const LARGEST_PART = 8 * 1024 * 1024;
const HEAD = 64 * 1024;
const LARGEST_SCRIPT = 128 * 1024;

/** Parts of a stream: its head, and the extents asked for once the head is known. */
class Parts implements ByteSource {
  readonly size: number;
  readonly #pieces: { offset: number; bytes: Buffer; filled: number }[] = [];

  constructor(size: number, extents: readonly Extent[]) {
    this.size = size;
    let total = 0;
    for (const { offset, size: length } of extents) {
      const fits = Math.min(length, size - offset);
      if (fits <= 0 || total + fits > LARGEST_HELD) continue;
      total += fits;
      this.#pieces.push({ offset, bytes: Buffer.alloc(fits), filled: 0 });
    }
  }

  add(chunk: Uint8Array, at: number): void {
    for (const piece of this.#pieces) {
      const start = Math.max(at, piece.offset);
      const end = Math.min(at + chunk.length, piece.offset + piece.bytes.length);
      if (start >= end) continue;
      piece.bytes.set(chunk.subarray(start - at, end - at), start - piece.offset);
      piece.filled += end - start;
    }
  }

  read(offset: number, length: number): Uint8Array | undefined {
    for (const piece of this.#pieces) {
      const into = offset - piece.offset;
      if (into >= 0 && into + length <= piece.bytes.length && piece.filled === piece.bytes.length) {
        return piece.bytes.subarray(into, into + length);
      }
    }
    return undefined;
  }
}

/** Digest of the bytes of a stream that lie in one of the extents. */
class ExtentHash {
  readonly #extents: readonly Extent[];
  readonly #hash: Hash;
  #length = 0;

  constructor(extents: readonly Extent[]) {
    this.#extents = extents;
    this.#hash = createHash('sha256');
  }

  add(chunk: Uint8Array, at: number): void {
    for (const { offset, size } of this.#extents) {
      const start = Math.max(at, offset);
      const end = Math.min(at + chunk.length, offset + size);
      if (start >= end) continue;
      this.#hash.update(chunk.subarray(start - at, end - at));
      this.#length += end - start;
    }
  }

  /** Undefined unless every byte of the extents was there, and there was one: nothing is not the same as nothing. */
  digest(): string | undefined {
    const wanted = this.#extents.reduce((sum, { size }) => sum + size, 0);
    return wanted > 0 && this.#length === wanted ? this.#hash.digest('base64url') : undefined;
  }
}

type Kind = 'elf' | 'zip' | 'script' | 'other';

const isZip = (head: Uint8Array): boolean => head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;

/** Reads a file of `size` bytes once, in bounded memory. */
export async function readContent(
  path: string,
  size: number,
  body: AsyncIterable<Uint8Array>,
  options: ContentOptions = {},
): Promise<Content> {
  const hash = createHash('sha256');
  const keep = options.keep?.(path, size) ?? false;
  let head: Buffer[] | undefined = [];
  let length = 0;
  let held: Buffer | undefined;
  let sample: Buffer | undefined;
  let parts: Parts | undefined;
  let code: ExtentHash | undefined;
  let kind = 'other' as Kind;

  // Decided when the head is complete: what to hold, and what to digest apart.
  const open = (): void => {
    const start = Buffer.concat(head as Buffer[]);
    const wanted = options.sample?.(path, size) ?? 0;
    if (wanted > 0) sample = Buffer.from(start.subarray(0, wanted));
    head = undefined;
    kind = isElf(start) ? 'elf' : isZip(start) ? 'zip' : start[0] === 0x23 && start[1] === 0x21 ? 'script' : 'other';
    if (kind === 'elf') code = new ExtentHash(codeExtents(withSize(start, size)));
    const hold = keep || (kind === 'script' ? size <= LARGEST_SCRIPT : kind !== 'other' && size <= LARGEST_HELD);
    if (hold) held = Buffer.alloc(size);
    else if (kind === 'elf') {
      const extents = neededExtents(withSize(start, size), LARGEST_PART);
      parts = new Parts(size, [{ offset: 0, size: LARGEST_PART }, ...extents]);
    } else if (kind === 'zip') parts = new Parts(size, [{ offset: size - LARGEST_PART, size: LARGEST_PART }]);
    else if (kind === 'script') parts = new Parts(size, [{ offset: 0, size: 512 }]);
    take(start, 0);
  };
  const take = (chunk: Uint8Array, at: number): void => {
    if (held) held.set(chunk.subarray(0, Math.max(0, held.length - at)), Math.min(at, held.length));
    parts?.add(chunk, at);
    code?.add(chunk, at);
  };

  for await (const chunk of body) {
    hash.update(chunk);
    if (head) head.push(Buffer.from(chunk));
    else take(chunk, length);
    length += chunk.length;
    if (head && length >= HEAD) open();
  }
  if (head) open();

  const source: ByteSource | undefined = held ? bufferSource(held) : parts;
  const content: { -readonly [key in keyof Content]: Content[key] } = { digest: hash.digest('base64url') };
  if (keep && held) content.bytes = held;
  if (sample) content.sample = sample;
  if (source === undefined) return content;
  if (kind === 'elf') {
    const elf = parseElf(source, options.symbols);
    if (elf) content.elf = elf;
    const codeDigest = code?.digest();
    if (elf && codeDigest !== undefined) content.codeDigest = codeDigest;
  } else if (kind === 'script') {
    const line = source.read(0, Math.min(257, size));
    if (line) content.shebang = Buffer.from(line).toString('utf8', 2).split('\n')[0] as string;
    if (held) content.bytes = held;
  } else if (kind === 'zip') {
    const digest = zipDigest(source);
    if (digest) content.archiveDigest = digest;
  }
  return content;
}

function withSize(head: Buffer, size: number): ByteSource {
  return { size, read: (at, length) => (at + length <= head.length ? head.subarray(at, at + length) : undefined) };
}

/** Entries that say when an archive was made rather than what is in it. */
const STAMPS = /(^|\/)(pom\.properties|git\.properties|build-info\.properties)$/;

/** Digest of the central directory of a zip file: names, sizes and checksums, sorted. */
export function zipDigest(source: ByteSource): string | undefined {
  const tail = Math.min(source.size, 65_557);
  const end = source.read(source.size - tail, tail);
  if (end === undefined) return undefined;
  const bytes = Buffer.from(end.buffer, end.byteOffset, end.byteLength);
  const at = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (at < 0 || at + 22 > bytes.length) return undefined;
  const number = bytes.readUInt16LE(at + 10);
  const size = bytes.readUInt32LE(at + 12);
  const start = source.size - tail + at - size;
  const found = number === 0xffff || start < 0 ? undefined : source.read(start, size);
  if (found === undefined) return undefined;
  const directory = Buffer.from(found.buffer, found.byteOffset, found.byteLength);
  const lines: string[] = [];
  for (let offset = 0; offset + 46 <= directory.length; ) {
    if (directory.readUInt32LE(offset) !== 0x02014b50) return undefined;
    const name = directory.readUInt16LE(offset + 28);
    const rest = directory.readUInt16LE(offset + 30) + directory.readUInt16LE(offset + 32);
    const text = directory.toString('latin1', offset + 46, offset + 46 + name);
    const [checksum, length] = [directory.readUInt32LE(offset + 16), directory.readUInt32LE(offset + 24)];
    if (!STAMPS.test(text) && !text.endsWith('/')) lines.push(`${text} ${checksum} ${length}`);
    offset += 46 + name + rest;
  }
  return lines.length === 0 ? undefined : createHash('sha256').update(lines.sort().join('\n')).digest('base64url');
}
