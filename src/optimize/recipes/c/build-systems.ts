import { joinPath } from '../../../dockerfile/index.ts';
import { optionOf } from '../../effects/files.ts';
import { startedBelow, startedIn } from '../../started.ts';
import type { Call, Effect, Subject } from '../../types.ts';
import type { World } from '../../world.ts';
import { type CMakeProject, readCMake } from './cmake.ts';

/** What a build folder is configured for; kept as marks of a file that the tools write there too. */
interface Settings {
  readonly tool: 'cmake' | 'configure' | 'meson';
  readonly source: string;
  readonly prefix: string;
  readonly given: ReadonlyMap<string, string>;
}

const NONE: readonly Effect[] = [];
/** Tools around the build that leave nothing for the run time. */
const HARMLESS =
  /^(?:autoconf|automake|autoreconf|autoheader|aclocal|libtoolize|glibtoolize|autopoint|gettextize|pkg-config|pkgconf|bison|flex|yacc|lex|nasm|yasm|as|ld|ranlib|nm|objdump|objcopy|readelf|ctest|cpack|ccache|gdb|valgrind|libtool|m4|help2man|makeinfo|doxygen|conan|vcpkg|bootstrap-vcpkg\.sh|autogen\.sh|bootstrap|bootstrap\.sh|buildconf|cppcheck|clang-format|clang-tidy|protoc|gperf|re2c|swig)$/;

/** What configure, CMake, Meson, Ninja and make do; undefined where the common reading of Makefiles knows it better. */
export function buildSystemEffects(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  const { name } = call;
  if (name === 'ar') return archived(call);
  if (HARMLESS.test(name)) return NONE;
  if (name === 'configure' || name === 'Configure' || (name === 'config' && call.command.words[0]?.value.includes('/')))
    return configured(call.cwd, { tool: 'configure', source: call.cwd, prefix: prefixOf(call), given: new Map() });
  if (/^qmake\d?$|^premake\d?$/.test(name))
    return configured(call.cwd, { tool: 'configure', source: call.cwd, prefix: '/usr/local', given: new Map() });
  if (/^(?:scons|b2|bjam|xmake|waf|bazel)$/.test(name))
    return build(call, call.cwd, call.args.includes('install'), world, subject);
  if (name === 'cmake') return cmakeEffects(call, world, subject);
  if (name === 'meson') return mesonEffects(call, world, subject);
  if (name === 'make' || name === 'gmake' || name === 'ninja' || name === 'samu') return makeCall(call, world, subject);
  return undefined;
}

/** A static library: linked into programs, and never read again. */
function archived(call: Call): readonly Effect[] {
  const path = call.path(call.args.find((arg) => arg.endsWith('.a')) ?? '');
  return path === undefined || path === call.cwd ? NONE : [{ kind: 'write', path, role: 'source' }];
}

function prefixOf(call: Call): string {
  const prefix = optionOf(call, '--prefix', '-prefix');
  return prefix === undefined || /\$/.test(prefix) ? '/usr/local' : prefix;
}

function stateFile(folder: string): string {
  return `${folder === '/' ? '' : folder}/config.status`;
}

function configured(folder: string, { tool, source, prefix, given }: Settings): readonly Effect[] {
  const marks = [tool, source, prefix, ...[...given].map(([name, value]) => `${name}=${value}`)];
  return [{ kind: 'write', path: stateFile(folder), role: 'cache', marks, origin: `made by \`${tool}\`` }];
}

function settingsOf(folder: string, world: World): Settings | undefined {
  const [tool, source, prefix, ...given] = world.tree.get(stateFile(folder))?.marks ?? [];
  if (tool === undefined || source === undefined || prefix === undefined) return undefined;
  const pairs = given.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const);
  return { tool: tool as Settings['tool'], source, prefix, given: new Map(pairs) };
}

function cmakeEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  if (call.args[0] === '--build') {
    const folder = call.path(call.args[1] ?? '.');
    const isInstall = targetsOf(call).includes('install') || call.args.includes('--install');
    return folder === undefined ? unknown(call) : build(call, folder, isInstall, world, subject);
  }
  if (call.args[0] === '--install') {
    const folder = call.path(call.args[1] ?? '.');
    return folder === undefined ? unknown(call) : install(call, folder, world, subject, optionOf(call, '--prefix'));
  }
  if (/^(?:-E|-P|--version|--help)$/.test(call.args[0] ?? '')) return NONE;
  const given = new Map<string, string>();
  for (const [at, arg] of call.args.entries()) {
    const text = arg === '-D' ? call.args[at + 1] : arg.startsWith('-D') ? arg.slice(2) : undefined;
    const match = /^(\w+)(?::\w+)?=(.*)$/.exec(text ?? '');
    if (match && !/\$/.test(match[2]!)) given.set(match[1]!, match[2]!);
  }
  const named = call.args.findLast(
    (arg, at) => !arg.startsWith('-') && !/^-(?:[DGABSCT]|D\w*)$/.test(call.args[at - 1] ?? ''),
  );
  const source = call.path(optionOf(call, '-S', '-H') ?? named ?? '.');
  const folder = call.path(optionOf(call, '-B') ?? '.');
  if (source === undefined || folder === undefined) return unknown(call);
  const prefix = given.get('CMAKE_INSTALL_PREFIX') ?? '/usr/local';
  return configured(folder, { tool: 'cmake', source, prefix, given });
}

function mesonEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const words = call.args.filter((arg) => !arg.startsWith('-'));
  const [verb = ''] = words;
  const chosen = optionOf(call, '-C');
  if (verb === 'compile' || verb === 'install' || verb === 'test') {
    const folder = call.path(chosen ?? '.');
    if (folder === undefined) return unknown(call);
    return verb === 'test' ? NONE : build(call, folder, verb === 'install', world, subject);
  }
  const folder = call.path((verb === 'setup' ? words[1] : verb) ?? 'build');
  if (folder === undefined) return unknown(call);
  return configured(folder, { tool: 'meson', source: call.cwd, prefix: prefixOf(call), given: new Map() });
}

function makeCall(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  const folder = call.path(optionOf(call, '-C', '--directory') ?? '.');
  if (folder === undefined) return unknown(call);
  const targets = targetsOf(call);
  const isInstall = targets.some((target) => /^install/.test(target));
  if (settingsOf(folder, world)) {
    return targets.length > 0 && targets.every((target) => /^(?:clean|distclean|check|test|depend|docs?)$/.test(target))
      ? NONE
      : build(call, folder, isInstall, world, subject);
  }
  if (call.name !== 'make' && call.name !== 'gmake') return build(call, folder, isInstall, world, subject);
  // With the Makefile at hand its rules tell.
  const file = optionOf(call, '-f', '--file') ?? '';
  const names = file === '' ? ['GNUmakefile', 'makefile', 'Makefile'] : [file];
  const isAtHand = names.some((name) => {
    const entry = world.tree.get(joinPath(folder, name) ?? '');
    return entry?.contextPath !== undefined && subject.context.readText(entry.contextPath) !== undefined;
  });
  return isAtHand ? undefined : build(call, folder, isInstall, world, subject);
}

function targetsOf(call: Call): readonly string[] {
  return call.args.filter(
    (arg, at) =>
      !arg.startsWith('-') && !/^-[CfB]$|^--(?:build|config)$/.test(call.args[at - 1] ?? '') && !/=|^\d+$/.test(arg),
  );
}

function unknown(call: Call): readonly Effect[] {
  return [{ kind: 'unknown', below: call.cwd, why: `which folder \`${call.name}\` works in is not known` }];
}

/** A CMake project whose list files are at hand. */
function cmakeProject(folder: string, world: World, subject: Subject): CMakeProject | undefined {
  const settings = settingsOf(folder, world);
  if (settings?.tool !== 'cmake') return undefined;
  return readCMake(settings.source, folder, settings.given, (path) => {
    const entry = world.tree.get(path);
    return entry?.contextPath === undefined ? undefined : subject.context.readText(entry.contextPath);
  });
}

function build(call: Call, folder: string, isInstall: boolean, world: World, subject: Subject): readonly Effect[] {
  const origin = `built by \`${call.name}\``;
  const project = cmakeProject(folder, world, subject);
  const targets = targetsOf(call).filter((target) => target !== call.args[1] || call.args[0] !== '--build');
  const made: Effect[] = [];
  for (const target of project?.targets ?? []) {
    const path = target.kind === 'static' ? undefined : joinPath(folder, target.path);
    const isAsked =
      targets.length === 0 || targets.some((name) => name === target.name || /^(?:all|install)/.test(name));
    if (path === undefined || !isAsked) continue;
    const marks = [target.kind, ...(target.isCxx ? ['cxx'] : [])];
    made.push({ kind: 'write', path, role: 'artifact', origin, marks });
  }
  const source = settingsOf(folder, world)?.source;
  const base = folder === '/' ? '' : folder;
  if (project?.isComplete && source === folder) {
    for (const name of ['CMakeFiles', 'Testing']) {
      made.push({ kind: 'write', path: `${base}/${name}`, entry: 'folder', isOpaque: true, role: 'source', origin });
    }
  } else if (project?.isComplete) {
    made.push({
      kind: 'write',
      path: folder,
      entry: 'folder',
      isOpaque: true,
      role: 'artifact',
      origin,
      marks: ['target'],
    });
  }
  if (!project?.isComplete) {
    made.push({
      kind: 'write',
      path: folder,
      entry: 'folder',
      isOpaque: true,
      role: 'artifact',
      origin,
      marks: ['target'],
    });
    const known = new Set(made.map((effect) => (effect.kind === 'write' ? effect.path : '')));
    for (const path of startedBelow(folder, subject, world)) {
      if (!known.has(path)) made.push({ kind: 'write', path, role: 'artifact', origin, marks: ['unseen'] });
    }
  }
  return isInstall ? [...made, ...install(call, folder, world, subject)] : made;
}

/** What is put below the prefix: as the project says, or the prefix as a whole. */
function install(call: Call, folder: string, world: World, subject: Subject, chosen?: string): readonly Effect[] {
  const settings = settingsOf(folder, world);
  const given = (name: string) => call.args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
  const root = given('DESTDIR') ?? call.env('DESTDIR') ?? '';
  const own = chosen ?? given('PREFIX') ?? given('prefix') ?? settings?.prefix ?? '/usr/local';
  const prefix = joinPath(folder, `${root}${own}`);
  const origin = `installed by \`${call.name}\``;
  if (prefix === undefined || /\$/.test(prefix)) {
    return [{ kind: 'unknown', below: '/', why: `where \`${call.name}\` installs is not known` }];
  }
  const project = cmakeProject(folder, world, subject);
  if (project?.isComplete && project.installs.length > 0) {
    return project.installs.flatMap(({ target, from, isFolder, to }): Effect[] => {
      const path = joinPath(prefix, to);
      if (path === undefined || target?.kind === 'static' || /\/include(?:\/|$)|\.(?:h|hpp|cmake|pc)$/.test(path))
        return [];
      if (target) {
        const marks = [target.kind, ...(target.isCxx ? ['cxx'] : [])];
        return [{ kind: 'write', path, role: 'artifact', origin, marks }];
      }
      return isFolder
        ? [{ kind: 'copy', from: from!, to: path, into: false }]
        : [{ kind: 'write', path, role: 'data', origin }];
    });
  }
  const programs = [...startedBelow(prefix, subject, world), ...startedIn(`${prefix}/bin`, subject, world)];
  return [
    { kind: 'write', path: prefix, entry: 'folder', isOpaque: true, role: 'artifact', origin, marks: ['prefix'] },
    ...programs.map((path) => ({ kind: 'write', path, role: 'artifact', origin, marks: ['unseen'] }) as const),
  ];
}
