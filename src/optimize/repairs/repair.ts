import { type Document, joinPath, type Stage } from '../../dockerfile/index.ts';
import type { Artifact } from '../../lint/facts/builds.ts';
import { startCommand } from '../../lint/facts/shipping.ts';
import { stageNaming } from '../../lint/facts/stage-names.ts';
import type { Assumption, BuildEdit, LeftBehind, Need, RuntimeOption, Subject } from '../types.ts';

/** Something about a file with stages that can be put right where it stands. Values only. */
export interface Repair {
  readonly edits: readonly BuildEdit[];
  readonly leftBehind?: readonly LeftBehind[];
  readonly assumptions?: readonly Assumption[];
  /** The final stage stands on an image that will not do: these may, smallest first. */
  readonly base?: {
    readonly runtimes: readonly RuntimeOption[];
    readonly needs: readonly Need[];
  };
  /** The program is expected not to start as it is; this stage built it, and can start it. */
  readonly revives?: Stage;
}

/** The name of a stage, with the edits that give it one and use it in place of its number. */
export function nameStage(document: Document, stage: Stage): { readonly name: string; readonly edits: BuildEdit[] } {
  const naming = stageNaming(document, stage);
  if (!naming) return { name: stage.name ?? String(stage.index), edits: [] };
  const edits = naming.edits.map((edit) => ({ ...edit, why: 'a stage is referred to by its name' }));
  for (const { references } of document.stages) {
    for (const { isNumeric, target, range } of references) {
      if (!isNumeric || target.kind !== 'stage' || target.stage !== stage) continue;
      const { start, end } = range;
      edits.push({ start, end, text: naming.name, why: 'a number counts the stages, and changes when one is added' });
    }
  }
  return { name: naming.name, edits };
}

/** The paths of what the container starts. */
export function startedPaths({ document, stage }: Subject): ReadonlySet<string> {
  const { workdir } = stage.scope.end;
  const paths = new Set<string>();
  for (const [program = ''] of startCommand(document, stage)?.lines ?? []) {
    const folders = program.includes('/')
      ? [workdir ?? '/']
      : ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
    for (const folder of folders) paths.add(joinPath(folder, program) ?? program);
  }
  return paths;
}

/** Ecosystems whose programs need none of their sources. */
export const COMPILED: ReadonlySet<string> = new Set(['go', 'rust', 'c']);

/** The stages that the final one stands on, itself included, as far as nothing else stands on them. */
export function ownChain({ document, stage }: Subject): readonly Stage[] {
  const isShared = (part: Stage) =>
    document.stages.some((other) => other.baseStage === part && !stage.chain.includes(other));
  return stage.chain.filter((part) => !isShared(part));
}

/**
 * Whether an artifact is what lies at a path. A last part `*` stands for a file whose name is not known; what is copied to
 * `/app` is that file where no such folder is.
 */
export function isAt(path: string, { path: place, copy, source }: Artifact): boolean {
  if (place.endsWith('/*') && path.replace(/[^/]*$/, '*') === place) return true;
  const isRenamed = copy?.destination === path && copy.sources.length === 1 && source?.isFolder === false;
  return path === place || (isRenamed && place.startsWith(`${path}/`) && !place.slice(path.length + 1).includes('/'));
}
