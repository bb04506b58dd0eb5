import { posix } from 'node:path';
import { applyEdits, type Edit, type Source } from '../dockerfile/index.ts';
import { DockerIgnore } from '../lint/facts/dockerignore.ts';
import type { Project } from '../lint/types.ts';
import { BuildContext } from '../optimize/context.ts';
import { editBuildCommand } from './build-command.ts';
import { isOdd } from './copy-step.ts';
import { type Merged, mergeDockerfiles } from './merge.ts';
import type { Walk } from './parts.ts';
import { type MigrationPlan, type PlannedBuild, planMigration } from './plan.ts';
import { readHost } from './read.ts';
import { type HostPath, Refusal, type Refused, type Step, type WrittenFile } from './types.ts';
import { removeUnits, type Unit } from './units.ts';

/** What a migration is made of. */
export interface MigrationRequest {
  readonly source: Source;
  /** The script's path in the project. */
  readonly path: HostPath;
  /** The folder that the script is started in. */
  readonly cwd: HostPath;
  readonly project: Project;
}

/** A final build as it is now. */
export interface FinalBuild {
  readonly build: PlannedBuild;
  readonly target: string | undefined;
  /** What the script now calls. */
  readonly command: string;
}

/** The result of a migration: texts and what they stand for, nothing written. */
export interface Migrated {
  readonly kind: 'migrated';
  readonly plan: MigrationPlan;
  readonly steps: readonly Step[];
  readonly merged: Merged;
  /** The context of the one build. */
  readonly root: HostPath;
  readonly dockerfile: WrittenFile;
  readonly script: WrittenFile | undefined;
  readonly finals: readonly FinalBuild[];
  /** Files that nothing of the script needs any more. */
  readonly unneeded: readonly HostPath[];
  /** Sentences about what is taken for true. */
  readonly assumptions: readonly string[];
}

/** Makes one Dockerfile and one build of a script; the script is read, never run. */
export function migrateScript(request: MigrationRequest): Migrated | Refused {
  try {
    const { source, path, cwd, project } = request;
    let first: Refusal | undefined;
    for (const walk of readHost(source, path, cwd)) {
      try {
        return completeMigration({ source, path, root: walk.root }, walk, planMigration(walk.steps, project), project);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        // What a target does that builds nothing says little of why the others are refused.
        if (first === undefined || first.code === 'no-builder-pattern') first = error;
      }
    }
    throw first ?? new Refusal('no-builder-pattern', 'there is nothing that a shell would run', { start: 0, end: 0 });
  } catch (error) {
    return refusedBy(error);
  }
}

/** Makes a Refusal the value that it stands for; other errors are ours. */
export function refusedBy(error: unknown): Refused {
  if (!(error instanceof Refusal)) throw error;
  const { code, message, range, file } = error;
  return { kind: 'refused', code, reason: message, range, file };
}

/**
 * Merges what a plan names and takes the old builds out of the script, if there is one. Throws a Refusal.
 */
export function completeMigration(
  script: { readonly source: Source; readonly path: HostPath; readonly root: Unit } | undefined,
  { steps, assumed }: Pick<Walk, 'steps' | 'assumed'>,
  plan: MigrationPlan,
  project: Project,
): Migrated {
  const assumptions = new Set<string>(plan.assumptions);
  for (const [name, value] of assumed)
    assumptions.add(`that \`$${name}\` is \`${value.replaceAll('\0', '.')}\`, its default`);
  checkPlatforms(plan);
  checkVolumes(plan);
  const root = commonContext(plan);
  const merged = mergeDockerfiles(plan, root, project, assumptions);
  const dockerfile = mergedFile(plan, merged, project);
  checkIgnored(plan, root, dockerfile.path, project);
  const edits: Edit[] = [];
  const finals: FinalBuild[] = [];
  for (const [index, build] of plan.finals.entries()) {
    const target = merged.targets[index];
    const own = script
      ? editBuildCommand(script.source, plan, build, { root, dockerfile: dockerfile.path, target })
      : [];
    edits.push(...own);
    const standard = dockerfile.path === (root === '' ? 'Dockerfile' : `${root}/Dockerfile`);
    const plain = `docker build ${standard ? '' : `-f ${dockerfile.path} `}${root || '.'}`;
    finals.push({ build, target, command: script ? commandText(script.source, build, own) : plain });
  }
  if (script)
    edits.push(...removeUnits(script.source, script.root, new Set([...plan.removed].map(({ unit }) => unit))));
  return {
    kind: 'migrated',
    plan,
    steps,
    merged,
    root,
    dockerfile,
    script: script && { path: script.path, before: script.source.text, after: applyEdits(script.source.text, edits) },
    finals,
    unneeded: unneeded(plan, dockerfile.path, project),
    assumptions: [...assumptions],
  };
}

/** The command as it reads behind the edits, on one line. */
function commandText(source: Source, { step }: PlannedBuild, edits: readonly Edit[]): string {
  const own = edits.filter(({ start, end }) => start >= step.start && end <= step.end);
  const text = applyEdits(
    source.text.slice(step.start, step.end),
    own.map((edit) => ({ ...edit, start: edit.start - step.start, end: edit.end - step.start })),
  );
  return text
    .replace(/\s*\\\r?\n\s*/g, ' ')
    .split('\n')[0]!
    .trim();
}

function checkPlatforms({ builders, finals, origins }: MigrationPlan): void {
  const [final] = finals;
  for (const { step } of [...builders, ...finals]) {
    if (step.platform !== final!.step.platform)
      throw new Refusal('platform', 'the builder and the final image are built for different platforms', step);
  }
  for (const { run } of origins) {
    if (run?.request.platform !== undefined && run.request.platform !== final!.step.platform)
      throw new Refusal('platform', 'the builder and the final image are built for different platforms', run);
  }
}

function checkVolumes({ handOvers, builders }: MigrationPlan): void {
  for (const { origin, from, steps } of handOvers) {
    if (isOdd(from)) throw new Refusal('unsupported', `\`${from}\` has signs that mean something to COPY`, steps[0]!);
    const stage = builders.find(({ step }) => step === origin.build)?.stage;
    for (const { instructions } of stage?.chain ?? []) {
      for (const instruction of instructions.filter(({ keyword }) => keyword === 'VOLUME')) {
        const volume = instruction.operands.find(
          ({ text }) => from === text || from.startsWith(`${text.replace(/\/$/, '')}/`),
        );
        if (volume)
          throw new Refusal('volume', `\`${from}\` lies in the volume \`${volume.text}\` of the builder`, steps[0]!);
      }
    }
  }
}

/** The folder that holds the contexts of all builds that have files of one. */
function commonContext({ builders, finals, origins }: MigrationPlan): HostPath {
  const contexts = [...builders, ...finals].flatMap((build) =>
    build.step.context !== undefined && needsContext(build) ? [build.step.context] : [],
  );
  const mounts = origins.flatMap(({ run }) => run?.request.mounts.map(({ source }) => source) ?? []);
  const folders = [...contexts, ...mounts.filter((path) => !path.startsWith('/'))];
  const [final] = finals;
  const all = folders.length > 0 ? folders : [final!.step.context ?? builders[0]?.step.context ?? ''];
  const outside = all.find((path) => path.startsWith('/'));
  if (outside !== undefined) throw new Refusal('context', `\`${outside}\` is no folder of the project`, final!.step);
  const lists = all.map((path) => (path === '' ? [] : path.split('/')));
  let length = 0;
  while (lists.every((list) => list.length > length && list[length] === lists[0]![length])) length++;
  // A mounted file is no context.
  return lists[0]!.slice(0, length).join('/');
}

/** Something comes out of the context, now or after the migration. */
function needsContext({ document, rewrites }: PlannedBuild): boolean {
  return document.instructions.some((instruction) => {
    const { keyword, flags, operands } = instruction;
    if (keyword === 'RUN')
      return flags.some(
        ({ name, value }) => name === 'mount' && /(?:^|,)type=bind/.test(value ?? '') && !/from=/.test(value ?? ''),
      );
    if ((keyword !== 'COPY' && keyword !== 'ADD') || instruction.flag('from') || instruction.heredocs.length > 0)
      return false;
    const rewrite = rewrites.find((one) => one.instruction === instruction);
    if (rewrite) return rewrite.kept.length > 0;
    return operands.slice(0, -1).some(({ text }) => !/^(?:https?|ftp|git|ssh):|^git@/.test(text));
  });
}

function mergedFile({ finals }: MigrationPlan, { text }: Merged, project: Project): WrittenFile {
  const { path, step } = finals[0]!;
  const before = 'path' in step.dockerfile ? finals[0]!.document.source.text : undefined;
  if (before === undefined && project.readText(path) !== undefined)
    throw new Refusal('unsupported', `\`${path}\` is there already, and is not what the script builds`, step);
  return { path, before, after: text };
}

/** What one context lets through the other may not. */
function checkIgnored(
  { builders, finals, origins }: MigrationPlan,
  root: HostPath,
  dockerfile: HostPath,
  project: Project,
): void {
  const within = (folder: HostPath, name: string) => (folder === '' ? name : `${folder}/${name}`);
  const text = project.readText(`${dockerfile}.dockerignore`) ?? project.readText(within(root, '.dockerignore')) ?? '';
  const ignore = new DockerIgnore(text);
  for (const build of [...builders, ...finals]) {
    const { step, path, document, rewrites } = build;
    if (step.context === undefined || !needsContext(build)) continue;
    const own =
      project.readText(`${path}.dockerignore`) ?? project.readText(within(step.context, '.dockerignore')) ?? '';
    if (step.context === root && own.trim() === text.trim()) continue;
    if (own.trim() !== '')
      throw new Refusal('ignored', `\`${step.context || '.'}\` has an ignore file of its own`, step);
    for (const instruction of document.instructions) {
      if ((instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') || instruction.flag('from')) continue;
      const rewrite = rewrites.find((one) => one.instruction === instruction);
      for (const written of rewrite?.kept ?? instruction.operands.slice(0, -1).map((word) => word.text)) {
        const path = posix.relative(root === '' ? '.' : root, within(step.context, posix.normalize(`./${written}`)));
        if (path !== '' && ignore.ignores(path.replace(/\/$/, '')))
          throw new Refusal(
            'ignored',
            `\`${path}\` is left out by the ignore file of \`${root || '.'}\``,
            instruction,
            build.path,
          );
        if (path === '' && text.trim() !== '')
          throw new Refusal(
            'ignored',
            `the ignore file of \`${root || '.'}\` leaves out what this build takes`,
            instruction,
            build.path,
          );
      }
    }
  }
  const mounted = origins.flatMap(({ run }) => run?.request.mounts ?? []);
  for (const mount of mounted) {
    if (text.trim() === '' || mount.source.startsWith('/')) continue;
    const all = new BuildContext({
      readText: (path) => (path.endsWith('.dockerignore') ? undefined : project.readText(path)),
      list: (path) => project.list(path),
    });
    const before = all.under(mount.source).map((path) => posix.relative(root === '' ? '.' : root, path));
    const left = before.filter((path) => ignore.ignores(path));
    if (left.length > 0 && left.length === before.length)
      throw new Refusal('ignored', `\`${mount.source || '.'}\` is left out by the ignore file`, mount);
  }
}

function unneeded({ builders, finals }: MigrationPlan, dockerfile: HostPath, project: Project): HostPath[] {
  const paths = [...builders, ...finals].flatMap(({ step, path }) => ('path' in step.dockerfile ? [path] : []));
  const files = paths.flatMap((path) => [path, `${path}.dockerignore`]);
  return [...new Set(files)]
    .filter(
      (path) => path !== dockerfile && path !== `${dockerfile}.dockerignore` && project.readText(path) !== undefined,
    )
    .sort();
}
