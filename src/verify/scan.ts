import { type ByteStream, readTar } from '../image/index.ts';

/** A text shorter than this is found everywhere and proves nothing. */
export const SHORTEST_TEXT = 4;

/** Finds many texts in one pass over bytes that come in pieces. */
export class TextFinder {
  readonly #texts: readonly string[];
  readonly #needles: readonly Buffer[];
  /** Needles by their first four bytes; the table says which first two bytes are worth a look-up. */
  readonly #byStart = new Map<number, number[]>();
  readonly #starts = new Uint8Array(65_536);
  readonly #longest: number;

  constructor(texts: Iterable<string>) {
    this.#texts = [...new Set(texts)].filter((text) => Buffer.byteLength(text, 'latin1') >= SHORTEST_TEXT);
    this.#needles = this.#texts.map((text) => Buffer.from(text, 'latin1'));
    this.#longest = this.#needles.reduce((longest, { length }) => Math.max(longest, length), 0);
    this.#needles.forEach((needle, index) => {
      this.#starts[needle.readUInt16LE(0)] = 1;
      const start = needle.readUInt32LE(0);
      const known = this.#byStart.get(start);
      if (known === undefined) this.#byStart.set(start, [index]);
      else known.push(index);
    });
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** The texts that the bytes hold; texts and bytes are compared as they are (latin1). */
  async find(body: AsyncIterable<Uint8Array>): Promise<Set<string>> {
    const found = new Set<number>();
    let carry = Buffer.alloc(0);
    for await (const chunk of body) {
      const bytes = carry.length === 0 ? toBuffer(chunk) : Buffer.concat([carry, chunk]);
      this.#search(bytes, found);
      carry = Buffer.from(bytes.subarray(Math.max(0, bytes.length - this.#longest + 1)));
    }
    return new Set([...found].map((index) => this.#texts[index] as string));
  }

  #search(bytes: Buffer, found: Set<number>): void {
    const starts = this.#starts;
    const last = bytes.length - SHORTEST_TEXT;
    for (let at = 0; at <= last; at++) {
      if (starts[(bytes[at] as number) | ((bytes[at + 1] as number) << 8)] === 0) continue;
      for (const index of this.#byStart.get(bytes.readUInt32LE(at)) ?? []) {
        const needle = this.#needles[index] as Buffer;
        const end = at + needle.length;
        if (end > bytes.length || found.has(index)) continue;
        if (bytes.compare(needle, 0, needle.length, at, end) === 0) found.add(index);
      }
    }
  }
}

function toBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** Which files of an exported file system hold which texts: text → paths. */
export async function scanFiles(
  stream: ByteStream,
  wanted: (path: string, size: number) => boolean,
  texts: Iterable<string>,
): Promise<Map<string, Set<string>>> {
  const finder = new TextFinder(texts);
  const mentions = new Map<string, Set<string>>();
  for await (const entry of readTar(stream)) {
    if (finder.isEmpty || entry.type !== 'file' || !wanted(entry.path, entry.size)) continue;
    for (const text of await finder.find(entry.body)) {
      const paths = mentions.get(text);
      if (paths === undefined) mentions.set(text, new Set([entry.path]));
      else paths.add(entry.path);
    }
  }
  return mentions;
}
