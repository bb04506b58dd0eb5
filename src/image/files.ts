import type { Content } from './content.ts';

/** One path of an image. */
export interface FileEntry extends Partial<Content> {
  /** Absolute and plain. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'device' | 'fifo';
  /** Permission bits, with set-user-id, set-group-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** In seconds. */
  readonly mtime: number;
  /** Of a symlink, as it is written. */
  readonly target?: string;
  /** The path that this one is a hard link to; its bytes are counted there. */
  readonly linkOf?: string;
  /** File capabilities (`cap_net_bind_service`), as raw bytes. */
  readonly capability?: string;
  /** The layer that it comes from, 0 for the lowest; absent where only the merged file system was read. */
  readonly layer?: number;
}

/** Why a path leads nowhere. */
export type Unresolved = 'missing' | 'loop' | 'not a directory';

/** The merged file system of an image. */
export class FileIndex {
  readonly #entries: Map<string, FileEntry>;
  #children: Map<string, string[]> | undefined;
  #copies: Map<string, string[]> | undefined;

  constructor(entries: Iterable<FileEntry>) {
    this.#entries = new Map();
    for (const entry of entries) this.#entries.set(entry.path, entry);
    for (const [path, entry] of this.#entries) {
      if (entry.linkOf === undefined || entry.digest !== undefined) continue;
      const first = this.#entries.get(entry.linkOf);
      if (first) this.#entries.set(path, shareContent(entry, first));
    }
    for (const path of [...this.#entries.keys(), '/x']) this.#addParents(path);
  }

  /** Archives need not list the folders that their entries are in, nor the root. */
  #addParents(path: string): void {
    for (let folder = parentPath(path); !this.#entries.has(folder); folder = parentPath(folder)) {
      this.#entries.set(folder, { path: folder, type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 });
    }
  }

  /** Number of paths. */
  get size(): number {
    return this.#entries.size;
  }

  /** All entries, in no order. */
  entries(): IterableIterator<FileEntry> {
    return this.#entries.values();
  }

  /** The entry at exactly this path, symlinks not followed. */
  get(path: string): FileEntry | undefined {
    return this.#entries.get(path);
  }

  /** Follows symlinks as the kernel does inside the image's root. The answer's path is the real one. */
  follow(path: string): FileEntry | Unresolved {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    let current = '/';
    let links = 0;
    while (parts.length > 0) {
      const part = parts.shift() as string;
      if (this.#entries.get(current)?.type !== 'directory') return 'not a directory';
      if (part === '..') {
        current = parentPath(current);
        continue;
      }
      const next = current === '/' ? `/${part}` : `${current}/${part}`;
      const entry = this.#entries.get(next);
      if (entry === undefined) return 'missing';
      if (entry.type !== 'symlink') {
        current = next;
        continue;
      }
      links += 1;
      if (links > 40) return 'loop'; // the kernel's own limit
      const target = entry.target ?? '';
      if (target.startsWith('/')) current = '/';
      parts.unshift(...target.split('/').filter((name) => name !== '' && name !== '.'));
    }
    return this.#entries.get(current) ?? 'missing';
  }

  /** As `follow`, with undefined for every path that leads nowhere. */
  resolve(path: string): FileEntry | undefined {
    const found = this.follow(path);
    return typeof found === 'string' ? undefined : found;
  }

  /** The names in a folder, sorted; empty when it is none. */
  list(folder: string): readonly string[] {
    if (this.#children === undefined) {
      this.#children = new Map();
      for (const path of this.#entries.keys()) {
        if (path === '/') continue;
        const parent = parentPath(path);
        const names = this.#children.get(parent);
        const name = path.slice(path.lastIndexOf('/') + 1);
        if (names === undefined) this.#children.set(parent, [name]);
        else names.push(name);
      }
      for (const names of this.#children.values()) names.sort();
    }
    const entry = this.resolve(folder);
    return entry?.type === 'directory' ? (this.#children.get(entry.path) ?? []) : [];
  }

  /** The paths of all files with the same content. */
  copiesOf(digest: string): readonly string[] {
    if (this.#copies === undefined) {
      this.#copies = new Map();
      for (const entry of this.#entries.values()) {
        if (entry.digest === undefined) continue;
        const paths = this.#copies.get(entry.digest);
        if (paths === undefined) this.#copies.set(entry.digest, [entry.path]);
        else paths.push(entry.path);
      }
    }
    return this.#copies.get(digest) ?? [];
  }

  /** The text of a file that was kept. */
  text(path: string): string | undefined {
    return this.resolve(path)?.bytes?.toString('utf8');
  }

  /** Bytes of all files, hard links counted once. */
  get bytes(): number {
    let total = 0;
    for (const { size, linkOf, digest } of this.#entries.values()) {
      if (linkOf === undefined || this.#entries.get(linkOf)?.digest !== digest) total += size;
    }
    return total;
  }
}

function shareContent(entry: FileEntry, first: FileEntry): FileEntry {
  const { path, linkOf, layer } = entry;
  return { ...first, path, ...(linkOf === undefined ? {} : { linkOf }), ...(layer === undefined ? {} : { layer }) };
}

export function parentPath(path: string): string {
  const at = path.lastIndexOf('/');
  return at <= 0 ? '/' : path.slice(0, at);
}

/** Where a path leads that is relative to a folder; `..` and `.` taken out. */
export function joinPaths(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
