import type { Document, Instruction } from '../../dockerfile/index.ts';
import { isBuildPackage, packageManager } from '../../knowledge/packages.ts';
import { isOrdinaryCommand } from '../../knowledge/tools.ts';
import { importedArtifacts } from '../../lint/facts/builds.ts';
import { type InstalledPackage, installsOf } from '../../lint/facts/installs.ts';
import { runtimeLibrary } from '../libraries.ts';
import type { BuildEdit, LeftBehind, Subject } from '../types.ts';
import { COMPILED, isAt, ownChain, type Repair, startedPaths } from './repair.ts';

const WHY = 'nothing is built in the final stage';
/** Programs of these packages, as a text names one that it starts. */
const NAMED =
  /(?:^|[\s"'`(=/[,;&|])(?:g?cc|g\+\+|c\+\+|clang(?:\+\+)?|ld|as|ar|make|cmake|ninja|meson|pkg-config|libtool|autoconf|automake|m4|bison|flex|javac|rustc|cargo|pip3? install|gem install|npm (?:ci|install|rebuild))(?![\w.])/;

/** Compilers and headers that the final stage installs although nothing is built in it. */
export function repairPackages(subject: Subject): Repair | undefined {
  const { document, commands } = subject;
  // What else a command may build nobody knows.
  if (!commands.every(({ name }) => isOrdinaryCommand(name) || isSystemManager(name))) return undefined;
  if (!startsOwnProgram(subject) || namesCompiler(subject)) return undefined;
  const edits: BuildEdit[] = [];
  const leftBehind: LeftBehind[] = [];
  for (const run of ownChain(subject).flatMap((part) => part.instructions)) {
    if (run.keyword !== 'RUN') continue;
    const installs = installsOf(document, run);
    const all = installs.flatMap(({ packages }) => packages);
    const gone = installs.flatMap(({ manager, packages }) =>
      packages.filter((item) => isForBuilding(manager, item, subject)),
    );
    if (gone.length === 0) continue;
    if (gone.length === all.length) {
      if (!onlyInstalls(document, run)) continue;
      edits.push({ ...wholeLines(document, run), text: '', why: WHY });
    } else {
      // A command whose packages all go would be left with none.
      const emptied = installs.some(
        ({ packages }) => packages.length > 0 && packages.every((item) => gone.includes(item)),
      );
      const cuts = gone.map((item) => cut(document, item));
      if (emptied || cuts.some((edit) => edit === undefined)) continue;
      edits.push(...(cuts as BuildEdit[]));
    }
    leftBehind.push(...gone.map(({ text }) => ({ path: `the package ${text}`, role: 'toolchain' as const, why: WHY })));
  }
  return edits.length === 0 ? undefined : { edits, leftBehind };
}

/** Compilers and build systems; headers only where the library that comes with them is known not to be needed. */
function isForBuilding(manager: string, { name, isRemoved }: InstalledPackage, { system }: Subject): boolean {
  if (isRemoved || !isSystemManager(manager) || /jdk|java/.test(name)) return false;
  const kind = isBuildPackage(manager, name);
  if (kind === 'compiler' || kind === 'build system') return true;
  return /-dev(?:el)?$/.test(name) && runtimeLibrary(name, system.suite) === 'none';
}

function isSystemManager(name: string): boolean {
  const family = packageManager(name)?.family;
  return family !== undefined && family !== 'language';
}

/** What is started was compiled in another stage from sources that are at hand; an interpreter or an IDE may want a compiler. */
function startsOwnProgram(subject: Subject): boolean {
  const { document, stage, context } = subject;
  const started = [...startedPaths(subject)];
  const built = importedArtifacts(document, stage).filter(
    ({ build }) => COMPILED.has(build.ecosystem) && !build.isRemote,
  );
  return context.isComplete && built.some((artifact) => started.some((path) => isAt(path, artifact)));
}

/** Whether the command, or any text of the project that may be part of the program, names one of their programs. */
function namesCompiler({ document, stage, context }: Subject): boolean {
  const commands = stage.instructions.filter(({ keyword }) => /^(?:CMD|ENTRYPOINT|HEALTHCHECK)$/.test(keyword));
  if (commands.some((instruction) => NAMED.test(document.source.slice(instruction)))) return true;
  return context.files.some((file) => {
    if (BUILD_FILE.test(file) || /(?:^|\/)Dockerfile[^/]*$/.test(file)) return false;
    const text = context.readText(file) ?? '';
    const named = /\.(?:sh|bash)$|^#!/.test(file) || text.startsWith('#!') ? text : quoted(text);
    return NAMED.test(named);
  });
}

/** Files that only the build reads. */
const BUILD_FILE =
  /(?:^|\/)(?:Makefile|CMakeLists\.txt|meson\.build|go\.(?:mod|sum)|Cargo\.(?:toml|lock)|build\.rs|configure(?:\.ac)?)$|\.(?:md|mk|cmake|yml|yaml)$/;

/** The strings of a program text. */
function quoted(text: string): string {
  return [...text.matchAll(/"[^"\n]*"|'[^'\n]*'|`[^`]*`/g)].map(([string]) => string).join('\n');
}

/** Whether a RUN does nothing but install, and tidy up behind that. */
function onlyInstalls(document: Document, run: Instruction): boolean {
  const commands = document.shell(run)?.commands ?? [];
  return commands.every(({ name }) => /^(?:rm|set|true|export)$/.test(name) || isSystemManager(name));
}

function wholeLines(document: Document, run: Instruction) {
  const { text } = document.source;
  const newline = text.indexOf('\n', run.end);
  return { start: run.lineStart, end: newline < 0 ? text.length : newline + 1 };
}

/** Takes a word away with the gap in front of it; not where a comment stands in that gap. */
function cut({ source, escape }: Document, { start, end }: InstalledPackage): BuildEdit | undefined {
  const before = source.text.slice(0, start);
  const gap = new RegExp(`(?:[ \\t]*\\${escape}[ \\t]*\\r?\\n)?[ \\t]*$`).exec(before)!;
  const left = before.slice(0, gap.index);
  if (gap[0] === '' || /\n$/.test(left)) return undefined;
  return { start: gap.index, end, text: '', why: WHY };
}
