import { parseDocument } from 'yaml';
import { joinPath } from '../../../dockerfile/index.ts';
import { optionOf } from '../../effects/files.ts';
import { sameRelease } from '../../same-release.ts';
import { startedBelow, startedIn } from '../../started.ts';
import { type Call, declined, type Effect, type Evidence, type Subject } from '../../types.ts';
import type { World } from '../../world.ts';
import { cache, copiedFromTool, type Language, program, workshop } from './language.ts';

const NONE: readonly Effect[] = [];
/** What the image adds to PATH for programs that cabal and stack install; which of the two cabal uses depends on its version. */
const OF_CABAL = ['/root/.cabal/bin', '/root/.local/bin'];
const OF_STACK = '/root/.local/bin';
const DEPENDENCIES = /^--(?:only-dependencies|dependencies-only|only-snapshot|only-locals|only-configure|dry-run)$/;

/** `$(cabal list-bin exe:hello)`, `$(stack path --local-install-root)/bin/hello` and what else is written for it. */
function listed(word: string): string | undefined {
  const [, , name] =
    /^(?:\$\(|`)\s*cabal\s+(?:v2-|new-)?(?:-v0\s+)?(exec\s+which|list-bin)\s+(?:-\S+\s+)*(?:[\w-]+:)*([\w-]+)(?:\s+-\S+)*\s*(?:\)|`)$/.exec(
      word,
    ) ?? [];
  return (
    name ??
    /^(?:\$\(|`)\s*stack\s+(?:--\S+\s+)*path\s+(?:--\S+\s+)*--local-install-root\s*(?:\)|`)\/bin\/([\w-]+)$/.exec(
      word,
    )?.[1]
  );
}

/** The executables of the packages in a folder, as package.yaml and the files of cabal list them. */
function executables(folder: string, world: World, { context }: Pick<Subject, 'context'>): readonly string[] {
  const names = new Set<string>();
  for (const { path, contextPath } of world.tree.under(folder)) {
    if (contextPath === undefined || !/(?:\.cabal|\/package\.yaml)$/.test(path)) continue;
    const text = context.readText(contextPath) ?? '';
    const found = path.endsWith('.cabal')
      ? Array.from(text.matchAll(/^executable[ \t]+([\w-]+)/gim), ([, name]) => name!)
      : Object.keys(hpackExecutables(text));
    for (const name of found) names.add(name);
  }
  return [...names];
}

function hpackExecutables(text: string): object {
  const root = parseDocument(text);
  const listed: unknown = root.errors.length > 0 ? undefined : root.toJS()?.executables;
  return typeof listed === 'object' && listed !== null ? listed : {};
}

function installed(folders: readonly string[], by: string, call: Call, world: World, subject: Subject) {
  const known = executables(call.cwd, world, subject);
  return folders.flatMap((folder) => {
    const started = [...startedBelow(folder, subject, world), ...startedIn(folder, subject, world)];
    const names = started.map((path) => path.slice(folder.length + 1));
    return [...new Set(known.length > 0 ? known : names)].map((name) => program(`${folder}/${name}`, by));
  });
}

function cabalEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const verb = (call.args.find((arg) => !arg.startsWith('-')) ?? '').replace(/^(?:v1|v2|new)-/, '');
  const downloads = OF_CABAL.map((folder) => cache(folder.replace('.local/bin', '.local/state'), 'cabal'));
  const isPartial = call.args.some((arg) => DEPENDENCIES.test(arg)) || call.args.includes('--lib');
  if (verb === 'install' && !isPartial) {
    const option = optionOf(call, '--installdir') ?? optionOf(call, '--bindir');
    const prefix = optionOf(call, '--prefix');
    const word = option ?? (prefix === undefined ? undefined : `${prefix}/bin`);
    if (word !== undefined) {
      const folder = call.path(word);
      if (folder === undefined)
        return [{ kind: 'unknown', below: '/', why: 'where `cabal install` puts the program is not known' }];
      return [...downloads, ...installed([folder], 'cabal install', call, world, subject)];
    }
    const named = OF_CABAL.flatMap((folder) => startedBelow(folder, subject, world));
    if (named.length > 0) return named.map((path) => program(path, 'cabal install'));
    const why = 'where `cabal install` puts the program depends on its version, unless `--installdir` says it';
    return [{ kind: 'unknown', below: '/root', why }];
  }
  if (verb === 'build' && !isPartial) {
    const folder = call.path(optionOf(call, '--builddir') ?? 'dist-newstyle');
    if (folder === undefined) return NONE;
    const started = startedBelow(folder, subject, world).map((path) => program(path, 'cabal build'));
    return [...downloads, workshop(folder, 'cabal build'), ...started];
  }
  return downloads;
}

function stackEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  const { args } = call;
  const verb = args.find((arg) => /^(?:build|install)$/.test(arg));
  const work = joinPath(call.cwd, optionOf(call, '--work-dir') ?? '.stack-work')!;
  const downloads = cache('/root/.stack', 'stack');
  if (verb === undefined || args.some((arg) => DEPENDENCIES.test(arg))) return [downloads];
  const started = startedBelow(work, subject, world).map((path) => program(path, 'stack build'));
  const made = [downloads, workshop(work, 'stack build'), ...started];
  if (verb === 'build' && !args.includes('--copy-bins') && !args.includes('--install')) return made;
  const settings = world.tree.get(joinPath(call.cwd, 'stack.yaml')!)?.contextPath;
  const own = /^local-bin-path:\s*(\S+)/m.exec((settings && subject.context.readText(settings)) ?? '')?.[1];
  const folder = call.path(optionOf(call, '--local-bin-path') ?? own ?? OF_STACK);
  if (folder === undefined)
    return [{ kind: 'unknown', below: '/', why: 'where `stack install` puts the program is not known' }];
  return [...made, ...installed([folder], 'stack install', call, world, subject)];
}

function ghcEffects(call: Call): readonly Effect[] {
  const input = call.args.find((arg) => /\.l?hs$/.test(arg));
  const output = call.path(optionOf(call, '-o') ?? input?.replace(/\.l?hs$/, '') ?? '');
  return output === undefined || input === undefined ? NONE : [program(output, 'ghc')];
}

function effects(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  switch (call.name) {
    case 'cabal':
      return cabalEffects(call, world, subject);
    case 'stack':
      return stackEffects(call, world, subject);
    case 'ghc':
      return ghcEffects(call);
    case 'ghcup':
    case 'hpack':
    case 'hlint':
    case 'ghc-pkg':
    case 'ormolu':
    case 'fourmolu':
      return NONE;
    default:
      return copiedFromTool(call, listed, 'cabal build');
  }
}

/** What the program reads by the paths that cabal wrote into it, and releases whose packages cannot be had any more. */
function problem({ world, context, stage, system, entryPoint }: Evidence) {
  for (const { contextPath } of world.tree.entries) {
    if (contextPath === undefined || !/(?:\.cabal|package\.yaml)$/.test(contextPath)) continue;
    if (/^\s*data-(?:files|dir)\s*:/im.test(context.readText(contextPath) ?? '')) {
      const reason = `${contextPath} has data-files, which the program looks for in the folder that it was built in`;
      return declined('unknown', reason, entryPoint.instructions[0] ?? stage.from);
    }
  }
  const { suite } = system;
  if (suite?.distro !== 'debian' || suite.order === undefined || suite.order >= 11) return undefined;
  const reason = `the program needs the package libnuma1, and those of Debian ${suite.release} are only in its archive`;
  return declined('no-runtime', reason, stage.from);
}

export const haskell: Language = {
  id: 'haskell',
  toolchain: /^(?:.*\/)?(?:ghci?|runghc|runhaskell|cabal|stack|ghcup)$/,
  effects,
  sources:
    /\.(?:l?hs|hs-boot|chs|hsc|cabal|x|y)$|(?:^|\/)(?:package\.yaml|cabal\.project[\w.]*|stack[\w.-]*\.ya?ml(?:\.lock)?|hie\.yaml|Setup\.l?hs|\.hlint\.yaml|fourmolu\.yaml|weeder\.\w+)$/,
  sdkVariables: /^(?:STACK_\w+|CABAL_\w+|GHCUP_\w+|GHC_\w+)$/,
  spawns: /\b(?:readProcess\w*|callProcess|spawnProcess|proc|rawSystem)\s*\(?"([\w.-]+)"/g,
  problem,
  runtimes: ({ system }) => sameRelease(system),
  needs: ({ system }) => {
    if (system.libc === 'musl') return [{ kind: 'package', name: 'gmp', why: 'programs of GHC are linked with it' }];
    const why = 'programs of GHC are linked with it';
    return [
      { kind: 'package', name: 'libgmp10', why },
      { kind: 'package', name: 'libnuma1', why },
      { kind: 'package', name: 'netbase', why: 'sockets are opened by the names of their protocols' },
    ];
  },
  // Text that is no ASCII cannot be written in the locale that other images have.
  variables: [{ name: 'LANG', value: 'C.UTF-8', why: 'the image of the SDK says so' }],
};
