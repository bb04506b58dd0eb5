import type { Document, Instruction } from '../../dockerfile/index.ts';
import { isBuildPackage, packageManager } from '../../knowledge/packages.ts';
import { isOrdinaryCommand } from '../../knowledge/tools.ts';
import { type InstalledPackage, installsOf } from '../../lint/facts/installs.ts';
import { runtimeLibrary } from '../libraries.ts';
import type { BuildEdit, LeftBehind, Subject } from '../types.ts';
import type { Repair } from './repair.ts';

const WHY = 'nothing is built in the final stage';
/** Programs of these packages that a container may well start. */
const COMPILES =
  /^(?:g?cc|c\+\+|g\+\+|clang|make|cmake|ninja|meson|ld|as|ar|javac|rustc|cargo|go|python[\d.]*-config)$/;

/** Compilers and headers that the final stage installs although nothing is built in it. */
export function repairPackages(subject: Subject): Repair | undefined {
  const { document, stage, commands } = subject;
  // What else a command may build nobody knows.
  if (commands.some(({ name }) => !isOrdinaryCommand(name) && packageManager(name) === undefined)) return undefined;
  if (commands.some(({ name }) => COMPILES.test(name)) || startsCompiler(subject)) return undefined;
  const edits: BuildEdit[] = [];
  const leftBehind: LeftBehind[] = [];
  for (const run of stage.chain.flatMap((part) => part.instructions)) {
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
  if (isRemoved || /jdk|java/.test(name)) return false;
  const kind = isBuildPackage(manager, name);
  if (kind === 'compiler' || kind === 'build system') return true;
  return /-dev(?:el)?$/.test(name) && runtimeLibrary(name, system.suite) === 'none';
}

function startsCompiler({ document, stage, context }: Subject): boolean {
  const texts = stage.instructions
    .filter(({ keyword }) => /^(?:CMD|ENTRYPOINT|HEALTHCHECK)$/.test(keyword))
    .map((instruction) => document.source.slice(instruction));
  const scripts = context.files.filter((file) => /\.(?:sh|bash|py|rb|pl)$|entrypoint/.test(file));
  texts.push(...scripts.map((file) => context.readText(file) ?? ''));
  return texts.some((text) =>
    /(?:^|[\s"'`(=/[,;&|])(?:g?cc|g\+\+|c\+\+|clang|make|cmake|pip3? install|gem install|npm (?:ci|install|rebuild))\b/.test(
      text,
    ),
  );
}

/** Whether a RUN does nothing but install, and tidy up behind that. */
function onlyInstalls(document: Document, run: Instruction): boolean {
  const commands = document.shell(run)?.commands ?? [];
  return commands.every(({ name }) => /^(?:rm|set|true|export)$/.test(name) || packageManager(name) !== undefined);
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
