import { type Dirent, existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Ignore } from 'ignore';
import { describeFailure, errorCode } from '../failure.ts';
import type { FileError } from '../lint/report.ts';
import { isDockerfileName, isVendoredName } from './names.ts';

/** What a search came to: files to read, in a fixed order and none twice, and paths that lead to none. */
export interface Discovery {
  readonly files: readonly string[];
  readonly errors: readonly FileError[];
}

/** Patterns of one folder; those of folders below come first. */
interface Patterns {
  readonly folder: string;
  readonly matcher: Ignore;
  readonly next: Patterns | undefined;
}

/**
 * Finds the files that the given paths mean. A file is taken as it is; a folder is searched for Dockerfiles, without
 * what git ignores, vendored folders, and folders behind symbolic links.
 * @param isIgnored leaves out a file that was found, not one that was named
 */
export async function discoverFiles(
  paths: readonly string[],
  isIgnored: (path: string) => boolean | Promise<boolean> = () => false,
): Promise<Discovery> {
  const search = new Search(isIgnored);
  for (const path of paths) await search.add(path);
  return search;
}

class Search implements Discovery {
  readonly files: string[] = [];
  readonly errors: FileError[] = [];
  readonly #seen = new Set<string>();
  readonly #isIgnored: (path: string) => boolean | Promise<boolean>;

  constructor(isIgnored: (path: string) => boolean | Promise<boolean>) {
    this.#isIgnored = isIgnored;
  }

  async add(path: string): Promise<void> {
    try {
      if (!statSync(path).isDirectory()) {
        this.#take(path);
        return;
      }
    } catch (error) {
      this.#fail(path, error);
      return;
    }
    const failed = this.errors.length;
    const count = await this.#walk(path, await outerPatterns(resolve(path)));
    if (count === 0 && this.errors.length === failed) {
      this.errors.push({ path, message: 'no Dockerfile in this folder' });
    }
  }

  /** Returns how many Dockerfiles there are, with those seen before and those that the configuration ignores. */
  async #walk(folder: string, outer: Patterns | undefined): Promise<number> {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      this.#fail(folder, error);
      return 0;
    }
    const hasPatterns = entries.some(({ name }) => name === '.gitignore');
    const patterns = hasPatterns ? await readPatterns(folder, '.gitignore', outer) : outer;
    const folders: string[] = [];
    let count = 0;
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!isVendoredName(entry.name) && !matches(patterns, path, true)) folders.push(path);
        continue;
      }
      if (!isDockerfileName(entry.name) || matches(patterns, path, false)) continue;
      try {
        if (!statSync(path).isFile()) continue;
        count += 1;
        if (!(await this.#isIgnored(path))) this.#take(path);
      } catch (error) {
        this.#fail(path, error);
      }
    }
    for (const path of folders) count += await this.#walk(path, patterns);
    return count;
  }

  #take(path: string): void {
    const real = realpathSync.native(path);
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    this.files.push(path);
  }

  #fail(path: string, error: unknown): void {
    const isDangling = errorCode(error) === 'ENOENT' && isLink(path);
    this.errors.push({ path, message: isDangling ? 'the symbolic link points to nothing' : describeFailure(error) });
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** The patterns that git would apply to a folder: its own repository's, from the root down. */
async function outerPatterns(folder: string): Promise<Patterns | undefined> {
  const root = repositoryRoot(folder);
  if (root === undefined) return undefined;
  let patterns = await readPatterns(root, '.git/info/exclude', undefined);
  const steps = folder === root ? [] : relative(root, folder).split(sep);
  for (let at = root, depth = 0; depth < steps.length; depth++) {
    patterns = await readPatterns(at, '.gitignore', patterns);
    at = join(at, steps[depth]!);
    // Whoever names an ignored folder wants it searched.
    if (matches(patterns, at, true)) return undefined;
  }
  return patterns;
}

/** The nearest folder upwards that holds `.git`. */
export function repositoryRoot(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

async function readPatterns(folder: string, name: string, next: Patterns | undefined): Promise<Patterns | undefined> {
  let text: string;
  try {
    text = readFileSync(join(folder, name), 'utf8');
  } catch {
    return next;
  }
  if (!/^[^#\s]/m.test(text)) return next;
  const { default: ignore } = await import('ignore');
  return { folder: resolve(folder), matcher: ignore().add(text), next };
}

/** Asks the patterns from the nearest outwards; the first that says yes or no decides. */
function matches(patterns: Patterns | undefined, path: string, isFolder: boolean): boolean {
  for (let at = patterns; at; at = at.next) {
    const inner = relative(at.folder, resolve(path)).split(sep).join('/');
    const { ignored, unignored } = at.matcher.test(isFolder ? `${inner}/` : inner);
    if (ignored || unignored) return ignored;
  }
  return false;
}
