import { Readable } from 'node:stream';
import { createTarDecoder } from 'modern-tar';

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

/** Pipes bring 64 KiB at a time; what is paid for each piece is more than what is paid for the bytes in it. */
const PIECE = 512 * 1024;

async function* gather(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    pieces.push(piece);
    length += piece.length;
    if (length < PIECE) continue;
    yield pieces.length === 1 ? piece : Buffer.concat(pieces, length);
    pieces = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(pieces, length);
}

/** Reads a tar archive entry by entry, in bounded memory. Throws when the archive is cut short or is none. */
export async function* readTar(stream: ByteStream): AsyncGenerator<TarEntry> {
  const source = Readable.from(gather(stream), { objectMode: false, highWaterMark: 2 * PIECE });
  const entries = Readable.toWeb(source).pipeThrough(createTarDecoder({ strict: true }));
  for await (const { header, body } of entries) {
    const pax = header.pax ?? {};
    const type = TYPES[header.type ?? 'file'] ?? 'file';
    const target = header.linkname ?? '';
    let taken = false;
    const take = async function* (): AsyncGenerator<Uint8Array> {
      taken = true;
      let length = 0;
      for await (const chunk of body) {
        length += chunk.length;
        yield chunk;
      }
      if (length < header.size) throw new Error(`The archive ends inside ${header.name}`);
    };
    yield {
      path: archivePath(pax['GNU.sparse.name'] ?? header.name),
      type,
      mode: (header.mode ?? 0) & 0o7777,
      uid: header.uid ?? 0,
      gid: header.gid ?? 0,
      size: type === 'file' ? Number(pax['GNU.sparse.realsize'] ?? pax['GNU.sparse.size'] ?? header.size) : 0,
      mtime: Math.floor((header.mtime?.getTime() ?? 0) / 1000),
      target: type === 'link' ? archivePath(target) : target,
      capability: pax['SCHILY.xattr.security.capability'] ?? '',
      body: take(),
    };
    if (!taken) for await (const _ of take());
  }
}
