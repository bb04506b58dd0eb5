import { isWithin } from '../lint/facts/copies.ts';
import type { Entry } from './types.ts';

/** The paths that a stage adds to its base, with where each comes from. */
export class Tree {
  readonly #entries = new Map<string, Entry>();

  get(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  /** In the order of their paths. */
  get entries(): readonly Entry[] {
    return [...this.#entries.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  /** The entry of a path, or the nearest folder above it that holds more than the tree lists. */
  find(path: string): Entry | undefined {
    const exact = this.#entries.get(path);
    if (exact) return exact;
    for (let at = path.lastIndexOf('/'); at >= 0; at = path.lastIndexOf('/', at - 1)) {
      const above = this.#entries.get(at === 0 ? '/' : path.slice(0, at));
      if (above?.isOpaque) return above;
      if (at === 0) break;
    }
    return undefined;
  }

  /** Where a path leads through the links that lie on it. */
  resolve(path: string): string {
    let at = path;
    for (let round = 0; round < 10; round++) {
      const link = this.#linkOn(at);
      if (link?.linkTo === undefined) return at;
      at = link.linkTo + at.slice(link.path.length);
    }
    return at;
  }

  #linkOn(path: string): Entry | undefined {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const entry = this.#entries.get(at);
      if (entry?.kind === 'link') return entry;
    }
    return undefined;
  }

  /** The path's own entry and those below it. */
  under(path: string): readonly Entry[] {
    return this.entries.filter((entry) => isWithin(entry.path, path));
  }

  /** The paths that a word of the shell means: itself, if anything is there, or what its wildcards stand for. */
  match(pattern: string): readonly string[] {
    if (!/[*?[]/.test(pattern)) return this.under(pattern).length > 0 ? [pattern] : [];
    const expression = globExpression(pattern);
    const paths = new Set<string>();
    for (const { path } of this.entries) {
      // A folder may be known by what lies in it alone.
      for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) if (expression.test(at)) paths.add(at);
    }
    return [...paths].sort();
  }

  set(entry: Entry): void {
    const old = this.#entries.get(entry.path);
    // A folder that is made again keeps what it is; what is put into it has entries of its own.
    if (old && old.kind !== 'file' && old.kind !== 'link' && entry.kind === 'folder') {
      const isOpaque = old.isOpaque || entry.isOpaque;
      this.#entries.set(entry.path, { ...(entry.isOpaque ? entry : old), kind: 'folder', isOpaque });
    } else this.#entries.set(entry.path, entry);
  }

  remove(path: string): void {
    for (const { path: below } of this.under(path)) this.#entries.delete(below);
  }

  /** Puts what is at `from` to `to` as well, with everything below it. */
  copy(from: string, to: string, change: (entry: Entry) => Entry = (entry) => entry): void {
    for (const entry of this.under(from)) {
      const path = to + entry.path.slice(from === '/' ? 0 : from.length);
      this.set(change({ ...entry, path }));
    }
  }

  update(path: string, change: (entry: Entry) => Entry): void {
    const entry = this.#entries.get(path);
    if (entry) this.#entries.set(path, change(entry));
  }
}

/** A path with the shell's wildcards as a regular expression. */
export function globExpression(pattern: string): RegExp {
  const source = pattern.replace(/[.*+?^${}()|[\]\\/]/g, (char, at: number) => {
    if (char === '*') return '[^/]*';
    if (char === '?') return '[^/]';
    if (char === '[' && pattern.indexOf(']', at) > 0) return '[';
    if (char === ']' && pattern.lastIndexOf('[', at) >= 0) return ']';
    return `\\${char}`;
  });
  return new RegExp(`^${source}$`);
}
