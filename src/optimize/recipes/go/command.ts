import { joinPath } from '../../../dockerfile/index.ts';
import { startCommand } from '../../../lint/facts/shipping.ts';
import { finalWorkdir } from '../../entry-point.ts';
import type { Call, Effect, Subject } from '../../types.ts';
import type { World } from '../../world.ts';

/** Flags of `go build` and `go install` whose next word is their value. */
const VALUE_FLAGS: ReadonlySet<string> = new Set(
  '-C -o -p -ldflags -tags -gcflags -asmflags -gccgoflags -mod -modfile -installsuffix -buildmode -pkgdir -toolexec -overlay -compiler -covermode -coverpkg -exec -pgo -buildvcs'.split(
    ' ',
  ),
);
const NONE: readonly Effect[] = [];

/** A call of `go build` or `go install` taken apart. */
export interface GoBuild {
  readonly subcommand: 'build' | 'install' | 'get';
  readonly packages: readonly string[];
  readonly output: string | undefined;
  /** Where it runs: the working directory, or that of `-C`. */
  readonly folder: string;
}

/** Reads the arguments behind `go`; undefined when they build nothing. */
export function readGoBuild(args: readonly string[], cwd: string): GoBuild | undefined {
  let folder = cwd;
  let subcommand: string | undefined;
  let output: string | undefined;
  const packages: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (!arg.startsWith('-')) {
      if (subcommand === undefined) subcommand = arg;
      else packages.push(arg);
      continue;
    }
    const flag = arg.replace(/^--/, '-').replace(/=.*/, '');
    const equals = arg.indexOf('=');
    const value = equals >= 0 ? arg.slice(equals + 1) : VALUE_FLAGS.has(flag) ? args[++at] : undefined;
    if (flag === '-o') output = value;
    if (flag === '-C' && value !== undefined) folder = joinPath(cwd, value) ?? cwd;
  }
  if (subcommand !== 'build' && subcommand !== 'install' && subcommand !== 'get') return undefined;
  return { subcommand, packages, output, folder };
}

/** What `go` writes. */
export function goEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const build = readGoBuild(call.args, call.cwd);
  if (!build) return NONE;
  const { subcommand, packages, output, folder } = build;
  const cgo = call.env('CGO_ENABLED');
  const marks = cgo === '0' ? ['static'] : cgo === '1' ? ['cgo'] : [];
  const origin = `built by \`go ${subcommand}\``;
  const write = (path: string, role: 'artifact' | 'toolchain' = 'artifact'): Effect => ({
    kind: 'write',
    path,
    role,
    origin,
    marks,
  });
  if (subcommand === 'get' && (call.args.includes('-d') || packages.length === 0)) return NONE;
  if (subcommand !== 'build') {
    const bin = call.env('GOBIN') ?? `${call.env('GOPATH')?.split(':')[0] ?? '/go'}/bin`;
    const own = packages.length === 0 ? ['.'] : packages;
    return own.flatMap((name): Effect[] => {
      const isOther = isRemote(name, folder, world, subject);
      const names = isOther ? [lastElement(name)] : mainPackages(name, folder, bin, world, subject);
      return names.map((program) => write(`${bin}/${program}`, isOther ? 'toolchain' : 'artifact'));
    });
  }
  if (output !== undefined) {
    const path = /\$|`/.test(output) ? undefined : joinPath(folder, output);
    if (path === undefined)
      return [{ kind: 'unknown', below: folder, why: `where \`go build\` puts ${output} is not known` }];
    if (path.startsWith('/dev/')) return NONE;
    if (!/\/$/.test(output) && world.tree.get(path)?.kind !== 'folder') return [write(path)];
    const names = (packages.length === 0 ? ['.'] : packages).flatMap((name) =>
      mainPackages(name, folder, path, world, subject),
    );
    return names.length > 0
      ? names.map((name) => write(`${path}/${name}`))
      : [{ ...write(path), entry: 'folder', isOpaque: true } as Effect];
  }
  const [first = '.'] = packages;
  if (packages.length > 1 && !packages.every((name) => name.endsWith('.go'))) return NONE;
  if (first.endsWith('.go')) return [write(`${folder === '/' ? '' : folder}/${first.split('/').pop()!.slice(0, -3)}`)];
  const names = mainPackages(first, folder, folder, world, subject);
  // Of several packages nothing is written.
  return names.length === 1 ? [write(joinPath(folder, names[0]!)!)] : NONE;
}

function isRemote(name: string, folder: string, world: World, subject: Subject): boolean {
  if (name.startsWith('.') || name.startsWith('/')) return false;
  if (name.includes('@')) return true;
  const module = moduleAt(folder, world, subject);
  if (module && (name === module.path || name.startsWith(`${module.path}/`))) return false;
  // In the time of GOPATH a package is where its path says.
  return !folder.endsWith(name) && world.tree.find(`${world.base.variables.GOPATH ?? '/go'}/src/${name}`) === undefined;
}

/** The module around a folder of the image: its path, and where it lies in the image and in the context. */
export function moduleAt(
  folder: string,
  world: World,
  subject: Subject,
): { readonly path: string; readonly root: string; readonly contextRoot: string } | undefined {
  for (let at = folder; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const manifest = world.tree.get(`${at === '/' ? '' : at}/go.mod`);
    const text = manifest?.contextPath === undefined ? undefined : subject.context.readText(manifest.contextPath);
    const path = /^module\s+"?([^\s"]+)/m.exec(text ?? '')?.[1];
    if (path !== undefined) return { path, root: at, contextRoot: manifest!.contextPath!.replace(/\/?go\.mod$/, '') };
    if (at === '' || at === '/') return undefined;
  }
}

/** The names of the programs that a package argument stands for; of one that is not known the entry point may tell. */
function mainPackages(
  argument: string,
  folder: string,
  target: string,
  world: World,
  subject: Subject,
): readonly string[] {
  const clean = argument.replace(/@.*/, '').replace(/\/+$/, '');
  const module = moduleAt(folder, world, subject);
  const isPattern = clean.endsWith('...');
  if (isPattern) {
    const start = joinPath(folder, clean.replace(/\/?\.\.\.$/, '') || '.')!;
    const found = new Set<string>();
    for (const { path, contextPath, kind } of world.tree.under(start)) {
      if (kind !== 'file' || contextPath === undefined || !/\.go$/.test(path) || /_test\.go$|\/vendor\//.test(path))
        continue;
      const text = subject.context.readText(contextPath);
      if (
        text === undefined ||
        !/^package main\b/m.test(text) ||
        /^\/\/go:build ignore\b|^\/\/ \+build ignore\b/m.test(text)
      )
        continue;
      found.add(path.slice(0, path.lastIndexOf('/')) || '/');
    }
    if (found.size > 0) return [...found].map((at) => packageName(at, module));
    return guess(target, world, subject);
  }
  const isLocal = clean.startsWith('.') || clean.startsWith('/');
  const at = isLocal ? joinPath(folder, clean)! : undefined;
  if (at !== undefined && module) return [packageName(at, module)];
  if (at !== undefined && at !== folder) return [lastElement(at)];
  if (at === undefined) return [lastElement(clean)];
  // Without go.mod the folder's name is the package's; with one that is not at hand nobody knows.
  const guessed = guess(target, world, subject);
  if (guessed.length > 0) return guessed;
  return [lastElement(at)];
}

function packageName(folder: string, module: { readonly path: string; readonly root: string } | undefined): string {
  if (!module || folder !== (module.root || '/')) return lastElement(folder);
  return lastElement(module.path);
}

/** The last element of an import path, a major version left out. */
function lastElement(path: string): string {
  const parts = path
    .replace(/@.*/, '')
    .split('/')
    .filter((part) => part !== '');
  const last = parts.pop() ?? '';
  return /^v[2-9]\d*$|^v1\d+$/.test(last) ? (parts.pop() ?? last) : last;
}

/** The program that the entry point starts from the folder. */
function guess(target: string, world: World, subject: Subject): readonly string[] {
  const workdir = finalWorkdir(subject.stage, world);
  for (const [program = ''] of startCommand(subject.document, subject.stage)?.lines ?? []) {
    if (!program.includes('/')) {
      if (/\/bin$/.test(target) && !/^(?:sh|bash|tini|dumb-init|exec|cd)$/.test(program)) return [program];
      continue;
    }
    const path = joinPath(workdir, program);
    if (path !== undefined && path.slice(0, path.lastIndexOf('/')) === (target === '/' ? '' : target))
      return [path.slice(path.lastIndexOf('/') + 1)];
  }
  return [];
}
