import { posix } from 'node:path';
import type { Edit, Source } from '../dockerfile/index.ts';
import type { MigrationPlan, PlannedBuild } from './plan.ts';
import { type BuildArg, type HostPath, type KeptOption, Refusal } from './types.ts';

/** What the one build must be given. */
export interface BuildInputs {
  readonly root: HostPath;
  readonly dockerfile: HostPath;
  readonly target: string | undefined;
}

/** Changes a final build's command into one that builds the merged file. */
export function editBuildCommand(
  source: Source,
  plan: MigrationPlan,
  final: PlannedBuild,
  inputs: BuildInputs,
): Edit[] {
  const { step } = final;
  const { words } = step;
  const from = (path: HostPath) => pathFor(source, step, path);
  const edits: Edit[] = [];
  const inserted: string[] = [];
  const isNewContext = step.context !== inputs.root;
  if (isNewContext) edits.push({ start: words.context.start, end: words.context.end, text: from(inputs.root) });
  const standard = inputs.root === '' ? 'Dockerfile' : `${inputs.root}/Dockerfile`;
  const isNamed = 'path' in step.dockerfile && words.file !== undefined && words.input === undefined;
  if (isNamed && 'path' in step.dockerfile && step.dockerfile.path !== inputs.dockerfile) {
    edits.push({ start: words.file!.start, end: words.file!.end, text: `-f ${from(inputs.dockerfile)}` });
  } else if (!isNamed && words.file !== undefined) {
    // `-f -`
    const text = inputs.dockerfile === standard ? '' : `-f ${from(inputs.dockerfile)}`;
    const end = text === '' && source.text[words.file.end] === ' ' ? words.file.end + 1 : words.file.end;
    edits.push({ start: words.file.start, end, text });
  } else if (!isNamed && inputs.dockerfile !== standard) inserted.push(`-f ${from(inputs.dockerfile)}`);
  if (inputs.target !== undefined && step.target?.toLowerCase() !== inputs.target.toLowerCase()) {
    if (words.target)
      edits.push({ start: words.target.start, end: words.target.end, text: `--target ${inputs.target}` });
    else inserted.push(`--target ${inputs.target}`);
  }
  inserted.push(...missingArgs(plan, final).map((arg) => source.slice(arg)));
  inserted.push(...missingOptions(plan, final).map((option) => source.slice(option)));
  if (inserted.length > 0) edits.push({ start: words.optionsAt, end: words.optionsAt, text: `${inserted.join(' ')} ` });
  if (words.input) edits.push(...removeInput(source, words.input));
  return edits;
}

/** A path as the script may write it where the build stands: by way of a variable where the old context was. */
function pathFor(source: Source, { cwd, anchors, context, words }: PlannedBuild['step'], path: HostPath): string {
  if (anchors === undefined) return quote(posix.relative(cwd === '' ? '.' : cwd, path === '' ? '.' : path) || '.');
  const rest = (folder: HostPath) => posix.relative(folder === '' ? '.' : folder, path === '' ? '.' : path);
  const above = anchors.filter(({ path: folder }) => !rest(folder).startsWith('..'));
  const [nearest] = above.sort((one, two) => rest(one.path).length - rest(two.path).length);
  const written = source.slice(words.context).replace(/^"(.*)"$/s, '$1');
  const start = nearest ? `$${nearest.name}` : written.replace(/\/+$/, '');
  const end = rest(nearest?.path ?? context ?? '');
  return `"${start}${end === '' ? '' : `/${end}`}"`;
}

function removeInput(
  { text }: Source,
  { start, end, body }: NonNullable<PlannedBuild['step']['words']['input']>,
): Edit[] {
  const from = /[ \t]/.test(text[start - 1] ?? '') ? start - 1 : start;
  const edits: Edit[] = [{ start: from, end, text: '' }];
  if (body) {
    const newline = text.indexOf('\n', body.end);
    edits.push({ start: body.start, end: newline < 0 ? text.length : newline + 1, text: '' });
  }
  return edits;
}

const quote = (path: string) => (/^[\w@%+:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

/** The builders' arguments that the final build is not given. Throws a Refusal where one name means two values. */
export function missingArgs({ builders, finals }: MigrationPlan, final: PlannedBuild): BuildArg[] {
  const missing = new Map<string, BuildArg>();
  const all = [...builders, ...finals];
  for (const build of builders) {
    for (const arg of build.step.buildArgs) {
      if (PREDEFINED.test(arg.name)) {
        // No image is another for it.
        if (!final.step.buildArgs.some(({ name }) => name === arg.name)) missing.set(arg.name, arg);
        continue;
      }
      if (!declares(build, arg.name)) continue;
      for (const other of all) {
        if (other === build || !declares(other, arg.name)) continue;
        const own = other.step.buildArgs.find(({ name }) => name === arg.name);
        if (own && same(own, arg)) continue;
        const reason = own
          ? `the builds give \`${arg.name}\` different values`
          : `\`${arg.name}\` is given to one build, and \`${other.path}\` has it too`;
        throw new Refusal('argument-conflict', reason, arg);
      }
      if (!final.step.buildArgs.some(({ name }) => name === arg.name)) missing.set(arg.name, arg);
      else if (!final.step.buildArgs.some((own) => own.name === arg.name && same(own, arg)))
        throw new Refusal('argument-conflict', `the builds give \`${arg.name}\` different values`, arg);
    }
  }
  for (const other of finals) {
    for (const arg of other.step.buildArgs) {
      const taker = builders.find(
        (build) => declares(build, arg.name) && !build.step.buildArgs.some((own) => own.name === arg.name),
      );
      if (taker && declares(other, arg.name))
        throw new Refusal(
          'argument-conflict',
          `\`${arg.name}\` is given to one build, and \`${taker.path}\` has it too`,
          arg,
        );
    }
  }
  return [...missing.values()];
}

const same = (a: BuildArg, b: BuildArg) => (a.value === undefined ? a.text === b.text : a.value === b.value);

/** Arguments that every builder knows without an ARG. */
export const PREDEFINED = /^(?:https?|ftp|no|all)_proxy$/i;

function declares({ document }: PlannedBuild, name: string): boolean {
  return document.instructions.some(
    ({ keyword, pairs }) => keyword === 'ARG' && pairs.some((pair) => pair.name === name),
  );
}

function missingOptions({ builders }: MigrationPlan, { step }: PlannedBuild): KeptOption[] {
  const own = step.options;
  const missing = new Map<string, KeptOption>();
  for (const build of builders) {
    for (const option of build.step.options) {
      if (own.some(({ name, text }) => name === option.name && text === option.text)) continue;
      if (option.name === 'network' && own.some(({ name }) => name === 'network'))
        throw new Refusal('argument-conflict', 'the builds have different networks', option);
      missing.set(option.text, option);
    }
  }
  return [...missing.values()];
}
