import { joinPath } from '../../dockerfile/index.ts';
import type { Ecosystem } from '../../knowledge/images.ts';

/** A build command as its outputs depend on it. */
export interface BuildCall {
  readonly ecosystem: Ecosystem;
  readonly program: string;
  /** Expansions that nothing tells stay as written. */
  readonly args: readonly string[];
  /** Absolute; undefined when it is not known. */
  readonly folder: string | undefined;
  variable(name: string): string | undefined;
}

/**
 * The paths that a build command writes, as far as its arguments tell; a last part `*` stands for a file whose name
 * they do not tell.
 */
export function outputsOf(call: BuildCall): readonly string[] {
  const paths = (WRITERS[call.ecosystem] ?? noOutputs)(call);
  return paths.filter((path): path is string => path !== undefined && !/[$`]/.test(path));
}

type Writer = (call: BuildCall) => readonly (string | undefined)[];

const noOutputs: Writer = () => [];

const WRITERS: Partial<Record<Ecosystem, Writer>> = {
  go: goOutputs,
  rust: rustOutputs,
  c: compilerOutputs,
  java: javaOutputs,
  haskell: haskellOutputs,
  swift: swiftOutputs,
  nim: nimOutputs,
  crystal: crystalOutputs,
  graalvm: graalvmOutputs,
  dart: (call) => named(call, ['-o', '--output'], /\.dart$/, '.exe', 2),
  ocaml: (call) => named(call, ['-o'], /\.ml$/, ''),
};

/** The value of a flag written `-o value`, `-o=value` or `-o:value`. */
export function flagValue(args: readonly string[], ...names: readonly string[]): string | undefined {
  for (const [index, word] of args.entries()) {
    for (const name of names) {
      if (word === name) return args[index + 1];
      if (word.startsWith(`${name}=`) || word.startsWith(`${name}:`)) return word.slice(name.length + 1);
    }
  }
  return undefined;
}

/** The arguments that are neither flags nor the values of the flags named. */
function operands(args: readonly string[], valueFlags: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const word = args[index]!;
    if (valueFlags.has(word)) index++;
    else if (!/^[-+]/.test(word)) found.push(word);
  }
  return found;
}

const at = (folder: string | undefined, ...parts: readonly string[]): string | undefined =>
  joinPath(folder, parts.join('/'));

const GO_VALUE_FLAGS = new Set(
  '-o -p -asmflags -buildmode -buildvcs -compiler -gccgoflags -gcflags -installsuffix -ldflags -mod -modfile -overlay -pgo -pkgdir -tags -toolexec -C -coverpkg -covermode'.split(
    ' ',
  ),
);

function goOutputs({ program, args, folder, variable }: BuildCall): (string | undefined)[] {
  const [verb, ...rest] = args;
  const cwd = at(folder, flagValue(rest, '-C') ?? '.');
  const packages = operands(rest, GO_VALUE_FLAGS);
  if (program === 'go' && (verb === 'install' || verb === 'get')) {
    const bin = variable('GOBIN') ?? (variable('GOPATH') === undefined ? undefined : `${variable('GOPATH')}/bin`);
    return packages.length === 0 ? [at(bin, '*')] : packages.map((path) => at(bin, goName(path)));
  }
  if (verb !== 'build') return [];
  const out = flagValue(rest, '-o');
  const many = packages.length > 1 || packages.some((path) => path.endsWith('...'));
  if (out !== undefined) {
    if (!out.endsWith('/') && !many) return [at(cwd, out)];
    return many ? [at(cwd, out), at(cwd, out, '*')] : [at(cwd, out, goName(packages[0] ?? ''))];
  }
  const files = packages.filter((path) => path.endsWith('.go'));
  if (files.length > 0) return [at(cwd, files[0]!.replace(/^.*\//, '').replace(/\.go$/, ''))];
  return many ? [] : [at(cwd, goName(packages[0] ?? ''))];
}

/** The name that the go command gives a program: the last part of its path that is no version. */
function goName(path: string): string {
  const parts = path.replace(/@.*$/, '').split('/');
  if (/^v\d+$/.test(parts.at(-1) ?? '')) parts.pop();
  let last = parts.pop() ?? '';
  // All programs below a path; those of a remote one are most often called like it.
  if (last === '...' && path.includes('.', 1) && !path.startsWith('.')) last = parts.pop() ?? '';
  return /^\.*$/.test(last) ? '*' : last;
}

function rustOutputs({ program, args, folder, variable }: BuildCall): (string | undefined)[] {
  const words = args.filter((word) => !word.startsWith('+'));
  if (program === 'rustc') {
    const source = words.find((word) => word.endsWith('.rs'));
    return [at(folder, flagValue(words, '-o') ?? source?.replace(/^.*\//, '').replace(/\.rs$/, '') ?? '*')];
  }
  const verb = words.find((word) => !word.startsWith('-'));
  if (program !== 'cargo') return [];
  if (verb === 'install') {
    const home = variable('CARGO_INSTALL_ROOT') ?? variable('CARGO_HOME');
    const root = flagValue(words, '--root');
    return [at(root === undefined ? home : at(folder, root), 'bin/*')];
  }
  if (!/^(?:b|build|rustc|auditable|zigbuild)$/.test(verb ?? '')) return [];
  const manifest = flagValue(words, '--manifest-path')?.replace(/\/?[^/]*$/, '');
  const target = at(
    at(folder, manifest || '.'),
    flagValue(words, '--target-dir') ?? variable('CARGO_TARGET_DIR') ?? 'target',
  );
  const triple = flagValue(words, '--target') ?? variable('CARGO_BUILD_TARGET');
  const asked = flagValue(words, '--profile');
  const isRelease = words.some((word) => word === '--release' || /^-[a-z]*r[a-z]*$/.test(word));
  const profile = asked === undefined ? (isRelease ? 'release' : 'debug') : asked === 'dev' ? 'debug' : asked;
  return [at(target, triple ?? '.', profile, flagValue(words, '--bin') ?? '*')];
}

const C_VALUE_FLAGS = new Set('-o -I -L -l -D -U -x -include -isystem -Xlinker -T -arch -target -MF -MT'.split(' '));

function compilerOutputs({ program, args, folder }: BuildCall): (string | undefined)[] {
  if (!/(?:^|-)(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|c99|gfortran|tcc)(?:-[\d.]+)?$/.test(program)) return [];
  if (args.some((word) => /^-(?:c|E|S|M|MM|fsyntax-only|print-.*|dump.*)$/.test(word))) return [];
  const joined = args.find((word) => /^-o./.test(word))?.slice(2);
  const out = joined ?? flagValue(args, '-o');
  if (out === undefined && operands(args, C_VALUE_FLAGS).length === 0) return [];
  return [at(folder, out ?? 'a.out')];
}

function javaOutputs({ program, folder }: BuildCall): (string | undefined)[] {
  if (/^mvnw?/.test(program)) return [at(folder, 'target/*')];
  return /^gradlew?/.test(program) ? [at(folder, 'build/libs/*')] : [];
}

function haskellOutputs(call: BuildCall): readonly (string | undefined)[] {
  const { program, args, folder, variable } = call;
  if (program === 'ghc') return named(call, ['-o'], /\.l?hs$/, '');
  const home = variable('HOME');
  if (program === 'stack') {
    if (!args.includes('install') && !args.includes('--copy-bins')) return [];
    const bin = flagValue(args, '--local-bin-path');
    return [bin === undefined ? at(home, '.local/bin/*') : at(at(folder, bin), '*')];
  }
  if (!args.some((word) => /install$/.test(word))) return [];
  const bin = flagValue(args, '--installdir', '--bindir');
  return bin === undefined ? [at(home, '.cabal/bin/*'), at(home, '.local/bin/*')] : [at(at(folder, bin), '*')];
}

function swiftOutputs(call: BuildCall): readonly (string | undefined)[] {
  const { program, args, folder } = call;
  if (program === 'swiftc') return named(call, ['-o'], /\.swift$/, '');
  const configuration = flagValue(args, '-c', '--configuration') ?? 'debug';
  const root = flagValue(args, '--scratch-path', '--build-path') ?? '.build';
  return [at(folder, root, configuration, flagValue(args, '--product') ?? '*')];
}

function nimOutputs(call: BuildCall): readonly (string | undefined)[] {
  const { program, args, folder } = call;
  if (program === 'nimble') return [at(folder, '*')];
  const source = args.findLast((word) => !word.startsWith('-'));
  const out = flagValue(args, '-o', '--out') ?? source?.replace(/\.nim$/, '');
  const outFolder = flagValue(args, '--outdir');
  if (out === undefined) return [];
  return [outFolder === undefined ? at(folder, out) : at(folder, outFolder, out.replace(/^.*\//, ''))];
}

function crystalOutputs(call: BuildCall): readonly (string | undefined)[] {
  if (call.program === 'shards') return [at(call.folder, 'bin/*')];
  return named(call, ['-o', '--output'], /\.cr$/, '');
}

function graalvmOutputs({ args, folder }: BuildCall): (string | undefined)[] {
  const name = flagValue(args, '-o', '-H:Name');
  const jar = flagValue(args, '-jar')
    ?.replace(/^.*\//, '')
    .replace(/\.jar$/, '');
  const last = args.findLast((word) => !word.startsWith('-') && !word.endsWith('.jar'));
  return [at(folder, name ?? jar ?? last ?? '*')];
}

/** What a compiler makes of one source: the name asked for, else that of the source in the working directory. */
function named(
  { args, folder }: BuildCall,
  flags: readonly string[],
  source: RegExp,
  suffix: string,
  skip = 0,
): (string | undefined)[] {
  const asked = flagValue(args.slice(skip), ...flags);
  if (asked !== undefined) return [at(folder, asked)];
  const file = args.find((word) => source.test(word));
  if (file === undefined) return [];
  // Dart writes beside the source, the others into the working directory.
  const name = file.replace(source, suffix);
  return [at(folder, suffix === '' ? name.replace(/^.*\//, '') : name)];
}
