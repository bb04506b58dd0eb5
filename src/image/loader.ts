import type { ElfFacts } from './elf.ts';
import { type FileEntry, type FileIndex, joinPaths, parentPath } from './files.ts';
import { parseLdCache, pathsByName } from './ldcache.ts';

export type Libc = 'glibc' | 'musl';

/** One thing that keeps a program or library from being loaded. */
export interface LinkProblem {
  /**
   * `interpreter`: the dynamic loader is not there; the kernel then says "no such file" of the program.
   * `library`: nothing of that name is found. `version`: it is found and too old. `libc`: made for the other C library.
   * `unreadable`: the file could not be read well enough to tell.
   */
  readonly kind: 'interpreter' | 'library' | 'version' | 'libc' | 'unreadable';
  /** The file that needs it. */
  readonly object: string;
  /** What it needs. */
  readonly needs: string;
  /** The symbol version that is missing. */
  readonly version?: string;
  /** Where the library was found that does not do; or where one lies that the loader does not look for. */
  readonly found?: string;
}

/** What loading a program takes. */
export interface Closure {
  readonly libc: Libc | undefined;
  /** Real paths of every file that is loaded, the program's first. */
  readonly files: readonly string[];
  readonly problems: readonly LinkProblem[];
}

const TRIPLETS: Readonly<Record<string, string>> = {
  amd64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
  arm: 'arm-linux-gnueabihf',
  '386': 'i386-linux-gnu',
  ppc64le: 'powerpc64le-linux-gnu',
  s390x: 's390x-linux-gnu',
  riscv64: 'riscv64-linux-gnu',
  mips64le: 'mips64el-linux-gnuabi64',
  loong64: 'loongarch64-linux-gnu',
};
const MUSL_NAMES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64', arm: 'armhf', '386': 'i386' };
const PLATFORMS: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64', '386': 'i686' };

/** Names that musl's loader takes for itself, whatever follows. */
const MUSL_OWN = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;

/** The C library whose loader a program names, or that a library was linked with. */
export function libcOf(elf: ElfFacts): Libc | undefined {
  const names = [elf.interpreter ?? '', ...elf.needed].join(' ');
  if (/ld-musl|libc\.musl-/.test(names)) return 'musl';
  if (/ld-linux|ld64\.so|\/ld\.so|libc\.so\.6/.test(names)) return 'glibc';
  return elf.versionsNeeded.some(({ version }) => version.startsWith('GLIBC_')) ? 'glibc' : undefined;
}

/** Follows what the dynamic loader of an image would do; made once for an image and its environment. */
export class Loader {
  readonly #files: FileIndex;
  readonly #libraryPath: readonly string[];
  readonly #workingDir: string;
  #cached: Map<string, string[]> | undefined;
  #configured: readonly string[] | undefined;

  /** `workingDir`: where programs are started; what is relative is looked for there. */
  constructor(files: FileIndex, env: ReadonlyMap<string, string>, workingDir = '/') {
    this.#files = files;
    this.#workingDir = workingDir;
    this.#libraryPath = folders(env.get('LD_LIBRARY_PATH') ?? '');
  }

  /**
   * What loading the file at a real path takes. A library is looked at as if a program of `libc` opened it; without one
   * as if a program did that was linked as it is.
   */
  closure(path: string, libc?: Libc): Closure {
    const start = this.#files.resolve(path);
    const elf = start?.elf;
    if (start === undefined || elf === undefined) return { libc: undefined, files: [], problems: [] };
    const run = new Run(elf, elf.interpreter === undefined ? (libc ?? libcOf(elf)) : libcOf(elf));
    if (elf.incomplete) run.problems.push({ kind: 'unreadable', object: start.path, needs: '' });
    if (elf.interpreter !== undefined) {
      const interpreter = this.#files.resolve(elf.interpreter);
      if (interpreter?.type !== 'file') {
        run.problems.push({ kind: 'interpreter', object: start.path, needs: elf.interpreter });
        return { libc: run.libc, files: [start.path], problems: run.problems };
      }
      run.load(elf.interpreter, interpreter);
    }
    if (elf.dynamic) this.#load(run, start, undefined);
    else run.load(start.path, start);
    const files = [start.path, ...new Set([...run.loaded.values()].map((entry) => entry.path))];
    return { libc: run.libc, files: [...new Set(files)], problems: run.problems };
  }

  /** Breadth first, as loaders do: a library that is loaded already is taken wherever it came from. */
  #load(run: Run, start: FileEntry, parent: Loaded | undefined): void {
    const queue: Loaded[] = [{ entry: start, elf: start.elf as ElfFacts, parent }];
    run.load(start.path, start);
    for (let object = queue.shift(); object !== undefined; object = queue.shift()) {
      if (run.libc === 'musl' && libcOf(object.elf) === 'glibc') {
        run.problems.push({ kind: 'libc', object: object.entry.path, needs: 'glibc' });
      }
      for (const name of object.elf.needed) {
        if (run.libc === 'musl' && MUSL_OWN.test(name)) continue;
        const known = run.loaded.get(name);
        const found = known ?? this.#search(run, object, name);
        if (found === undefined) {
          const stray = run.libc === 'musl' ? undefined : this.#strayCopy(run, name);
          run.problems.push({
            kind: 'library',
            object: object.entry.path,
            needs: name,
            ...(stray === undefined ? {} : { found: stray }),
          });
          continue;
        }
        if (run.libc !== 'musl') run.problems.push(...versionProblems(object, name, found));
        const isNew = known === undefined && run.load(name, found);
        if (isNew && found.elf) queue.push({ entry: found, elf: found.elf, parent: object });
      }
    }
  }

  #search(run: Run, object: Loaded, name: string): FileEntry | undefined {
    if (name.includes('/')) return this.#candidate(run, name);
    for (const folder of run.libc === 'musl' ? this.#muslFolders(run, object) : this.#glibcFolders(run, object)) {
      const found = this.#candidate(run, `${folder}/${name}`);
      if (found) return found;
    }
    if (run.libc === 'musl') return undefined;
    for (const path of this.#cache(name)) {
      const found = this.#candidate(run, path);
      if (found) return found;
    }
    if (object.elf.noDefaultFolders) return undefined;
    for (const folder of defaultFolders(run.elf)) {
      const found = this.#candidate(run, `${folder}/${name}`);
      if (found) return found;
    }
    return undefined;
  }

  /** A library of another word size or architecture is passed over. */
  #candidate(run: Run, path: string): FileEntry | undefined {
    const found = this.#files.resolve(path.startsWith('/') ? path : joinPaths(this.#workingDir, path));
    if (found?.type !== 'file' || found.elf === undefined) return undefined;
    return found.elf.bits === run.elf.bits && found.elf.architecture === run.elf.architecture ? found : undefined;
  }

  #glibcFolders(run: Run, object: Loaded): string[] {
    const own = object.elf.runpath === undefined ? [] : substitute(run, object.entry, object.elf.runpath);
    const inherited: string[] = [];
    if (object.elf.runpath === undefined) {
      for (let up: Loaded | undefined = object; up !== undefined; up = up.parent) {
        if (up.elf.runpath === undefined && up.elf.rpath !== undefined) {
          inherited.push(...substitute(run, up.entry, up.elf.rpath));
        }
      }
    }
    return [...inherited, ...this.#libraryPath, ...own];
  }

  #muslFolders(run: Run, object: Loaded): string[] {
    const inherited: string[] = [];
    for (let up: Loaded | undefined = object; up !== undefined; up = up.parent) {
      const path = up.elf.runpath ?? up.elf.rpath;
      if (path !== undefined) inherited.push(...substitute(run, up.entry, path));
    }
    const name = MUSL_NAMES[run.elf.architecture] ?? run.elf.architecture;
    const text = this.#files.text(`/etc/ld-musl-${name}.path`);
    const system = text === undefined ? ['/lib', '/usr/local/lib', '/usr/lib'] : folders(text.replaceAll('\n', ':'));
    return [...this.#libraryPath, ...inherited, ...system];
  }

  #cache(name: string): readonly string[] {
    if (this.#cached === undefined) {
      const bytes = this.#files.resolve('/etc/ld.so.cache')?.bytes;
      this.#cached = pathsByName(bytes ? parseLdCache(bytes) : []);
    }
    return this.#cached.get(name) ?? [];
  }

  /** Where a library lies that would be found if `ldconfig` were run again. */
  #strayCopy(run: Run, name: string): string | undefined {
    this.#configured ??= configuredFolders(this.#files, '/etc/ld.so.conf', 0);
    for (const folder of [...this.#configured, '/usr/local/lib']) {
      const found = this.#candidate(run, `${folder}/${name}`);
      if (found) return `${folder}/${name}`;
    }
    return undefined;
  }
}

interface Loaded {
  readonly entry: FileEntry;
  readonly elf: ElfFacts;
  /** The object that needed it first. */
  readonly parent: Loaded | undefined;
}

/** One program being loaded. */
class Run {
  readonly elf: ElfFacts;
  readonly libc: Libc | undefined;
  /** By the name asked for and by SONAME. */
  readonly loaded = new Map<string, FileEntry>();
  readonly problems: LinkProblem[] = [];
  readonly #paths = new Set<string>();

  constructor(elf: ElfFacts, libc: Libc | undefined) {
    this.elf = elf;
    this.libc = libc;
  }

  /** Whether it was not loaded before. */
  load(name: string, entry: FileEntry): boolean {
    this.loaded.set(name, entry);
    if (entry.elf?.soname !== undefined) this.loaded.set(entry.elf.soname, entry);
    const isNew = !this.#paths.has(entry.path);
    this.#paths.add(entry.path);
    return isNew;
  }
}

function versionProblems(object: Loaded, name: string, found: FileEntry): LinkProblem[] {
  const defined = found.elf?.versionsDefined ?? [];
  // A library that defines no version at all satisfies any, with a warning.
  if (defined.length === 0) return [];
  return object.elf.versionsNeeded
    .filter(({ library, version, weak }) => library === name && !weak && !defined.includes(version))
    .map(({ version }) => ({ kind: 'version', object: object.entry.path, needs: name, version, found: found.path }));
}

const folders = (path: string): string[] => path.split(/[:;]/).filter((folder) => folder !== '');

function substitute(run: Run, entry: FileEntry, path: string): string[] {
  const { architecture, bits } = run.elf;
  return path
    .split(':')
    .map((folder) =>
      folder
        .replace(/\$(?:ORIGIN|\{ORIGIN\})/g, parentPath(entry.path))
        .replace(/\$(?:LIB|\{LIB\})/g, `lib/${TRIPLETS[architecture] ?? ''}`)
        .replace(/\$(?:PLATFORM|\{PLATFORM\})/g, PLATFORMS[architecture] ?? architecture),
    )
    .flatMap((folder) => {
      // Where $LIB stands for is fixed when the C library is built: `lib/<triplet>` on Debian, `lib64` elsewhere.
      const triplet = `lib/${TRIPLETS[architecture] ?? ''}`;
      const others = folder.includes(triplet) ? [folder.replace(triplet, bits === 64 ? 'lib64' : 'lib')] : [];
      return [folder, ...others];
    })
    .filter((folder) => folder !== '');
}

function defaultFolders({ architecture, bits }: ElfFacts): string[] {
  const triplet = TRIPLETS[architecture];
  const wide = bits === 64 ? ['/lib64', '/usr/lib64'] : [];
  return [...(triplet ? [`/lib/${triplet}`, `/usr/lib/${triplet}`] : []), ...wide, '/lib', '/usr/lib'];
}

function configuredFolders(files: FileIndex, path: string, depth: number): string[] {
  const text = depth < 8 ? files.text(path) : undefined;
  const found: string[] = [];
  for (const line of (text ?? '').split('\n')) {
    const words = line
      .replace(/#.*/, '')
      .trim()
      .split(/[\s:,]+/);
    if (words[0] !== 'include') found.push(...words.filter((word) => word.startsWith('/')));
    else for (const pattern of words.slice(1)) found.push(...included(files, joinPaths('/etc', pattern), depth));
  }
  return found;
}

function included(files: FileIndex, pattern: string, depth: number): string[] {
  const folder = parentPath(pattern);
  const [before = '', after] = pattern.slice(pattern.lastIndexOf('/') + 1).split('*');
  const names = files
    .list(folder)
    .filter((name) => (after === undefined ? name === before : name.startsWith(before) && name.endsWith(after)));
  return names.flatMap((name) => configuredFolders(files, `${folder}/${name}`, depth + 1));
}
