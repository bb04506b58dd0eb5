import {
  type Document,
  type Instruction,
  joinPath,
  mountOption,
  type ShellCommand,
  type Stage,
} from '../../dockerfile/index.ts';
import { buildCommand } from '../../knowledge/tools.ts';
import { isWithin, stageCopies } from './copies.ts';

/** A `--mount=type=cache` of a RUN. */
export interface CacheMount {
  readonly stage: Stage;
  /** Absolute. */
  readonly target: string;
}

/** The cache mounts of a document by their folders. */
export type CacheMounts = ReadonlyMap<string, readonly CacheMount[]>;

/** The cache mounts of all stages whose folder is known; the root folder left out. */
export function cacheMounts(document: Document): CacheMounts {
  const mounts = new Map<string, CacheMount[]>();
  for (const stage of document.stages) {
    for (const run of stage.instructions) {
      for (const target of cacheTargets(document, run)) {
        const others = mounts.get(target);
        if (others) others.push({ stage, target });
        else if (target !== '/') mounts.set(target, [{ stage, target }]);
      }
    }
  }
  return mounts;
}

/** The cache mount that hides a path from the stage's image, if nothing outside of one may have written it. */
export function hidingMount(
  document: Document,
  mounts: CacheMounts,
  stage: Stage,
  path: string,
): CacheMount | undefined {
  for (let folder = path; folder !== ''; folder = folder.slice(0, folder.lastIndexOf('/'))) {
    const mount = mounts.get(folder)?.find((candidate) => stage.chain.includes(candidate.stage));
    if (mount) return mayWrite(document, stage, path, folder) ? undefined : mount;
  }
  return undefined;
}

function cacheTargets(document: Document, run: Instruction): readonly string[] {
  if (run.keyword !== 'RUN') return [];
  return run.flags.flatMap((flag) => {
    if (flag.name !== 'mount' || mountOption(flag, run, 'type')?.value !== 'cache') return [];
    const option = ['target', 'dst', 'destination'].flatMap((name) => mountOption(flag, run, name) ?? [])[0];
    const scope = document.scope(run);
    const expansion = option && scope?.expand(option.value);
    return expansion?.complete ? (joinPath(scope?.workdir, expansion.value) ?? []) : [];
  });
}

/** Whether something in the stage may write to `path` where no cache mount lies over it; in doubt, it may. */
function mayWrite(document: Document, stage: Stage, path: string, target: string): boolean {
  return stage.chain.some(
    (part) =>
      stageCopies(document, part).some(({ destination, from, sources }) => {
        if (destination !== undefined && isWithin(destination, target)) return true;
        // Build outputs are not in a build context; in another stage they may be.
        const name = target.slice(target.lastIndexOf('/') + 1);
        const brings = from !== undefined || sources.some((source) => source.path?.endsWith(`/${name}`));
        return brings && (destination === undefined || isWithin(target, destination));
      }) ||
      part.instructions.some((run) => {
        if (run.keyword !== 'RUN') return false;
        if (cacheTargets(document, run).some((other) => isWithin(path, other))) return false;
        const script = document.shell(run);
        if (script?.dialect !== 'sh' || script.errors.length > 0) return true;
        const workdir = document.scope(run)?.workdir;
        return script.commands.some((command) => mayWriteTo(command, workdir, target));
      }),
  );
}

const OUTPUT_FOLDER = /\/(?:target|dist|build|out|output|bin|obj|\.next)(?:\/|$)/;

function mayWriteTo(command: ShellCommand, workdir: string | undefined, target: string): boolean {
  const { name, args, words } = command;
  const program = words[0];
  // A script of one's own may do anything.
  if (
    name === ''
      ? words.length > 0
      : /^\.{0,2}\//.test(program!.value) && !/^\/(?:usr\/)?(?:local\/)?s?bin\//.test(program!.value)
  )
    return true;
  if (/\.(?:sh|bash|py)$/.test(name) || /^(?:ba|da|a|z)?sh$|^(?:source|\.|eval|xargs|python[\d.]*)$/.test(name))
    return true;
  const values = args.map(({ value }) => value);
  const kind = buildCommand(name, values)?.kind;
  // Fetching dependencies fills folders of its own, but not those of build outputs.
  if (kind === 'build' || (kind === 'install-deps' && !OUTPUT_FOLDER.test(target))) return true;
  return [...values, ...command.assignments.map(({ value }) => value)].some((value) => {
    const plain = value.replace(/^-[\w-]+=/, '');
    const path = joinPath(workdir, plain);
    return (
      value.includes(target) || (path !== undefined && plain !== '' && !plain.startsWith('-') && isWithin(path, target))
    );
  });
}
