import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { packTar } from 'modern-tar';
import { type FileIndex, readFilesystem } from '../../src/image/index.ts';

/** A path of a made-up image: text or bytes for a file, `-> target` for a symlink, `/` at the end of its name for a folder. */
export interface Item {
  content?: string | Uint8Array;
  mode?: number;
  uid?: number;
  gid?: number;
  /** Of a symlink. */
  target?: string;
  /** Of a hard link. */
  linkOf?: string;
  pax?: Record<string, string>;
}

export type Tree = Record<string, string | Uint8Array | Item>;

/** A tar archive of the given paths, in their order. */
export async function makeTar(tree: Tree): Promise<Buffer> {
  const entries = Object.entries(tree).map(([name, value]) => {
    const item: Item = typeof value === 'string' || value instanceof Uint8Array ? { content: value } : value;
    const isFolder = name.endsWith('/');
    const type = isFolder
      ? 'directory'
      : item.target !== undefined
        ? 'symlink'
        : item.linkOf !== undefined
          ? 'link'
          : 'file';
    const body = Buffer.from(item.content ?? '');
    const header = {
      name: name.replace(/^\//, ''),
      type: type as 'file',
      mode: item.mode ?? (isFolder ? 0o755 : 0o644),
      uid: item.uid ?? 0,
      gid: item.gid ?? 0,
      size: type === 'file' ? body.length : 0,
      mtime: new Date(1_700_000_000_000),
      linkname: item.target ?? item.linkOf ?? '',
      ...(item.pax ? { pax: item.pax } : {}),
    };
    return type === 'file' ? { header, body } : { header };
  });
  return Buffer.from(await packTar(entries));
}

/** Bytes in pieces that fall on no boundary of the format. */
export function inPieces(bytes: Buffer, size = 1000): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
    { objectMode: false },
  );
}

/** The merged file system of a made-up image. */
export async function makeFiles(tree: Tree): Promise<FileIndex> {
  return readFilesystem(inPieces(await makeTar(tree), 65_536));
}

/** The path of a program of this machine, or undefined. */
export function findTool(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    if (folder !== '' && existsSync(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

/**
 * Runs a compiler in a folder of its own that has the given files, and hands back one file that it made.
 * @param output the file's name in the folder.
 */
export function compile(files: Record<string, string>, output: string, ...commands: string[][]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'compile-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    for (const [command = '', ...args] of commands) {
      const env = { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off', GOTOOLCHAIN: 'local' };
      execFileSync(command, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    }
    return readFileSync(join(folder, output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
