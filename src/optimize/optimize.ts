import { type Document, type Instruction, parseDocument, type Stage } from '../dockerfile/index.ts';
import { isWindowsImage, runtimeImage } from '../knowledge/images.ts';
import { isBuildStageName } from '../knowledge/names.ts';
import { isBuildPackage } from '../knowledge/packages.ts';
import { buildCommand, runsBuildTool } from '../knowledge/tools.ts';
import { sourceStage, stageCopies } from '../lint/facts/copies.ts';
import { installsOf } from '../lint/facts/installs.ts';
import { startCommand } from '../lint/facts/shipping.ts';
import { freeStageName } from '../lint/facts/stage-names.ts';
import { systemOf } from '../lint/facts/systems.ts';
import type { Project } from '../lint/types.ts';
import { readBuildScripts } from './build-scripts.ts';
import { type CarriedConfig, carryConfig, tailOf } from './config.ts';
import { BuildContext } from './context.ts';
import { finalWorkdir, readEntryPoint } from './entry-point.ts';
import { walkStage } from './interpreter.ts';
import { recipes } from './recipes/index.ts';
import { renderPlan } from './render.ts';
import { planRepair } from './repair.ts';
import { libcNeed, linkFor } from './repairs/linking.ts';
import { nameStage } from './repairs/repair.ts';
import { weighRuntimes } from './runtimes.ts';
import { type Slice, sliceWorld } from './slice.ts';
import {
  type Candidate,
  type Declined,
  declined,
  type Evidence,
  type OptimizeOptions,
  type Outcome,
  type Plan,
  type Proposal,
  type Recipe,
  type Rewritten,
  type Subject,
} from './types.ts';

/** Plans how a file with the SDK in its image becomes one that ships only what runs. Never builds, never writes. */
export function planRewrite(document: Document, project: Project, options: OptimizeOptions = {}): Outcome {
  const refused = document.problems.find(({ kind }) => kind !== 'encoding');
  if (refused) return declined('broken', `the builder refuses the file: ${refused.message}`, refused);
  const stage = document.target(options.target);
  if (!stage) return declined('broken', 'there is no such stage', { start: 0, end: 0 });
  return checkStage(document, stage) ?? rewriteStage(document, stage, project, options);
}

function checkStage(document: Document, stage: Stage): Outcome | undefined {
  const { from, image } = stage;
  if (stage !== document.stages.at(-1))
    return declined('not-last', `the stage ${stage.label} is not the last of the file`, from);
  const unknown = stage.chain.find(({ isBaseKnown }) => !isBaseKnown);
  if (unknown)
    return declined(
      'unresolved',
      `${unknown.baseWord?.text ?? 'the base'} is not given a value in the file`,
      unknown.from,
    );
  if (image && isWindowsImage(image.repository, image.tag))
    return declined('windows', `${image.text} is a Windows image`, from);
  const instructions = stage.chain.flatMap((part) => part.instructions);
  const onbuild = instructions.find(({ keyword }) => keyword === 'ONBUILD');
  if (onbuild) return declined('onbuild', 'ONBUILD makes this a base for other builds', onbuild);
  const obscure = stage.references.find(({ target }) => target.kind !== 'stage' && target.kind !== 'image');
  if (obscure) return declined('unresolved', `what --from=${obscure.value} means is not known`, obscure.range);
  return undefined;
}

function rewriteStage(document: Document, stage: Stage, project: Project, options: OptimizeOptions): Outcome {
  const subject: Subject = {
    document,
    stage,
    system: systemOf(stage),
    commands: stage.chain
      .flatMap((part) => part.instructions)
      .filter(({ keyword }) => keyword === 'RUN')
      .flatMap((run) => document.shell(run)?.commands ?? []),
    context: new BuildContext(project, document.source.path.split(/[/\\]/).pop()),
  };
  const scripts = readBuildScripts(subject);
  const read: Subject = { ...subject, commands: [...subject.commands, ...scripts.commands] };
  if (!buildsHere(read)) {
    const repair = planRepair(subject, options);
    if (repair) return 'kind' in repair ? repair : rewritten(document, repair);
  }
  const good = alreadyGood(read);
  if (good) return phpHeaders(subject) ?? { kind: 'already-good', reason: good };
  const start = startCommand(document, stage);
  if (!start || start.lines.length === 0) {
    return declined(
      'no-command',
      'the stage has neither CMD nor ENTRYPOINT: it is a tool or a base for others',
      stage.from,
    );
  }
  for (const line of start.lines) {
    const tool = runsBuildTool(line);
    if (!tool) continue;
    const where = [start.cmd, start.entrypoint].find((part) => part && document.source.slice(part).includes(line[0]!));
    return declined(
      'runs-build-tool',
      `\`${tool.command}\` runs the build tool, so the SDK has to stay`,
      where ?? stage.from,
    );
  }
  const recipe = recipes.find((candidate) => candidate.matches(read));
  if (!recipe && !buildsHere(read)) {
    const { unread } = scripts;
    const what = unread
      ? `\`${unread.words[0]!.value}\` could not be read, nothing else is known to build in the final stage`
      : 'nothing is built in the final stage';
    return declined(
      'unknown',
      `${what}, and its build tools may be there for the container on ${stage.image?.text ?? stage.baseText}`,
      unread?.script.instruction ?? stage.from,
    );
  }
  if (!recipe)
    return declined(
      'no-recipe',
      `no recipe knows how a program is built on ${stage.image?.text ?? stage.baseText}`,
      stage.from,
    );
  const world = walkStage(subject, [recipe, ...recipes.filter((other) => other !== recipe)]);
  const entryPoint = readEntryPoint(subject, start, world);
  const evidence: Evidence = { ...subject, world, entryPoint, workdir: finalWorkdir(stage, world) };
  const proposal = recipe.plan(evidence);
  return proposal.kind === 'declined' ? proposal : complete(evidence, recipe, proposal, options);
}

/** Whether the stage, or one that it stands on, builds a program. */
function buildsHere({ system, commands }: Subject): boolean {
  if (system.sdk && !system.sdk.interpreter) return true;
  return commands.some(
    ({ name, args }) =>
      buildCommand(
        name,
        args.map(({ value }) => value),
      )?.kind === 'build',
  );
}

/** Why there is nothing to gain: the stage stands on a runtime image, and builds nothing. */
function alreadyGood({ document, stage, system, commands }: Subject): string | undefined {
  if (system.sdk) return undefined;
  const runs = stage.chain.flatMap((part) => part.instructions).filter(({ keyword }) => keyword === 'RUN');
  const installs = runs.flatMap((run) => installsOf(document, run).map((install) => ({ ...install, run })));
  const tools = installs.flatMap(({ manager, packages, run }) =>
    packages.flatMap(({ name, isRemoved }) => {
      const kind = isBuildPackage(manager, name);
      return kind === 'compiler' || kind === 'build system' ? [{ run, isRemoved, kind }] : [];
    }),
  );
  if (tools.some(({ kind, isRemoved }) => kind === 'compiler' && !isRemoved)) return undefined;
  // Tools that the same RUN takes away again leave nothing behind.
  const isClean = (run: Instruction) =>
    tools.some((tool) => tool.run === run) && tools.every((tool) => tool.run !== run || tool.isRemoved);
  const builds = commands.some(
    ({ name, args, script }) =>
      buildCommand(
        name,
        args.map(({ value }) => value),
      )?.kind === 'build' && !isClean(script.instruction),
  );
  if (builds) return undefined;
  const image = stage.image;
  if (!image) return undefined;
  const isRuntime = system.runtime !== undefined || runtimeImage(image.repository, image.tag) !== undefined;
  return isRuntime || stage.index > 0
    ? `the final stage stands on ${image.text}, and nothing is built in it`
    : undefined;
}

/** Extensions of PHP are compiled into the image that runs them, and the packages that this took stay in it. */
function phpHeaders({ document, stage, system, commands }: Subject): Declined | undefined {
  if (system.repository !== 'php' || !commands.some(({ name }) => /^(?:docker-php-ext-\w+|pecl)$/.test(name)))
    return undefined;
  for (const run of stage.instructions) {
    const left = installsOf(document, run).flatMap(({ manager, packages }) =>
      packages.filter(({ name, isRemoved }) => !isRemoved && isBuildPackage(manager, name) === 'headers'),
    );
    if (left.length === 0) continue;
    const reason = `${left[0]!.name} is only needed to compile extensions of PHP, and no recipe knows how to take these to another image`;
    return declined('no-recipe', reason, run);
  }
  return undefined;
}

/** From what the recipe wants to the whole plan. */
function complete(evidence: Evidence, recipe: Recipe, proposal: Proposal, options: OptimizeOptions): Outcome {
  const { document, stage } = evidence;
  const slice = sliceWorld(evidence, proposal);
  if (slice.kind === 'declined') return slice;
  const config = carryConfig(evidence, proposal);
  const isSwap = onlyCopies(document, stage) && slice.leftBehind.length === 0 && !proposal.buildSteps?.length;
  // What was built elsewhere may want the C library that the SDK has.
  const link = isSwap ? linkFor(evidence, 'none') : undefined;
  const needs = link?.needsBase ? [...slice.needs, libcNeed(link.needsBase)] : slice.needs;
  const builtOn = link?.needsBase?.stage ?? stage;
  const ladder = weighRuntimes(systemOf(builtOn), proposal.runtimes, needs, options.runtime);
  const chosen = chooseRuntime(ladder, options, evidence);
  if (chosen.kind === 'declined') return chosen;
  if (link) {
    const edits = [...(proposal.buildEdits ?? []), ...link.edits];
    const wanted = { ...proposal, buildEdits: edits };
    return rewritten(document, {
      ...swapBase(evidence, recipe, wanted, { ...slice, needs }, config, ladder, chosen.runtime, options),
      builtOn,
    });
  }
  const keepsName = stage.nameWord === undefined || isBuildStageName(stage.nameWord.text);
  const isRebase = stage.baseStage !== undefined && tailOf(stage.instructions).length === stage.instructions.length;
  const missing = chosen.runtime.lacks.map((lack) => ({
    sentence: `${chosen.runtime.image} was asked for, but ${lack}`,
    isUnproved: true,
  }));
  const plan: Plan = {
    recipe: recipe.id,
    ecosystem: recipe.ecosystem,
    stage,
    builtOn: stage,
    isRebase,
    buildName: isRebase
      ? stage.baseWord!.text
      : keepsName && stage.nameWord
        ? stage.nameWord.text
        : freeStageName(document, 'build'),
    finalName: keepsName || isRebase ? undefined : stage.nameWord!.text,
    buildEdits: proposal.buildEdits ?? [],
    buildSteps: proposal.buildSteps ?? [],
    finalSteps: proposal.finalSteps ?? [],
    options: proposal.runtimes,
    choice: options.runtime ?? 'auto',
    ladder,
    runtime: chosen.runtime,
    copies: slice.copies,
    needs: slice.needs,
    carried: config.carried,
    explicit: config.explicit,
    leftBehind: [
      {
        path: `the image ${stage.image?.text ?? stage.baseText}`,
        role: 'toolchain',
        why: 'it is only needed to build',
      },
      ...slice.leftBehind,
      ...config.leftBehind,
    ],
    assumptions: [...slice.assumptions, ...missing],
  };
  return rewritten(document, plan);
}

/** A stage that builds nothing by itself, and stands on an SDK all the same: another base is all that it needs. */
function onlyCopies(document: Document, stage: Stage): boolean {
  if (stage.baseStage !== undefined || stage.instructions.some(({ keyword }) => keyword === 'RUN')) return false;
  return stageCopies(document, stage).some(({ from }) => sourceStage(from) !== undefined);
}

function swapBase(
  { document, stage, world }: Evidence,
  recipe: Recipe,
  proposal: Proposal,
  slice: Slice,
  { explicit }: CarriedConfig,
  ladder: readonly Candidate[],
  runtime: Candidate,
  { runtime: choice = 'auto' }: OptimizeOptions,
): Plan {
  const source = stageCopies(document, stage).flatMap(({ from }) => sourceStage(from) ?? [])[0]!;
  const { name, edits } = nameStage(document, source);
  const first = stage.instructions.find(({ keyword }) => keyword === 'WORKDIR');
  const base = world.base.workdir ?? '/';
  const isNeeded = base !== '/' && !first?.argsText.startsWith('/');
  return {
    recipe: recipe.id,
    ecosystem: recipe.ecosystem,
    stage,
    builtOn: stage,
    isRebase: true,
    buildName: name,
    finalName: undefined,
    buildEdits: [...(proposal.buildEdits ?? []), ...edits],
    buildSteps: [],
    finalSteps: proposal.finalSteps ?? [],
    options: proposal.runtimes,
    choice,
    ladder,
    runtime,
    copies: [],
    needs: slice.needs,
    carried: stage.instructions.map((instruction) => ({ instruction, how: 'stays' as const })),
    explicit: [
      ...explicit.filter(({ text }) => !text.startsWith('WORKDIR')),
      ...(isNeeded ? [{ text: `WORKDIR ${base}`, why: 'the working directory stays the same' }] : []),
    ],
    leftBehind: [
      { path: `the image ${stage.image?.text ?? stage.baseText}`, role: 'toolchain', why: 'nothing is built on it' },
    ],
    assumptions: slice.assumptions,
  };
}

function chooseRuntime(
  ladder: readonly Candidate[],
  { runtime = 'auto' }: OptimizeOptions,
  { stage }: Evidence,
): { readonly kind: 'chosen'; readonly runtime: Candidate } | Declined {
  const first = ladder.find(({ lacks }) => lacks.length === 0);
  if (first) return { kind: 'chosen', runtime: first };
  // What the user asks for the user gets, with what is missing said.
  if (runtime !== 'auto' && ladder[0]) return { kind: 'chosen', runtime: ladder[0] };
  const reasons = ladder.map(({ image, lacks }) => `${image}: ${lacks[0]}`);
  const reason = reasons.length === 0 ? `there is no ${runtime} image for it` : reasons.join('; ');
  return declined('no-runtime', `no runtime image offers what the program needs (${reason})`, stage.from);
}

/** The plan with its text; checks that the text is what it is meant to be. Throws where that is not so. */
export function rewritten(document: Document, plan: Plan): Rewritten {
  const { edits, text } = renderPlan(document, plan);
  const result = parseDocument(document.source.withText(text), document.globals.given);
  const problem = result.problems.find(({ kind }) => kind !== 'encoding');
  if (problem) throw new Error(`recipe ${plan.recipe} wrote what does not parse: ${problem.message}\n${text}`);
  if (result.stages.length !== document.stages.length + (plan.isRebase ? 0 : 1))
    throw new Error(`recipe ${plan.recipe} wrote the wrong number of stages\n${text}`);
  return { kind: 'rewritten', plan, edits, text };
}
