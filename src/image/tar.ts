import { Readable, type Writable } from 'node:stream';
import { extract } from 'tar-stream';

/** Bytes of a tar archive, from an engine or from an entry of an archive around it. */
export type ByteStream = Readable | AsyncIterable<Uint8Array>;

export type TarEntryType = 'file' | 'directory' | 'symlink' | 'link' | 'device' | 'fifo';

/** One entry of a tar archive; its body has to be read or dropped before the next entry comes. */
export interface TarEntry {
  /** Absolute and plain: `/usr/bin/env`. */
  readonly path: string;
  readonly type: TarEntryType;
  /** Permission bits, with set-user-id, set-group-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** In seconds. */
  readonly mtime: number;
  /** Of a symlink as it is written; of a hard link an absolute path in the archive. */
  readonly target: string;
  /** File capabilities, as the extended attribute's bytes; empty without. */
  readonly capability: string;
  readonly body: AsyncIterable<Uint8Array>;
}

const TYPES: Readonly<Record<string, TarEntryType>> = {
  directory: 'directory',
  symlink: 'symlink',
  link: 'link',
  'character-device': 'device',
  'block-device': 'device',
  fifo: 'fifo',
};

/** Makes `./usr//bin/` of an archive the path `/usr/bin`; `..` cannot leave the root. */
export function archivePath(name: string): string {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** What an archive ends with, at the least: one block of zeros. */
const END = 512;

/** Passes a stream on, and throws behind its last byte if no end mark came. */
async function* whole(stream: ByteStream): AsyncGenerator<Uint8Array> {
  let tail: Uint8Array = Buffer.alloc(0);
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    yield piece;
    tail = (piece.length >= END ? piece : Buffer.concat([tail, piece])).subarray(-END);
  }
  if (tail.length < END || tail.some((byte) => byte !== 0)) throw new Error('The archive is cut short');
}

/** Reads a tar archive entry by entry, in bounded memory. Throws when the archive is cut short or is none. */
export function readTar(stream: ByteStream): AsyncGenerator<TarEntry> {
  return readLayerTar(whole(stream));
}

/** As `readTar`; not all that writes layers writes the end mark, too. */
export async function* readLayerTar(stream: ByteStream): AsyncGenerator<TarEntry> {
  const entries = extract();
  const source = stream instanceof Readable ? stream : Readable.from(stream, { objectMode: false });
  source.once('error', (error) => entries.destroy(error));
  entries.once('close', () => source.destroy());
  source.pipe(entries as unknown as Writable); // written for streams of Node's kind
  for await (const body of entries) {
    const { header } = body;
    const pax = (header.pax ?? {}) as Readonly<Record<string, string>>;
    const type = TYPES[header.type ?? 'file'] ?? 'file';
    const target = header.linkname ?? '';
    yield {
      path: archivePath(pax['GNU.sparse.name'] ?? header.name),
      type,
      mode: header.mode & 0o7777,
      uid: header.uid,
      gid: header.gid,
      size: type === 'file' ? Number(pax['GNU.sparse.realsize'] ?? pax['GNU.sparse.size'] ?? header.size) : 0,
      mtime: Math.floor(header.mtime.getTime() / 1000),
      target: type === 'link' ? archivePath(target) : target,
      capability: pax['SCHILY.xattr.security.capability'] ?? '',
      body: body as unknown as AsyncIterable<Uint8Array>,
    };
    if (!body.destroyed) body.resume(); // what nobody read
  }
}
