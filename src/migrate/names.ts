import { posix } from 'node:path';
import type { Stage } from '../dockerfile/index.ts';
import type { Origin } from './origins.ts';
import type { MigrationPlan, PlannedBuild } from './plan.ts';
import { TOKEN } from './values.ts';
import { repositoryOf } from './work.ts';

/** What every stage of the merged file is called. */
export interface StageNames {
  /** Undefined for a stage that needs no name. */
  of(stage: Stage): string | undefined;
  /** The stage, or the image, that an origin's files are copied from. */
  from(origin: Origin): string;
  /** Stages that are made for what containers have done. */
  readonly made: ReadonlyMap<Origin, string>;
}

/** Names the stages: as they are where possible, else by what they build; never as an image that some stage names. */
export function nameStages(plan: MigrationPlan, needsStage: (origin: Origin) => boolean): StageNames {
  const { builders, finals, origins } = plan;
  const all = [...builders, ...finals];
  const taken = new Set<string>();
  for (const { document } of all) {
    for (const stage of document.stages) {
      for (const { target } of stage.references) {
        if (target.kind !== 'image') continue;
        taken.add(target.image.text.toLowerCase());
        taken.add(target.image.repository.toLowerCase());
      }
    }
  }
  for (const { image, build } of origins) if (build === undefined) taken.add(repositoryOf(image).toLowerCase());
  const names = new Map<Stage, string>();
  const choose = (...candidates: readonly string[]): string => {
    const usable = candidates
      .map((name) =>
        name
          .toLowerCase()
          .replace(/[^a-z0-9._-]+/g, '-')
          .replace(/^[^a-z]+|[-.]+$/g, ''),
      )
      .filter(Boolean);
    const free = usable.find((name) => !taken.has(name));
    let name = free ?? usable[0] ?? 'build';
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${usable[0]}-${count}`;
    taken.add(name.toLowerCase());
    return name;
  };
  const keep = (stage: Stage, ...others: readonly string[]) => {
    const own = stage.nameWord?.text;
    if (own !== undefined && !taken.has(own.toLowerCase())) {
      taken.add(own.toLowerCase());
      names.set(stage, own);
    } else names.set(stage, choose(...(own === undefined ? others : others.map((other) => `${own}-${other}`))));
  };
  // The final files keep their names before anyone else gets one.
  const distinct = distinctFinals(plan);
  for (const { document, stage: last, step } of distinct) {
    for (const stage of document.stages) {
      if (stage.nameWord) keep(stage, 'final');
      else if (isNumbered(stage, document.stages)) keep(stage, `stage-${stage.index}`);
    }
    if (distinct.length > 1 && !names.has(last)) keep(last, ...tagNames(step.tags), 'final');
  }
  const shared = new Map(builders.map((build) => [build, sharedStage(plan, build)]));
  for (const stage of shared.values()) if (stage && !names.has(stage)) keep(stage, 'build', 'builder');
  for (const build of builders) {
    const { document, stage: last } = build;
    const same = shared.get(build);
    if (same) {
      names.set(last, names.get(same)!);
      continue;
    }
    const hint = hintOf(build);
    const own = builders.length === 1 || /^build(?:er)?$/.test(hint) ? 'build' : `build-${hint}`;
    for (const stage of document.stages) {
      if (stage === last) keep(stage, own, 'builder', `build-${hint}`);
      else if (stage.nameWord) keep(stage, hint, 'builder');
      else if (isNumbered(stage, document.stages)) keep(stage, `${own}-${stage.index}`);
    }
  }
  const made = new Map<Origin, string>();
  for (const origin of origins) {
    if (!needsStage(origin)) continue;
    const image = repositoryOf(origin.image);
    made.set(origin, choose('build', `build-${posix.basename(image)}`));
  }
  const stages = new Map(builders.map(({ step, stage }) => [step, stage]));
  return {
    of: (stage) => names.get(stage),
    made,
    from: (origin) => made.get(origin) ?? (origin.build ? names.get(stages.get(origin.build)!)! : origin.image),
  };
}

/** The final builds without those that build the same stage once more, under another name. */
export function distinctFinals({ finals }: Pick<MigrationPlan, 'finals'>): readonly PlannedBuild[] {
  return finals.filter((build) => firstOfKind(finals, build) === build);
}

/** The first final build that builds the same stage from the same files. */
export function firstOfKind(
  finals: readonly PlannedBuild[],
  { path, step, stage, document }: PlannedBuild,
): PlannedBuild {
  return finals.find(
    (other) =>
      other.path === path &&
      other.step.context === step.context &&
      other.stage.index === stage.index &&
      other.document.source.text === document.source.text,
  )!;
}

/** The stage of the final Dockerfile that a builder is: one file, built twice with different targets. */
export function sharedStage({ finals, origins }: MigrationPlan, build: PlannedBuild): Stage | undefined {
  const [final] = finals;
  const { step, path, rewrites, uses, stage } = build;
  if (finals.length !== 1 || final!.path !== path || final!.step.context !== step.context) return undefined;
  if (rewrites.length > 0 || uses.length > 0 || stage.index >= final!.stage.index) return undefined;
  if (origins.some((origin) => origin.build === step && origin.run !== undefined)) return undefined;
  return final!.document.stages[stage.index];
}

/** Whether another stage refers to it by its number. */
function isNumbered(stage: Stage, stages: readonly Stage[]): boolean {
  return stages.some(({ references }) =>
    references.some(({ isNumeric, target }) => isNumeric && target.kind === 'stage' && target.stage === stage),
  );
}

/** `assets` of `Dockerfile.assets`, `assets.Dockerfile`, `assets/Dockerfile`, `app:assets`. */
function hintOf({ path, step }: PlannedBuild): string {
  const name = posix.basename(path);
  const suffix =
    /^(?:Dockerfile|Containerfile)[.-](.+)$/i.exec(name)?.[1] ?? /^(.+)\.(?:Docker|Container)file$/i.exec(name)?.[1];
  const folder = posix.dirname(path);
  return suffix ?? (folder === '.' ? (tagNames(step.tags)[0] ?? '2') : posix.basename(folder));
}

/** The words of a tag that may name what is in it. */
function tagNames(tags: readonly string[]): string[] {
  return tags.flatMap((tag) => {
    if (tag.includes('$') || tag.includes(TOKEN)) return [];
    const [, repository = '', version = ''] = /^(.*?)(?::([^/:]*))?$/.exec(tag) ?? [];
    const name = posix.basename(repository);
    return version === 'latest' || /^v?\d/.test(version) ? [name] : [version, name];
  });
}
