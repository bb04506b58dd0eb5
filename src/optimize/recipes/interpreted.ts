import { joinPath } from '../../dockerfile/index.ts';
import { isDevelopmentStageName } from '../../knowledge/names.ts';
import { runtimeLibrary } from '../libraries.ts';
import {
  type Assumption,
  type Declined,
  declined,
  type Effect,
  type Entry,
  type Evidence,
  type Keep,
  type Need,
  type RuntimeOption,
  type Subject,
} from '../types.ts';

/** What the recipes share whose programs are run from their sources by an interpreter. */

/** Marks a folder in which a command may have written anything. */
export const MADE = 'made';

/** Folders that the base image fills, too: an application that lies in one cannot be copied as a whole. */
const SHARED =
  /^\/(?:|s?bin|boot|dev|etc|home|lib(?:32|64)?|media|mnt|opt|proc|root|run|sys|tmp|usr(?:\/(?:local(?:\/.*)?|s?bin|lib.*|share|include))?|var(?:\/(?:lib|log|cache|run))?)$/;

/** Whether a folder is the application's own. */
export function isOwnFolder(path: string): boolean {
  return !SHARED.test(path);
}

/** A command may have written anything into a folder. */
export function made(path: string, by: string): Effect {
  return {
    kind: 'write',
    path,
    role: 'artifact',
    entry: 'folder',
    isOpaque: true,
    origin: `made by \`${by}\``,
    marks: [MADE],
  };
}

/** A folder with the packages of the language. */
export function packagesIn(path: string, by: string, marks: readonly string[] = []): Effect {
  return {
    kind: 'write',
    path,
    role: 'dependency',
    entry: 'folder',
    isOpaque: true,
    origin: `installed by \`${by}\``,
    marks,
  };
}

/** The image of the same release without what is only needed to build, or the same image where it is that already. */
export function slimRuntimes({ stage, system }: Subject, offers: readonly string[]): readonly RuntimeOption[] {
  const { image } = stage;
  if (!image) return [];
  if (!system.sdk) return [{ image: image.text, why: 'it has the interpreter and no build tools', offers }];
  const own = image.text.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return system.sdk.runtimes.map((runtime) => {
    const at = runtime.lastIndexOf(':');
    const isSame = own.endsWith(`/${runtime.slice(0, at)}`);
    return { image: isSame ? own + runtime.slice(at) : runtime, why: 'it has the same interpreter', offers };
  });
}

/** Sources that were fetched, and folders of which nothing more is known, from which the command may start something. */
export function fetchedFolders(evidence: Evidence): readonly Keep[] {
  const { world, entryPoint, workdir } = evidence;
  const found = new Map<string, Keep>();
  const add = (entry: Entry | undefined, why: string) => {
    if (entry?.isOpaque && entry.role !== 'dependency' && isOwnFolder(entry.path))
      found.set(entry.path, wholeFolder(evidence, entry.path, why));
  };
  for (const { name, args, instruction } of entryPoint.programs) {
    for (const word of [name, ...args]) {
      const path = word.includes('/') && !/[$*`]|:\/\//.test(word) ? joinPath(workdir, word) : undefined;
      if (path !== undefined) add(world.tree.find(path), `${instruction.keyword} names a file in it`);
    }
  }
  for (const entry of world.tree.entries) {
    const isTemporary = /^\/(?:tmp|var\/tmp|root|usr)\//.test(entry.path);
    if (entry.role === 'source' && entry.contextPath === undefined && !isTemporary && /fetched|ADD/.test(entry.origin))
      add(entry, 'sources are run as they are');
  }
  return [...found.values()];
}

/** A stage to develop in, or one over which a whole other image was laid. */
export function forDevelopment({ stage, world }: Evidence): Declined | undefined {
  const root = world.tree.get('/');
  if (root) return declined('unknown', `what is ${root.origin} into / is not known`, root.instruction);
  if (stage.nameWord && (isDevelopmentStageName(stage.nameWord.text) || /^dev\b/i.test(stage.nameWord.text)))
    return declined('needs-sdk', `the stage ${stage.label} is there to develop in`, stage.nameWord);
  return undefined;
}

/** What was fetched and run, so that nobody knows what it left. */
export function fetchedScript({ world }: Evidence): Declined | undefined {
  const found = world.unknowns.find(({ why }) => /piped|puts|fetches/.test(why));
  return found && declined('unknown', found.why, found.instruction);
}

/** The highest folder above the one that the program runs in of which not everything is known. */
export function opaqueAbove({ world }: Evidence, folder: string): string | undefined {
  let found: string | undefined;
  for (let at = folder; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const entry = world.tree.get(at);
    if (entry?.isOpaque && entry.role !== 'dependency' && isOwnFolder(at)) found = at;
  }
  return found;
}

/** Folders that hold a whole application, where it cannot be told apart from what was built in it. */
export function wholeFolder({ world }: Evidence, path: string, why: string): Keep {
  const owners = new Map<string, number>();
  for (const { owner } of world.tree.under(path)) {
    if (owner !== undefined) owners.set(owner, (owners.get(owner) ?? 0) + 1);
  }
  const [most] = [...owners].sort((a, b) => b[1] - a[1]);
  return { path, isFolder: true, why, owner: most?.[0] };
}

/** The accounts of the base are those of its slim variant. */
export function sameAccounts({ world }: Evidence): readonly string[] {
  return world.accounts.length === 0 ? ['accounts'] : [];
}

/** The home of the account that the container runs as, where the stage made it and the application lies in it. */
export function homeFolders(evidence: Evidence, root: string): readonly Keep[] {
  const { world, stage } = evidence;
  const user = stage.scope.end.user?.replace(/:.*/, '');
  return world.tree.entries
    .filter(({ path, kind, owner, origin }) => {
      const isHome =
        kind === 'folder' && owner !== undefined && owner.replace(/:.*/, '') === user && /adduser|useradd/.test(origin);
      const hasPackages = world.tree.under(path).some((entry) => entry.role === 'dependency' && entry.path !== path);
      return isHome && root.startsWith(`${path}/`) && !hasPackages;
    })
    .map(({ path }) => wholeFolder(evidence, path, `it is the home of ${user}`));
}

/** More COPY instructions than this are harder to read than one of the whole folder. */
const MOST_COPIES = 8;

/** Whether so little of a folder would stay behind, in so many pieces, that it is better copied as a whole. */
export function isScattered({ world }: Evidence, folder: string, isKept: (entry: Entry) => boolean): boolean {
  const groups = new Set<string>();
  for (const entry of world.tree.under(folder)) {
    if (entry.path === folder || !isKept(entry)) continue;
    const rest = entry.path.slice(folder.length + 1);
    groups.add(rest.includes('/') ? rest.slice(0, rest.indexOf('/')) : entry.kind === 'folder' ? rest : '');
  }
  return groups.size > MOST_COPIES;
}

const SOURCE = /\.(?:[cm]?[jt]sx?|py)$/;
const NOT_RUN = /(?:^|\/)(?:node_modules|vendor|\.venv|venv|__tests__|tests?|e2e|docs?|scripts?)\//;
const STARTS = /child_process|execa|shelljs|zx|subprocess|os\.(?:system|popen|exec|spawn)|\bsh\b/;
/** Programs that the full images of Debian have and the slim ones lack. */
const OF_FULL =
  'git|curl|wget|ssh|scp|convert|identify|mogrify|ffmpeg|unzip|file|ps|pgrep|pkill|hg|svn|gcc|make|openssl';

/** Programs that the sources start by name, of those that an image with less may lack. */
export function spawnedPrograms({ context }: Subject): readonly Need[] {
  const found = new Map<string, Need>();
  for (const path of context.files) {
    if (!SOURCE.test(path) || NOT_RUN.test(path)) continue;
    const text = context.readText(path) ?? '';
    if (!STARTS.test(text)) continue;
    const call = new RegExp(
      `(?:exec\\w*|spawn\\w*|run|call|check_call|check_output|Popen|system|popen|getoutput)\\(\\s*\\[?\\s*f?["'\`](${OF_FULL})(?=[\\s"'\`])`,
      'g',
    );
    for (const [, name] of text.matchAll(call)) {
      if (!found.has(name!)) found.set(name!, { kind: 'program', name: name!, why: `${path} starts it` });
    }
  }
  return [...found.values()];
}

/** The run-time halves of packages with headers: those that the stage installs, and those that the full image has. */
export function libraryNeeds(
  { world, system }: Evidence,
  wanted: readonly { readonly header: string; readonly why: string }[],
): { readonly needs: readonly Need[]; readonly assumptions: readonly Assumption[] } {
  const needs: Need[] = [];
  const assumptions: Assumption[] = [];
  const installed = world.packages
    .filter(({ name, isBuildOnly }) => isBuildOnly && /-dev(?:el)?$/.test(name) && !/^python[\d.]*-dev/.test(name))
    .map(({ name }) => ({ header: name, why: `what is built is linked with ${name}` }));
  for (const { header, why } of [...installed, ...wanted]) {
    const library = runtimeLibrary(header, system.suite);
    if (library === 'none') continue;
    if (library === undefined) {
      const sentence = `the libraries of ${header} are linked in, or the runtime image has them`;
      if (!assumptions.some((assumption) => assumption.sentence === sentence) && /^(?:lib|.*-dev)/.test(header))
        assumptions.push({ sentence, isUnproved: true });
    } else if (!needs.some(({ name }) => name === library)) needs.push({ kind: 'package', name: library, why });
  }
  return { needs, assumptions };
}
