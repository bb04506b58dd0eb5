import { joinPath } from '../../dockerfile/index.ts';
import { importedArtifacts } from '../../lint/facts/builds.ts';
import { type Copy, isWithin, sourceStage, stageCopies } from '../../lint/facts/copies.ts';
import { systemOf } from '../../lint/facts/systems.ts';
import { walkStage } from '../interpreter.ts';
import { mentions } from '../mentions.ts';
import { recipes } from '../recipes/index.ts';
import type { Assumption, BuildEdit, Entry, LeftBehind, Subject } from '../types.ts';
import { COMPILED, nameStage, ownChain, type Repair, startedPaths } from './repair.ts';

/** The whole folder that a program was built in, copied with its sources: the program alone is, and what it may read. */
export function repairCopies(subject: Subject): Repair | undefined {
  const { document } = subject;
  const edits: BuildEdit[] = [];
  const leftBehind: LeftBehind[] = [];
  const assumptions: Assumption[] = [];
  for (const copy of ownChain(subject).flatMap((part) => stageCopies(document, part))) {
    const narrowed = narrow(subject, copy);
    if (!narrowed) continue;
    edits.push(narrowed.edit);
    leftBehind.push(...narrowed.leftBehind);
    assumptions.push(...narrowed.assumptions);
  }
  return edits.length === 0 ? undefined : { edits, leftBehind, assumptions };
}

function narrow(subject: Subject, copy: Copy) {
  const { document, stage, context } = subject;
  const { instruction, destination, sources } = copy;
  const from = sourceStage(copy.from);
  const folder = sources[0]?.path;
  if (!from || sources.length !== 1 || folder === undefined || folder === '/' || destination === undefined)
    return undefined;
  if (sources[0]!.isPattern || instruction.flags.some(({ name }) => /^(?:exclude|parents)$/.test(name)))
    return undefined;
  const artifacts = importedArtifacts(document, stage).filter((artifact) => artifact.copy === copy);
  if (artifacts.length === 0 || artifacts.some(({ build }) => !COMPILED.has(build.ecosystem))) return undefined;
  const commands = from.chain.flatMap((part) =>
    part.instructions.flatMap((run) => document.shell(run)?.commands ?? []),
  );
  const builder: Subject = { document, stage: from, system: systemOf(from), commands, context };
  const own = recipes.find(({ matches }) => matches(builder));
  if (!own) return undefined;
  const world = walkStage(builder, [own, ...recipes.filter((other) => other !== own)]);
  const entries = world.tree.under(folder);
  const isVague = (entry: Entry) => entry.isOpaque || (entry.role === 'unknown' && entry.path !== folder);
  const unclear = world.unknowns.filter(({ below }) => isWithin(folder, below) || isWithin(below, folder));
  // In front of the build it is part of that, as far as anyone can tell.
  const lastBuild = Math.max(...artifacts.map(({ build }) => build.run.index));
  if (
    unclear.some((unknown) => unknown.instruction.index >= lastBuild) ||
    !context.isComplete ||
    entries.some(isVague) ||
    world.tree.find(folder)?.isOpaque
  )
    return undefined;
  // What is named anywhere that the program or the image is made of is not left.
  const isLeft = ({ role, contextPath, path }: Entry) =>
    (role === 'source' || role === 'test' || role === 'document') && !isNamed(subject, copy, path, contextPath);
  const files = entries.filter(({ kind, path }) => kind !== 'folder' && path !== folder);
  const kept = files.filter((entry) => !isLeft(entry));
  const left = files.filter(isLeft);
  const started = startedPaths(subject);
  const isMade = kept.some(
    ({ role, path }) => role === 'artifact' && started.has(joinPath(destination, path.slice(folder.length + 1))!),
  );
  if (left.length === 0 || kept.length === 0 || !isMade) return undefined;
  const isOdd = kept.some(({ path }) => /[\s"'\\$*?[]/.test(path));
  const isEmpty = ({ kind, path }: Entry) =>
    kind === 'folder' && path !== folder && world.tree.under(path).length === 1;
  if (isOdd || /[\s"'\\$]/.test(destination) || entries.some(isEmpty)) return undefined;
  const { name } = nameStage(document, from);
  const flags = instruction.flags
    .filter((flag) => flag.name !== 'from')
    .map((flag) => ` ${document.source.slice(flag)}`);
  const groups = new Map<string, string[]>();
  for (const { path } of kept) {
    const to = joinPath(destination, path.slice(folder.length + 1).replace(/[^/]*$/, '') || '.')!;
    groups.set(to, [...(groups.get(to) ?? []), path]);
  }
  const lines = [...groups].map(([to, paths]) => {
    const place = to === '/' ? '/' : `${to}/`;
    return `${document.source.slice(instruction.keywordRange)} --from=${name}${flags.join('')} ${paths.join(' ')} ${place}`;
  });
  const { start, end } = instruction;
  const why = `${folder} has the sources as well`;
  return {
    edit: { start, end, text: lines.join(document.source.eol), why },
    leftBehind: left.map(({ path, role }) => ({ path, role, why: 'it is only needed to build' })),
    assumptions: unclear.map(({ why }) => ({
      sentence: `${why}; files that it may leave for the run time are not looked for`,
      isUnproved: true,
    })),
  };
}

/** Whether the final stage, a script, or a string of the program names a file, or a folder that it lies in. */
function isNamed(
  { document, stage, context }: Subject,
  copy: Copy,
  path: string,
  contextPath: string | undefined,
): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const others = stage.instructions.filter((instruction) => instruction !== copy.instruction);
  if (others.some((instruction) => document.source.slice(instruction).includes(name))) return true;
  const scripts = context.files.filter((file) => /\.(?:sh|bash|conf|ini|ya?ml|toml|json)$/.test(file));
  const isOfBuild = /^(?:go\.(?:mod|sum)|Cargo\.(?:toml|lock)|Makefile|Dockerfile.*)$/.test(name);
  if (!isOfBuild && scripts.some((file) => file !== contextPath && (context.readText(file) ?? '').includes(name)))
    return true;
  for (let at = contextPath ?? ''; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0)))
    if (mentions(context, at)) return true;
  return false;
}
