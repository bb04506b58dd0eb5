import { type Document, decodeSource, joinPath, parseDocument, type Stage } from '../dockerfile/index.ts';
import type { Project } from '../lint/types.ts';
import { describe, HostFiles } from './host-files.ts';
import { findImports, type Rewrite } from './imports.ts';
import { checkOrder, StepJudge } from './judge.ts';
import { commandOf, type Origin, plainWords } from './origins.ts';
import { OTHER_TARGET } from './parts.ts';
import {
  type BuildStep,
  type CreateStep,
  type HandOver,
  type HostPath,
  Refusal,
  type RunStep,
  type Step,
} from './types.ts';
import { ROOT, TOKEN } from './values.ts';

/** A build of the script with its Dockerfile. */
export interface PlannedBuild {
  readonly step: BuildStep;
  readonly document: Document;
  /** The Dockerfile's path, or that of the folder it would be in for a heredoc. */
  readonly path: HostPath;
  /** The stage that it builds. */
  readonly stage: Stage;
  /** What its COPY instructions take from other builds. */
  readonly rewrites: readonly Rewrite[];
  /** FROM and `--from` that name the image of another build of the script. */
  readonly uses: readonly { readonly origin: Origin; readonly reference: string }[];
}

/** What a script comes to: the builds that become one, and the steps between them. */
export interface MigrationPlan {
  /** In the order of the script; each hands something to a later one. */
  readonly builders: readonly PlannedBuild[];
  readonly finals: readonly PlannedBuild[];
  readonly origins: readonly Origin[];
  readonly handOvers: readonly HandOver[];
  /** Steps that go from the script. */
  readonly removed: ReadonlySet<Step>;
  /** Steps between the builds that stay, and change files of the context. */
  readonly kept: readonly Step[];
  readonly assumptions: readonly string[];
}

/** Finds what is handed from build to build. Throws a Refusal. */
export function planMigration(steps: readonly Step[], project: Project): MigrationPlan {
  return new Planner(steps, project).plan();
}

class Planner {
  readonly #steps: readonly Step[];
  readonly #project: Project;
  readonly #images = new Map<string, BuildStep>();
  readonly #containers = new Map<string, CreateStep>();
  readonly #origins: Origin[] = [];
  readonly #builds = new Map<BuildStep, PlannedBuild>();
  readonly #files: HostFiles;
  readonly #assumptions: string[] = [];

  constructor(steps: readonly Step[], project: Project) {
    this.#steps = steps;
    this.#project = project;
    this.#files = new HostFiles(project);
  }

  plan(): MigrationPlan {
    for (const step of this.#steps) this.#follow(step);
    const consumers = [...this.#builds.values()].filter(({ rewrites, uses }) => rewrites.length > 0 || uses.length > 0);
    const used = new Set(
      consumers.flatMap(({ rewrites, uses }) => [
        ...rewrites.flatMap(({ imports }) => imports.map(({ handOver }) => handOver.origin)),
        ...uses.map(({ origin }) => origin),
      ]),
    );
    const finals = consumers.filter(({ step }) => ![...used].some(({ build }) => build === step));
    if (finals.length === 0) throw this.#nothing();
    const builders = [...this.#builds.values()].filter(({ step }) => [...used].some(({ build }) => build === step));
    const handOvers = [
      ...new Set(
        consumers.flatMap(({ rewrites }) => rewrites.flatMap(({ imports }) => imports.map(({ handOver }) => handOver))),
      ),
    ];
    const origins = [...used];
    for (const { build } of origins) if (build?.problem) throw build.problem;
    for (const { step } of [...builders, ...finals]) if (step.problem) throw step.problem;
    const removed = this.#checkSteps(builders, finals, origins, handOvers);
    const kept = this.#between(builders, finals, origins).filter((step) => step.kind === 'file' && !removed.has(step));
    return { builders, finals, origins, handOvers, removed, kept, assumptions: this.#assumptions };
  }

  #follow(step: Step): void {
    switch (step.kind) {
      case 'build': {
        const planned = this.#planBuild(step);
        if (planned) this.#builds.set(step, planned);
        for (const tag of step.tags) this.#images.set(tag, step);
        return;
      }
      case 'tag': {
        const build = this.#images.get(step.from);
        if (build) this.#images.set(step.to, build);
        return;
      }
      case 'create':
        this.#containers.set(step.container, step);
        return;
      case 'start': {
        const created = this.#containers.get(step.container);
        if (created) this.#containers.set(step.container, { ...created, runs: true });
        return;
      }
      case 'copy-out': {
        const created = this.#containers.get(step.container);
        if (created) {
          const origin = this.#origin(created.image, created.runs ? created : undefined, created);
          this.#files.copyOut(step, origin, this.#isFolder(origin, step.from));
        } else this.#files.copyOut(step, this.#unknown(step.container, step));
        return;
      }
      case 'run': {
        const copied = this.#copiedByRun(step) ?? this.#outputs(step);
        const origin = () => this.#origin(step.image, copied ? undefined : step, step);
        this.#files.run(copied ? { ...step, outputs: copied } : step, origin, step);
        return;
      }
      case 'file':
        this.#files.change(step);
        return;
      case 'host':
        this.#files.touch(step);
        return;
      default:
        return;
    }
  }

  /** `docker run -v "$PWD/out:/out" IMAGE cp FILE /out`: what it copies to the host. */
  #copiedByRun(step: RunStep): RunStep['outputs'] | undefined {
    const build = this.#images.get(step.image);
    const stage = build && this.#builds.get(build)?.stage;
    const words = plainWords(commandOf(step.request, stage));
    if (words?.[0]?.replace(/^.*\//, '') !== 'cp') return undefined;
    const operands = words.slice(1).filter((word) => !word.startsWith('-'));
    const target = operands.pop();
    const folder = step.request.workdir ?? stage?.scope.end.workdir;
    const mount = step.request.mounts.find(
      (one) => target !== undefined && `${target}/`.startsWith(`${one.target.replace(/\/$/, '')}/`) && !one.readOnly,
    );
    if (mount === undefined || target === undefined) return undefined;
    const rest = target.slice(mount.target.replace(/\/$/, '').length).replace(/\/+$/, '');
    const isInto = rest === '' || target.endsWith('/') || operands.length > 1;
    const outputs = operands.flatMap((from) => {
      const path = joinPath(folder, from);
      const name = isInto && !/\/\.$/.test(from) ? `/${from.replace(/^.*\//, '')}` : '';
      return path === undefined
        ? []
        : [{ from: path, to: joinPath('/', `${mount.source}${rest}${name}`)!.slice(1), isFile: false }];
    });
    return outputs.length === operands.length ? outputs : undefined;
  }

  /** What a run prints, its paths absolute. Throws a Refusal where only the image knows where it starts. */
  #outputs(step: RunStep): RunStep['outputs'] | undefined {
    if (step.outputs.length === 0) return undefined;
    const build = this.#images.get(step.image);
    const folder = build && this.#builds.get(build)?.stage.scope.end.workdir;
    return step.outputs.map((output) => {
      const from = joinPath(folder, output.from);
      if (from === undefined)
        throw new Refusal('unknown-value', `where \`${output.from}\` is, only the image tells`, step);
      return { ...output, from };
    });
  }

  /** The builder works there, so that it certainly is a folder. */
  #isFolder({ build }: Origin, path: string): boolean {
    const stage = build && this.#builds.get(build)?.stage;
    const folder = `${path.replace(/\/$/, '')}/`;
    return (stage?.chain ?? []).some(({ instructions, scope }) =>
      [...instructions.map((instruction) => scope.at(instruction)), scope.end].some(({ workdir }) =>
        `${workdir ?? ''}/`.startsWith(folder),
      ),
    );
  }

  /** A container that the script does not create; matters only if its files do. */
  #unknown(container: string, step: Step): Origin {
    const reason = `the container \`${describe(container)}\` is not created by the script`;
    return {
      build: undefined,
      image: '',
      run: undefined,
      steps: [step],
      problem: new Refusal('running-service', reason, step),
    };
  }

  #origin(image: string, run: CreateStep | RunStep | undefined, step: CreateStep | RunStep): Origin {
    const build = this.#images.get(image);
    const known = this.#origins.find(
      (origin) => origin.build === build && origin.image === image && origin.run === run,
    );
    if (known) {
      if (!known.steps.includes(step)) known.steps.push(step);
      return known;
    }
    const conditional = build === undefined ? this.#mentionedInBranch(image, step) : undefined;
    if (conditional) {
      const origin: Origin = { build, image, run, steps: [step], problem: conditional };
      this.#origins.push(origin);
      return origin;
    }
    const later = build === undefined ? this.#builtLater(image, step) : undefined;
    if (later) {
      const origin: Origin = { build, image, run, steps: [step], problem: later };
      this.#origins.push(origin);
      return origin;
    }
    const isUnknown =
      build === undefined && (/[\s"']/.test(image) || ['$', '`', ROOT, TOKEN].some((sign) => image.includes(sign)));
    const problem = isUnknown
      ? new Refusal('unknown-image', `which image \`${describe(image)}\` is, only a run of the script tells`, step)
      : step.problem;
    const origin: Origin = { build, image, run, steps: [step], problem };
    this.#origins.push(origin);
    return origin;
  }

  /** An image of an earlier run of the script. */
  #builtLater(image: string, before: Step): Refusal | undefined {
    const rest = this.#steps.slice(this.#index(before));
    const isBuilt = rest.some(
      (step) => (step.kind === 'build' && step.tags.includes(image)) || (step.kind === 'tag' && step.to === image),
    );
    return isBuilt
      ? new Refusal('unknown-image', `\`${describe(image)}\` is built only further down`, before)
      : undefined;
  }

  /** What looks like a published image may be one that is built under a condition. */
  #mentionedInBranch(image: string, before: Step): Refusal | undefined {
    const name = image.replace(/:latest$/, '');
    for (const step of this.#steps.slice(0, this.#index(before))) {
      if (step.kind !== 'branch' || !step.subcommands.some((one) => /^(?:build|tag|commit|load|import)$/.test(one)))
        continue;
      if (step.mentions.some((word) => word.includes(name) || word.includes('$')))
        return new Refusal('control-flow', `\`${step.what}\` decides what is built`, step);
    }
    return undefined;
  }

  #planBuild(step: BuildStep): PlannedBuild | undefined {
    const { dockerfile } = step;
    const inContext = step.context === undefined || step.context === '' ? 'Dockerfile' : `${step.context}/Dockerfile`;
    const path = 'path' in dockerfile ? dockerfile.path : inContext;
    const text = 'text' in dockerfile ? dockerfile.text : (this.#files.written(path) ?? this.#project.readText(path));
    if (text === undefined) {
      if (step.problem === undefined) throw new Refusal('no-dockerfile', `there is no \`${path}\``, step);
      return undefined;
    }
    const document = parseDocument(decodeSource(path, Buffer.from(text)));
    const broken = document.problems.find(({ kind }) => kind === 'syntax') ?? document.problems[0];
    if (broken) throw new Refusal('broken', `the builder cannot read it: ${broken.message}`, broken, path);
    const stage = document.target(step.target);
    if (stage === undefined) {
      throw new Refusal(
        'broken',
        `\`${path}\` has no stage ${step.target === undefined ? '' : `\`${step.target}\``}`.trim(),
        step,
      );
    }
    const rewrites = findImports(document, step, this.#files, this.#project, this.#assumptions);
    const uses = document.stages.flatMap(({ references }) =>
      references.flatMap(({ target, value, kind, from }) => {
        const name = kind === 'base' ? from.baseText : value;
        if (target.kind !== 'image') return [];
        const build = this.#images.get(/:[^/]*$|@/.test(name) ? name : `${name}:latest`);
        if (build === undefined || build === step) return [];
        return [{ origin: this.#built(build), reference: value }];
      }),
    );
    return { step, document, path, stage, rewrites, uses };
  }

  #built(build: BuildStep): Origin {
    const known = this.#origins.find((origin) => origin.build === build && origin.run === undefined);
    if (known) return known;
    const origin: Origin = { build, image: build.tags[0] ?? '', run: undefined, steps: [] };
    this.#origins.push(origin);
    return origin;
  }

  /** Why there is nothing to migrate: what looks most like it. */
  #nothing(): Refusal {
    const copied = this.#files.handOvers;
    const branches = this.#steps.filter(
      (step) => step.kind === 'branch' && step.subcommands.some((name) => /^(?:build|create|cp)$/.test(name)),
    );
    const conditional = branches.find((step) => step.kind === 'branch' && step.what !== OTHER_TARGET);
    const problem = this.#steps.find(
      ({ problem, kind }) => problem !== undefined && kind !== 'host' && kind !== 'file',
    )?.problem;
    const dark = this.#steps.find((step) => step.kind === 'use' && /^(?:exec|commit|export|load)$/.test(step.name));
    if (copied.length === 0 && dark?.kind === 'use')
      return new Refusal('unsupported', `\`${dark.name}\` is not understood`, dark);
    if (conditional?.kind === 'branch')
      return new Refusal('control-flow', `\`${conditional.what}\` decides what is built`, conditional);
    const changing = this.#steps.find(
      (step, at) =>
        step.kind === 'host' &&
        !step.isHarmless &&
        this.#files.touches(step).length > 0 &&
        this.#steps.slice(at).some(({ kind }) => kind === 'build'),
    );
    if (changing?.kind === 'host')
      return new Refusal(
        'artifact-changed',
        `\`${changing.name}\` works on \`${this.#files.touches(changing)[0]!.host}\` before it is built into the image`,
        changing,
      );
    if (problem) return problem;
    const last = copied.at(-1);
    if (last) {
      const step = last.steps[0]!;
      const reason =
        branches.length > 0
          ? `if a build takes \`${last.host || '.'}\`, it is one of another target, which may run or not`
          : `no build of the script takes \`${last.host || '.'}\``;
      return new Refusal('no-final-build', reason, step);
    }
    const first = this.#steps[0];
    return new Refusal('no-builder-pattern', 'no build hands anything to another', first ?? { start: 0, end: 0 });
  }

  #between(builders: readonly PlannedBuild[], finals: readonly PlannedBuild[], origins: readonly Origin[]): Step[] {
    const first = Math.min(
      ...[...builders.map(({ step }) => step), ...origins.flatMap(({ steps }) => steps)].map((step) =>
        this.#index(step),
      ),
    );
    const last = Math.max(...finals.map(({ step }) => this.#index(step)));
    return this.#steps.filter((_, index) => index > first && index < last);
  }

  #index(step: Step): number {
    return this.#steps.indexOf(step);
  }

  /** What must go with the old builds, and what stands in the way of taking them out. */
  #checkSteps(
    builders: readonly PlannedBuild[],
    finals: readonly PlannedBuild[],
    origins: readonly Origin[],
    handOvers: readonly HandOver[],
  ): Set<Step> {
    const removed = new Set<Step>(builders.map(({ step }) => step));
    for (const origin of origins) {
      if (origin.problem) throw origin.problem;
      for (const step of origin.steps) removed.add(step);
    }
    for (const { steps, origin } of handOvers) {
      if (origin.problem) throw origin.problem;
      for (const step of steps) {
        if (step.problem) throw step.problem;
        removed.add(step);
      }
    }
    const between = new Set(this.#between(builders, finals, origins));
    const tags = new Set(builders.flatMap(({ step }) => step.tags));
    for (const [name, build] of this.#images) if (builders.some(({ step }) => step === build)) tags.add(name);
    for (const { step } of finals) {
      if (step.tags.some((tag) => builders.some((builder) => builder.step.tags.includes(tag))))
        throw new Refusal('same-tag', `\`${describe(step.tags[0]!)}\` is the name of two images of the script`, step);
    }
    const containers = new Set(
      origins.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'create' ? step.container : []))),
    );
    const hosts = handOvers.map(({ host }) => host);
    const temporary = new Set(builders.flatMap(({ path }) => (this.#files.writtenBy(path) ? [path] : [])));
    for (const step of this.#steps) {
      if (step.kind !== 'file' || temporary.size === 0) continue;
      const isOnly = step.what === 'remove' && step.from.every((path) => temporary.has(path));
      if (isOnly || (step.what === 'write' && step.to !== undefined && temporary.has(step.to))) removed.add(step);
    }
    const judge = new StepJudge(tags, containers, hosts, handOvers);
    for (const step of this.#steps) {
      if (removed.has(step) || finals.some((final) => final.step === step)) continue;
      if (judge.goes(step, between.has(step), this.#files)) removed.add(step);
    }
    for (const step of between) if (step.kind === 'file' && !removed.has(step)) checkOrder(step, builders);
    return removed;
  }
}
