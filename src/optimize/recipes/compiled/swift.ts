import { joinPath } from '../../../dockerfile/index.ts';
import { optionOf } from '../../effects/files.ts';
import { sameRelease } from '../../same-release.ts';
import { startedBelow } from '../../started.ts';
import { type Call, declined, type Effect, type Evidence, type RuntimeOption, type Subject } from '../../types.ts';
import type { World } from '../../world.ts';
import { cache, copiedFromTool, type Language, program, workshop } from './language.ts';

const NONE: readonly Effect[] = [];
const STATIC = 'static';

/** The program in `"$(swift build -c release --show-bin-path)/App"`. */
function shown(word: string): string | undefined {
  return /^(?:\$\(|`)\s*swift\s+build\s[^)`]*--show-bin-path[^)`]*(?:\)|`)\/([\w-]+)$/.exec(word)?.[1];
}

/** Parts of Foundation that load libraries which no plain image of the system has. */
const LARGE = /^\s*(?:@\w+\s+)?import\s+(?:FoundationNetworking|FoundationXML|Crypto|NIO\w*|Vapor|Hummingbird)\b/m;

function manifest(folder: string, world: World, { context }: Pick<Subject, 'context'>): string | undefined {
  const path = joinPath(folder, 'Package.swift');
  const entry = path === undefined ? undefined : world.tree.get(path);
  return entry?.contextPath === undefined ? undefined : context.readText(entry.contextPath);
}

/** The programs that a manifest names. */
function programsOf(text: string): readonly string[] {
  const found = text.matchAll(/\.(?:executableTarget|executable)\(\s*name:\s*"([^"]+)"/g);
  return [...new Set(Array.from(found, ([, name]) => name!))];
}

function isStatic(args: readonly string[]): boolean {
  return args.some((arg) => /^(?:--static-swift-stdlib|-static-stdlib|-static-executable)$/.test(arg));
}

function buildEffects(call: Call, world: World, subject: Subject): readonly Effect[] {
  if (call.args.includes('--show-bin-path')) return NONE;
  const folder = call.path(optionOf(call, '--package-path') ?? '.');
  const chosen = optionOf(call, '--scratch-path', '--build-path');
  const base = chosen === undefined ? folder && joinPath(folder, '.build') : call.path(chosen);
  if (folder === undefined || base === undefined)
    return [{ kind: 'unknown', below: call.cwd, why: 'where `swift build` puts the program is not known' }];
  const configuration = optionOf(call, '-c', '--configuration') ?? 'debug';
  const by = 'swift build';
  const marks = isStatic(call.args) ? [STATIC] : [];
  const product = optionOf(call, '--product');
  const names = product === undefined ? programsOf(manifest(folder, world, subject) ?? '') : [product];
  const paths = new Set(names.map((name) => `${base}/${configuration}/${name}`));
  // The same programs lie in the folder of the platform, to which that of the configuration is a link.
  for (const path of startedBelow(base, subject, world))
    if (names.length === 0 || names.includes(path.slice(path.lastIndexOf('/') + 1))) paths.add(path);
  return [cache('/root/.cache', by), workshop(base, by), ...[...paths].map((path) => program(path, by, marks))];
}

function effects(call: Call, world: World, subject: Subject): readonly Effect[] | undefined {
  if (call.name === 'swift') {
    const verb = call.args.find((arg) => !arg.startsWith('-'));
    if (verb === 'build') return buildEffects(call, world, subject);
    return verb === undefined || /^(?:package|test|sdk)$/.test(verb)
      ? NONE
      : [{ kind: 'unknown', below: call.cwd, why: `what \`swift ${verb}\` writes is not known` }];
  }
  if (call.name === 'swiftc') {
    const input = call.args.find((arg) => arg.endsWith('.swift'));
    const name =
      call.args.filter((arg) => arg.endsWith('.swift')).length > 1 ? 'main' : input?.replace(/^.*\/|\.swift$/g, '');
    const output = call.path(optionOf(call, '-o') ?? name ?? '');
    if (output === undefined || input === undefined || call.args.includes('-emit-library')) return NONE;
    return [program(output, 'swiftc', isStatic(call.args) ? [STATIC] : [])];
  }
  // The command says how it was linked: the folder is the same whatever it says.
  const words = call.args.join(' ');
  return copiedFromTool(call, shown, 'swift build', /--static-swift-stdlib/.test(words) ? [STATIC] : []);
}

function problem({ world, context, stage, entryPoint }: Evidence) {
  for (const { contextPath } of world.tree.entries) {
    if (contextPath === undefined || !/(?:^|\/)Package(?:@swift-[\d.]+)?\.swift$/.test(contextPath)) continue;
    if (!/\bresources\s*:\s*\[/.test(context.readText(contextPath) ?? '')) continue;
    const reason = `${contextPath} has resources, which the program looks for in the folder that it was built in`;
    return declined('unknown', reason, entryPoint.instructions[0] ?? stage.from);
  }
  return undefined;
}

/** The image of the system alone, where the standard library is linked in and nothing else is used; else that with Swift's libraries. */
function runtimes({ system, context, stage }: Evidence, programs: readonly { marks: readonly string[] }[]) {
  const own = stage.image?.text.replace(/@.*$/, '').replace(/:[^/:]*$/, '') ?? 'swift';
  const slim: readonly RuntimeOption[] = (system.sdk?.runtimes ?? [])
    .filter((image) => /-slim$|:slim$/.test(image) && /(?:^|\/)swift:/.test(image))
    .map((image) => ({
      image: own.endsWith(image.slice(0, image.lastIndexOf(':'))) ? own + image.slice(image.lastIndexOf(':')) : image,
      why: 'it has the libraries of Swift',
      offers: ['libstdc++', 'zoneinfo'],
    }));
  const sources = context.files.filter((path) => path.endsWith('.swift'));
  const texts = sources.map((path) => context.readText(path) ?? '');
  const isAlone =
    context.isComplete && !texts.some((text) => LARGE.test(text) || /\.package\(\s*(?:url|name|id)\s*:/.test(text));
  const plain = programs.every(({ marks }) => marks.includes(STATIC)) && isAlone ? sameRelease(system) : [];
  return [...plain, ...slim];
}

export const swift: Language = {
  id: 'swift',
  toolchain: /^(?:.*\/)?(?:swift|swiftc|lldb)$/,
  effects,
  sources: /\.swift$|(?:^|\/)(?:Package\.resolved|\.swift-version|\.swiftlint\.yml|\.swiftformat|\.swiftpm)(?:\/|$)/,
  sdkVariables: /^(?:SWIFT_(?:SIGNING_KEY|PLATFORM|BRANCH|VERSION|WEBROOT|PREFIX)|SWIFTPM_\w+)$/,
  spawns: /\bURL\(fileURLWithPath:\s*"(?:\/usr)?\/bin\/([\w.-]+)"\)/g,
  problem,
  runtimes,
  needs: () => [{ kind: 'libstdc++', why: 'programs of Swift are linked with it' }],
};
