import { joinPath } from '../../../dockerfile/index.ts';

/** Something that a CMake project makes: where it lies below the build folder, or below the prefix when installed. */
export interface CMakeTarget {
  readonly name: string;
  readonly kind: 'program' | 'shared' | 'static';
  /** Relative to the build folder, or absolute. */
  readonly path: string;
  readonly isCxx: boolean;
}

/** Something that is installed: a target, or what lies in the source folder. */
export interface CMakeInstall {
  readonly target?: CMakeTarget;
  /** Absolute, of the source folder's files. */
  readonly from?: string;
  readonly isFolder?: boolean;
  /** Relative to the prefix, or absolute; with its file name. */
  readonly to: string;
}

export interface CMakeProject {
  readonly targets: readonly CMakeTarget[];
  readonly installs: readonly CMakeInstall[];
  /** Every list file was found, and every name in it that matters is known. */
  readonly isComplete: boolean;
}

const DEEPEST = 8;
const FOLDERS: Readonly<Record<string, string>> = {
  CMAKE_INSTALL_BINDIR: 'bin',
  CMAKE_INSTALL_SBINDIR: 'sbin',
  CMAKE_INSTALL_LIBDIR: 'lib',
  CMAKE_INSTALL_LIBEXECDIR: 'libexec',
  CMAKE_INSTALL_INCLUDEDIR: 'include',
  CMAKE_INSTALL_DATADIR: 'share',
  CMAKE_INSTALL_DATAROOTDIR: 'share',
  CMAKE_INSTALL_SYSCONFDIR: 'etc',
  CMAKE_INSTALL_MANDIR: 'share/man',
};

/**
 * Reads the list files of a project, as far as plain commands tell.
 * @param source the source folder in the image
 * @param build the build folder in the image
 */
export function readCMake(
  source: string,
  build: string,
  given: ReadonlyMap<string, string>,
  read: (path: string) => string | undefined,
): CMakeProject | undefined {
  const reader = new Reader(source, build, given, read);
  return reader.folder(source, '', 0)
    ? { targets: reader.targets(), installs: reader.installs(), isComplete: reader.isComplete }
    : undefined;
}

class Reader {
  isComplete = true;
  readonly #given: ReadonlyMap<string, string>;
  readonly #read: (path: string) => string | undefined;
  readonly #variables: Map<string, string>;
  readonly #targets = new Map<string, { target: CMakeTarget; file: string; folder: string }>();
  readonly #installs: { args: readonly string[]; folder: string }[] = [];

  constructor(
    source: string,
    build: string,
    given: ReadonlyMap<string, string>,
    read: (path: string) => string | undefined,
  ) {
    this.#given = given;
    this.#read = read;
    this.#variables = new Map([
      ...Object.entries(FOLDERS),
      ['CMAKE_SOURCE_DIR', source],
      ['PROJECT_SOURCE_DIR', source],
      ['CMAKE_BINARY_DIR', build],
      ['PROJECT_BINARY_DIR', build],
      ...given,
    ]);
  }

  folder(folder: string, below: string, depth: number): boolean {
    const text = this.#read(`${folder === '/' ? '' : folder}/CMakeLists.txt`);
    if (text === undefined || depth > DEEPEST) {
      this.isComplete = false;
      return false;
    }
    this.#variables.set('CMAKE_CURRENT_SOURCE_DIR', folder);
    this.#variables.set('CMAKE_CURRENT_LIST_DIR', folder);
    for (const { name, args } of commandsOf(text)) {
      const words = args.flatMap((word) => this.#expand(word).split(';'));
      this.#command(name.toLowerCase(), words, folder, below, depth);
    }
    this.#variables.set('CMAKE_CURRENT_SOURCE_DIR', folder);
    return true;
  }

  #command(name: string, args: readonly string[], folder: string, below: string, depth: number): void {
    const [first = '', ...rest] = args;
    if (name === 'project') {
      this.#variables.set('PROJECT_NAME', first);
      if (depth === 0) this.#variables.set('CMAKE_PROJECT_NAME', first);
    } else if (name === 'set' && !this.#given.has(first)) {
      const end = rest.findIndex((word) => word === 'CACHE' || word === 'PARENT_SCOPE');
      this.#variables.set(first, (end < 0 ? rest : rest.slice(0, end)).join(';'));
    } else if (name === 'add_executable' || name === 'add_library') this.#add(name, first, rest, below);
    else if (name === 'set_target_properties') this.#properties(args);
    else if (name === 'set_property' && first === 'TARGET') this.#properties([rest[0] ?? '', ...rest.slice(1)]);
    else if (name === 'add_subdirectory') {
      const path = joinPath(folder, first);
      if (path === undefined || /\$/.test(first)) this.isComplete = false;
      else this.folder(path, below === '' ? first : `${below}/${first}`, depth + 1);
    } else if (name === 'install') this.#installs.push({ args, folder });
    else if (name === 'include' || name === 'externalproject_add' || name === 'add_custom_target') {
      if (!/^(?:GNUInstallDirs|CTest|CPack|Check\w+|FindPkgConfig|FindThreads|CMake\w+)$/.test(first))
        this.isComplete = false;
    } else if (name === 'fetchcontent_makeavailable') this.isComplete = false;
  }

  #add(command: string, name: string, rest: readonly string[], below: string): void {
    if (/[$]/.test(name) || rest.includes('ALIAS') || rest.includes('IMPORTED') || rest.includes('INTERFACE')) {
      if (/[$]/.test(name)) this.isComplete = false;
      return;
    }
    const isShared =
      rest.includes('SHARED') || rest.includes('MODULE') || this.#variables.get('BUILD_SHARED_LIBS') === 'ON';
    if (command === 'add_library' && rest.includes('OBJECT')) return;
    const kind = command === 'add_executable' ? 'program' : isShared && !rest.includes('STATIC') ? 'shared' : 'static';
    const file = kind === 'program' ? name : `lib${name}.${kind === 'shared' ? 'so' : 'a'}`;
    const variable =
      kind === 'program'
        ? 'CMAKE_RUNTIME_OUTPUT_DIRECTORY'
        : kind === 'shared'
          ? 'CMAKE_LIBRARY_OUTPUT_DIRECTORY'
          : 'CMAKE_ARCHIVE_OUTPUT_DIRECTORY';
    const own =
      this.#variables.get(variable) ?? (kind === 'program' ? this.#variables.get('EXECUTABLE_OUTPUT_PATH') : undefined);
    const folder = own !== undefined && own !== '' ? own : below;
    const isCxx = rest.some((word) => /\.(?:cc|cpp|cxx|C)$/.test(word)) || rest.some((word) => word.includes('$'));
    const target = { name, kind, path: '', isCxx } as const;
    this.#targets.set(name, { target, file, folder });
  }

  #properties(args: readonly string[]): void {
    const split = args.indexOf('PROPERTIES') < 0 ? args.indexOf('PROPERTY') : args.indexOf('PROPERTIES');
    if (split < 0) return;
    const names = args.slice(0, split);
    for (let at = split + 1; at + 1 < args.length; at += 2) {
      const value = args[at + 1]!;
      for (const name of names) {
        const known = this.#targets.get(name);
        if (!known) continue;
        if (args[at] === 'OUTPUT_NAME') {
          const file =
            known.target.kind === 'program' ? value : `lib${value}.${known.target.kind === 'shared' ? 'so' : 'a'}`;
          this.#targets.set(name, { ...known, file });
        } else if (/^(?:RUNTIME|LIBRARY|ARCHIVE)_OUTPUT_DIRECTORY$/.test(args[at]!))
          this.#targets.set(name, { ...known, folder: value });
      }
    }
  }

  targets(): readonly CMakeTarget[] {
    return [...this.#targets.values()].flatMap(({ target, file, folder }) => {
      const path = folder === '' ? file : `${folder}/${file}`;
      if (path.includes('$')) {
        this.isComplete = false;
        return [];
      }
      return [{ ...target, path }];
    });
  }

  installs(): readonly CMakeInstall[] {
    const made = new Map(this.targets().map((target) => [target.name, target]));
    return this.#installs.flatMap(({ args, folder }) => this.#install(args, folder, made));
  }

  #install(args: readonly string[], folder: string, made: ReadonlyMap<string, CMakeTarget>): readonly CMakeInstall[] {
    const [mode] = args;
    const isKeyword = (word: string) => /^[A-Z_]+$/.test(word);
    const end = args.findIndex((word, at) => at > 0 && isKeyword(word));
    const names = args.slice(1, end < 0 ? undefined : end);
    const destination = (kind: string): string | undefined => {
      const start = args.indexOf(kind);
      const at = args.indexOf('DESTINATION', start < 0 ? 0 : start);
      return at < 0 ? undefined : args[at + 1];
    };
    if (mode === 'TARGETS') {
      return names.flatMap((name) => {
        const target = made.get(name);
        if (!target) {
          this.isComplete = false;
          return [];
        }
        const kind = target.kind === 'program' ? 'RUNTIME' : target.kind === 'shared' ? 'LIBRARY' : 'ARCHIVE';
        const into = destination(kind) ?? (target.kind === 'program' ? 'bin' : 'lib');
        const file = target.path.slice(target.path.lastIndexOf('/') + 1);
        if (into.includes('$')) this.isComplete = false;
        return into.includes('$') ? [] : [{ target, to: `${into}/${file}` }];
      });
    }
    const into = destination('DESTINATION') ?? (args.includes('TYPE') ? undefined : '');
    if (into === undefined || into.includes('$')) this.isComplete = false;
    else if (mode === 'FILES' || mode === 'PROGRAMS' || mode === 'DIRECTORY') {
      return names.flatMap((name) => {
        const from = name.includes('$') ? undefined : joinPath(folder, name);
        if (from === undefined) this.isComplete = false;
        if (from === undefined) return [];
        const isContent = mode === 'DIRECTORY' && name.endsWith('/');
        const renamed = args.includes('RENAME') ? args[args.indexOf('RENAME') + 1] : undefined;
        const last = renamed ?? from.slice(from.lastIndexOf('/') + 1);
        return [{ from, isFolder: mode === 'DIRECTORY', to: isContent ? into : `${into}/${last}` }];
      });
    } else if (mode === 'CODE' || mode === 'SCRIPT') this.isComplete = false;
    return [];
  }

  #expand(text: string): string {
    let result = text;
    for (let round = 0; round < DEEPEST && /\$\{[\w.-]+\}/.test(result); round++) {
      const next = result.replace(/\$\{([\w.-]+)\}/g, (whole, name: string) => this.#variables.get(name) ?? whole);
      if (next === result || next.length > 10_000) break;
      result = next;
    }
    return result;
  }
}

function commandsOf(text: string): readonly { readonly name: string; readonly args: readonly string[] }[] {
  const plain = text.replace(/#\[\[[\s\S]*?\]\]/g, '').replace(/^((?:[^"#\n]|"[^"\n]*")*)#.*$/gm, '$1');
  const found: { name: string; args: readonly string[] }[] = [];
  for (const [, name, inner] of plain.matchAll(/([A-Za-z_]\w*)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g)) {
    const args = [...inner!.matchAll(/"((?:[^"\\]|\\.)*)"|[^\s"()]+/g)].map(([whole, quoted]) => quoted ?? whole);
    found.push({ name: name!, args });
  }
  return found;
}
