import { type FileEntry, type FileIndex, findProgram, joinPaths, Packages } from '../image/index.ts';
import { classOf, type EntryKind, HARMLESS } from './classes.ts';
import type { FileClass, LeftBehind } from './model.ts';
import type { Pair, Snapshot } from './snapshot.ts';
import { entryKind, ownPrograms } from './traits.ts';

/** A file or an empty folder of the original that the rewrite has not. */
export interface LostFile {
  readonly entry: FileEntry;
  readonly class: FileClass;
  /** Brought by the original's base image. */
  readonly isBase: boolean;
  /** The package of the operating system that it is of. */
  readonly package?: string;
  /** The package of a language that it is of: `express`, `requests`. */
  readonly module?: string;
}

const known = new WeakMap<FileIndex, WeakMap<FileIndex, readonly LostFile[]>>();

/** Everything that the original has and the rewrite has not; asked by several, and found once. */
export function lostFiles(pair: Pair): readonly LostFile[] {
  const [one, two] = [pair.before.files, pair.after.files];
  const ofOne = known.get(one) ?? new WeakMap<FileIndex, readonly LostFile[]>();
  known.set(one, ofOne);
  const found = ofOne.get(two) ?? findLost(pair);
  ofOne.set(two, found);
  return found;
}

function findLost({ before, after }: Pair): LostFile[] {
  const kind = entryKind(before);
  const packages = new Packages(before.files);
  const isMoved = movedFiles({ before, after });
  const found: LostFile[] = [];
  for (const entry of before.files.entries()) {
    const isEmptyFolder =
      entry.type === 'directory' && entry.path !== '/' && before.files.list(entry.path).length === 0;
    if (entry.type === 'directory' && !isEmptyFolder) continue;
    if (after.files.resolve(entry.path) !== undefined || after.files.get(entry.path) !== undefined) continue;
    if (isMoved(entry)) continue;
    if (followsWorkingDir({ before, after }, entry)) continue;
    const owner = packages.ownerOf(entry.path);
    const module = moduleOf(linkedPath(entry));
    found.push({
      entry,
      class: classify(before, entry, kind, packages, module),
      isBase: before.isBase(entry),
      ...(owner === undefined ? {} : { package: owner }),
      ...(module === undefined ? {} : { module }),
    });
  }
  return found;
}

function classify(
  before: Snapshot,
  entry: FileEntry,
  kind: EntryKind,
  packages: Packages,
  module: string | undefined,
): FileClass {
  const found = classOf(entry.path, kind);
  if (HARMLESS.has(found) && found !== 'source' && found !== 'project file' && found !== 'test') return found;
  if (module !== undefined) return 'development dependency';
  if (HARMLESS.has(found)) return found;
  // The jar that is started says which classes there are.
  if (kind === 'java' && entry.path.endsWith('.class') && before.command.includes('-jar')) return 'build intermediate';
  if (packages.ownerOf(entry.path) !== undefined) return 'package';
  if (entry.type === 'symlink' && isLinkOfPackage(entry, packages)) return 'package';
  if (MADE_AT_INSTALLATION.test(entry.path)) return 'package';
  // Where the database of packages lists all of theirs, a file that it does not know is nobody's.
  if (found === 'package' && packages.names.size > 0 && !before.isBase(entry)) return 'unknown';
  return found;
}

/** What the scripts of packages write when these are installed, and no database lists. */
const MADE_AT_INSTALLATION =
  /^\/etc\/python3(?:\.\d+)?\/debian_config$|^\/usr\/local\/lib\/python3(?:\.\d+)?\/dist-packages$/;

/** A link by which a package is chosen or switched on. */
function isLinkOfPackage({ path, target = '' }: FileEntry, packages: Packages): boolean {
  if (/^\/etc\/alternatives\//.test(target)) return true;
  return (
    path.startsWith('/etc/') && packages.ownerOf(joinPaths(path.slice(0, path.lastIndexOf('/')), target)) !== undefined
  );
}

/** For a program in `node_modules/.bin` the file of the package that it stands for; the path itself for all else. */
function linkedPath({ path, target }: FileEntry): string {
  const folder = /^.*\/node_modules\/\.bin(?=\/[^/]+$)/.exec(path)?.[0];
  return folder !== undefined && target !== undefined ? joinPaths(folder, target) : path;
}

/** The package of Node or Python that a file is of. */
export function moduleOf(path: string): string | undefined {
  const node = /^.*\/node_modules\/((?:@[^/]+\/)?[^/.][^/]*)\//.exec(path);
  if (node) return node[1];
  const python =
    /\/(?:site|dist)-packages\/([^/]+?)(?:-[^/]*\.(?:dist|egg)-info|\.libs|\.py|\.pth|\.egg-link)?(?:\/|$)/.exec(path);
  return python?.[1];
}

/**
 * Files that the command names, when they were moved with the command, and their copies of the same name, as builds leave
 * them. A copy of another name may be what the program is called by: that one is lost.
 */
function movedFiles({ before, after }: Pair): (entry: FileEntry) => boolean {
  const named = (snapshot: Snapshot) =>
    snapshot.command.flatMap((word, index) => {
      const first = index === 0 ? snapshot.chain.programs[0]?.entry : undefined;
      return first ?? snapshot.files.resolve(joinPaths(snapshot.config.workingDir, word)) ?? [];
    });
  const now = new Set(named(after).map(({ digest }) => digest));
  const moved = named(before).filter(({ digest }) => digest !== undefined && now.has(digest));
  // A program that was linked again keeps its name.
  const [one] = before.chain.programs;
  const [two] = after.chain.programs;
  if (one && two && nameOf(one.path) === nameOf(two.path) && !before.isBase(one.entry)) moved.push(one.entry);
  const keys = new Set(moved.map(keyOf));
  return (entry) => entry.digest !== undefined && keys.has(keyOf(entry));
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const keyOf = ({ path, digest }: FileEntry) => `${digest} ${nameOf(path)}`;

/** A file under the old working folder that lies at the same place under the new one. */
function followsWorkingDir({ before, after }: Pair, entry: FileEntry): boolean {
  const [old, now] = [before.config.workingDir, after.config.workingDir];
  if (old === now || old === '/' || !entry.path.startsWith(`${old}/`)) return false;
  const there = after.files.resolve(joinPaths(now, entry.path.slice(old.length + 1)));
  return there?.type === entry.type && there.digest === entry.digest;
}

const MOST_TEXTS = 2000;
/** Names that libraries have too, so that finding them in a program says little. */
const COMMON_NAME =
  /^(?:index\.(?:html?|js|php)|favicon\.ico|robots\.txt|main|app|server|config|data|static|public|test)$/;

/** What is searched for to tell whether a lost file is read at run time. */
export interface Traces {
  /** Naming these is reading the file. */
  readonly strong: readonly string[];
  /** Naming these may be chance. */
  readonly weak: readonly string[];
  /** A piece of the file itself: a program that holds it carries the file. */
  readonly content: string | undefined;
}

/** The texts by which files of the rewrite would name a lost file. */
export function tracesOf(pair: Pair, { entry, module }: LostFile): Traces {
  const { before } = pair;
  const { path } = entry;
  if (module !== undefined && path.includes('/node_modules/')) {
    return { strong: [`'${module}'`, `"${module}"`, `'${module}/`, `"${module}/`], weak: [], content: undefined };
  }
  if (module !== undefined) return { strong: [`import ${module}`, `from ${module}`], weak: [], content: undefined };
  if (isFoundByName(pair, entry)) return { strong: [path], weak: [], content: undefined };
  const own = ownFolder(pair);
  const folder = own ?? before.config.workingDir;
  const isBelow = folder !== '/' && path.startsWith(`${folder}/`);
  const isBeyond = own !== undefined && !isBelow;
  const relative = isBelow ? path.slice(folder.length + 1) : path.slice(1);
  const parts = relative.split('/');
  const name = parts.at(-1) as string;
  // Of two copies one is kept: only the whole path tells which of them is read.
  const isTwin = isKeptTwin(pair, entry);
  const isDistinct = !isTwin && !isBeyond && name.length >= 6 && name.includes('.') && !COMMON_NAME.test(name);
  const strong = [path, ...(parts.length > 1 && relative.length >= 6 ? [relative] : []), ...(isDistinct ? [name] : [])];
  const folders = parts.slice(0, -1).filter((part) => part.length >= 4);
  // A program holds the word that is its own name.
  const isOwnName = entry.type === 'symlink' && before.chain.programs.some((program) => nameOf(program.path) === name);
  const weak = [
    ...(isDistinct || isTwin || isOwnName || name.length < 4 ? [] : [name]),
    ...(isBelow ? folders : [parts.slice(0, -1).join('/')]),
  ];
  const sample = entry.sample ?? entry.bytes?.subarray(0, SAMPLE);
  const content = sample && sample.length >= 8 ? sample.toString('latin1') : undefined;
  // Texts are compared byte by byte.
  const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  return { strong: strong.map(bytes), weak: weak.filter((text) => text.length >= 4).map(bytes), content };
}

/** By which a script of Node makes the folder that it lies in its working folder, as those of Next.js do. */
const TO_OWN_FOLDER = 'process.chdir(__dirname)';

/** The folder that what is started goes to, so that names of files are looked up there. */
function ownFolder({ after }: Pair): string | undefined {
  const goers = after.mentioning(TO_OWN_FOLDER);
  const script = after.command.map((word) => joinPaths(after.config.workingDir, word)).find((path) => goers.has(path));
  return script?.slice(0, script.lastIndexOf('/'));
}

/** The original has the same file, under the same name, at a path where the rewrite has it too. */
function isKeptTwin({ before, after }: Pair, { path, digest }: FileEntry): boolean {
  const end = path.slice(path.lastIndexOf('/'));
  const twins = digest === undefined ? [] : before.files.copiesOf(digest);
  return twins.some((twin) => twin !== path && twin.endsWith(end) && after.files.get(twin)?.digest === digest);
}

/** A program that whoever calls it by its name finds in another folder of PATH: where /bin is /usr/bin, and where it is not. */
function isFoundByName({ before, after }: Pair, { path, digest }: FileEntry): boolean {
  const [old, now] = [before, after].map(({ files, context }) => findProgram(files, nameOf(path), context));
  return old !== undefined && 'entry' in old && old.entry.path === path && isSame(now, digest);
}

const isSame = (found: ReturnType<typeof findProgram> | undefined, digest: string | undefined) =>
  found !== undefined && 'entry' in found && digest !== undefined && found.entry.digest === digest;

/** So many first bytes of a file are kept, to find it again inside a program. */
export const SAMPLE = 96;

/** Lost files that have to be looked at one by one: neither the base's, nor harmless by their class. */
export function doubtful(lost: readonly LostFile[]): LostFile[] {
  return lost.filter(
    (file) =>
      !file.isBase &&
      (!HARMLESS.has(file.class) || file.module !== undefined) &&
      file.class !== 'package' &&
      file.class !== 'toolchain' &&
      file.class !== 'dependency cache',
  );
}

/**
 * Files of the original that a relative path led to and does not any more: what lay in its working folder, unless it
 * lies at the same place under the new one.
 */
export function inReach(pair: Pair): LostFile[] {
  const { before, after } = pair;
  const folder = before.config.workingDir;
  if (folder === after.config.workingDir || folder === '/') return [];
  const kind = entryKind(before);
  const program = before.chain.programs[0]?.entry.path;
  const found: LostFile[] = [];
  for (const entry of before.files.entries()) {
    if (entry.type !== 'file' || !entry.path.startsWith(`${folder}/`) || before.isBase(entry)) continue;
    const name = classOf(entry.path, kind);
    if (entry.path === program || HARMLESS.has(name) || followsWorkingDir(pair, entry)) continue;
    found.push({ entry, class: name, isBase: false });
  }
  return found;
}

/** Program text that is compiled; its paths stand in what was made of it, for those who look for faults. */
const COMPILED =
  /\.(?:go|s|S|asm|c|cc|cpp|cxx|h|hh|hpp|hxx|inl|ipp|mm?|rs|zig|nim|cr|java|kts?|scala|cljs?|swift|l?hs|mli?|cs|fs|tsx?|d|y|yy|l|ll|f90|pas|ad[bs]|v|vala|pyx|pxd|proto)$/;
const NAMEABLE: ReadonlySet<FileClass> = new Set<FileClass>(['source', 'project file', 'test']);

/** Lost files that are harmless by their class, unless a program names their whole path; folders to write to among them. */
export function nameable(lost: readonly LostFile[]): LostFile[] {
  const isNameable = ({ entry, class: name, isBase, module }: LostFile) => {
    const { path, type } = entry;
    if (isBase || module !== undefined || path.length < 8 || path.indexOf('/', 1) < 0) return false;
    if (type === 'directory') return name === 'temporary' && !/^\/(?:tmp|var\/tmp|dev|proc|sys)\//.test(path);
    return NAMEABLE.has(name) && !COMPILED.test(path);
  };
  return lost.filter(isNameable).slice(0, MOST_NAMEABLE);
}

const MOST_NAMEABLE = 500;

/** The texts to search the rewrite for, and no more than can be searched in reasonable time. */
export function textsOfLost(pair: Pair, lost: readonly LostFile[]): string[] {
  const texts = new Set<string>([TO_OWN_FOLDER]);
  for (const file of [...doubtful(lost), ...inReach(pair)]) {
    if (texts.size > MOST_TEXTS) break;
    const { strong, weak, content } = tracesOf(pair, file);
    for (const text of [...strong, ...weak, ...(content === undefined ? [] : [content])]) texts.add(text);
  }
  return [...texts, ...nameable(lost).map(({ entry }) => Buffer.from(entry.path).toString('latin1'))];
}

const TEXT_FILE =
  /\.(?:py|[cm]?js|jsx|rb|php|pl|sh|lua|ex|exs|json|ya?ml|toml|xml|ini|conf|cfg|properties|html?|ejs|hbs|pug|jinja2?|j2|tmpl|erb|env)$|\/[^/.]+$/;
const LARGEST_TEXT = 1024 * 1024;

/** The files of the rewrite that are searched: its own programs, scripts and settings, without their dependencies. */
export function searchedFiles(after: Snapshot): Set<string> {
  const found = new Set(ownPrograms(after).map(({ path }) => path));
  for (const entry of after.files.entries()) {
    if (entry.type !== 'file' || after.isBase(entry) || entry.size > LARGEST_TEXT) continue;
    if (
      /\/(?:node_modules|(?:site|dist)-packages)\/|^\/(?:proc|sys|dev|usr\/(?:share|include|lib)|var\/(?:lib|cache|log))\//.test(
        entry.path,
      )
    )
      continue;
    if (TEXT_FILE.test(entry.path)) found.add(entry.path);
  }
  return found;
}

/** What the rewrite has not, by class, with the folders that are largest; whatever brought it. */
export function summarizeLost(lost: readonly LostFile[]): LeftBehind[] {
  const classes = new Map<
    FileClass,
    { files: number; bytes: number; folders: Map<string, { bytes: number; files: number }> }
  >();
  for (const { entry, class: name } of lost) {
    if (entry.type !== 'file' || entry.linkOf !== undefined) continue;
    const group = classes.get(name) ?? { files: 0, bytes: 0, folders: new Map() };
    classes.set(name, group);
    group.files += 1;
    group.bytes += entry.size;
    const folder = groupFolder(entry.path);
    const known = group.folders.get(folder) ?? { bytes: 0, files: 0 };
    group.folders.set(folder, { bytes: known.bytes + entry.size, files: known.files + 1 });
  }
  return [...classes]
    .map(([name, { files, bytes, folders }]) => ({
      class: name,
      files,
      bytes,
      largest: [...folders]
        .map(([path, sum]) => ({ path, ...sum }))
        .sort((a, b) => b.bytes - a.bytes)
        .slice(0, 12),
    }))
    .sort((a, b) => b.bytes - a.bytes);
}

/** The folder that a file is counted in: three levels deep, less where the path is shorter. */
function groupFolder(path: string): string {
  const parts = path.split('/').slice(1);
  return `/${parts.slice(0, Math.max(1, Math.min(3, parts.length - 1))).join('/')}`;
}
