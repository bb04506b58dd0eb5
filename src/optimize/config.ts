import type { Instruction } from '../dockerfile/index.ts';
import { joinPath } from '../dockerfile/index.ts';
import { defaultPath } from '../knowledge/names.ts';
import { finalWorkdir } from './entry-point.ts';
import type { CarriedInstruction, Evidence, LeftBehind, Proposal, Step } from './types.ts';

/** How the configuration of the image gets into the final stage. */
export interface CarriedConfig {
  readonly carried: readonly CarriedInstruction[];
  readonly explicit: readonly Step[];
  readonly leftBehind: readonly LeftBehind[];
}

/** Instructions that say something about the image and change nothing for those behind them. */
const CONFIG_ONLY: ReadonlySet<string> = new Set([
  'CMD',
  'ENTRYPOINT',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'STOPSIGNAL',
]);
const BUILDS: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD']);
/** Where the builder itself fills in variables. */
const EXPANDED: ReadonlySet<string> = new Set(['ENV', 'LABEL', 'EXPOSE', 'USER', 'WORKDIR', 'VOLUME', 'STOPSIGNAL']);

/** The instructions behind the last one that builds: they stay where they are, below the new FROM. */
export function tailOf(instructions: readonly Instruction[]): readonly Instruction[] {
  const last = instructions.findLastIndex(({ keyword }) => BUILDS.has(keyword));
  return instructions.slice(last + 1);
}

/** Says for every instruction of the configuration whether it stays, moves or is repeated. */
export function carryConfig(evidence: Evidence, proposal: Proposal): CarriedConfig {
  return new Carrier(evidence, proposal).run();
}

/** Whether an inherited instruction has no effect any more; ENTRYPOINT takes an inherited CMD away as well. */
function isReplaced(
  { keyword, index }: Instruction,
  all: readonly Instruction[],
  own: ReadonlySet<Instruction>,
): boolean {
  if (!/^(?:CMD|ENTRYPOINT|HEALTHCHECK|STOPSIGNAL)$/.test(keyword)) return false;
  const later = all.filter((other) => other.index > index);
  return later.some(
    (other) => other.keyword === keyword || (keyword === 'CMD' && other.keyword === 'ENTRYPOINT' && own.has(other)),
  );
}

class Carrier {
  readonly #evidence: Evidence;
  readonly #proposal: Proposal;
  readonly #tail: readonly Instruction[];
  readonly #carried: CarriedInstruction[] = [];
  readonly #left: LeftBehind[] = [];
  /** Variables of the stage that the final stage does not have. */
  readonly #dropped = new Map<string, string | undefined>();
  readonly #args = new Set<Instruction>();

  constructor(evidence: Evidence, proposal: Proposal) {
    this.#evidence = evidence;
    this.#proposal = proposal;
    this.#tail = tailOf(evidence.stage.instructions);
  }

  run(): CarriedConfig {
    const { stage } = this.#evidence;
    const all = [...stage.chain].reverse().flatMap((part) => part.instructions);
    const own = new Set(stage.instructions);
    const tail = new Set(this.#tail);
    const usesShell = all.some(
      (instruction) => /^(?:CMD|ENTRYPOINT|HEALTHCHECK)$/.test(instruction.keyword) && !instruction.json,
    );
    for (const instruction of all) {
      const { keyword } = instruction;
      if (tail.has(instruction)) {
        this.#arguments(instruction);
        this.#carried.push({ instruction, how: 'stays' });
      } else if (!own.has(instruction) && isReplaced(instruction, all, own)) {
        // What a stage above said, and this one says anew.
      } else if (CONFIG_ONLY.has(keyword)) {
        this.#arguments(instruction);
        this.#carried.push({ instruction, how: own.has(instruction) ? 'moves' : 'repeats' });
      } else if (keyword === 'ENV') this.#env(instruction);
      else if (keyword === 'VOLUME' || (keyword === 'SHELL' && usesShell))
        this.#carried.push({ instruction, how: 'repeats' });
    }
    this.#user(all);
    return { carried: this.#carried, explicit: this.#explicit(all), leftBehind: this.#left };
  }

  /** Repeats the ARGs that an instruction uses. */
  #arguments(instruction: Instruction): void {
    if (!EXPANDED.has(instruction.keyword)) return;
    const scope = this.#evidence.document.scope(instruction)!;
    for (const name of scope.expand(instruction.argsText).names) this.#argument(name, instruction);
  }

  #argument(name: string, user: Instruction): boolean {
    const { document, stage } = this.#evidence;
    if (document.scope(user)?.variable(name)?.origin === 'env') return false;
    const all = [...stage.chain].reverse().flatMap((part) => part.instructions);
    // One without a value takes what an earlier one says, which may stand in a stage below.
    const args = all.filter(
      ({ keyword, pairs, index }) =>
        keyword === 'ARG' && index < user.index && pairs.some((pair) => pair.name === name),
    );
    for (const arg of args) this.#repeat(arg, name);
    return args.length > 0;
  }

  #repeat(arg: Instruction, name: string): void {
    if (this.#args.has(arg) || this.#tail.includes(arg)) return;
    this.#args.add(arg);
    // A default may be made of other arguments.
    const scope = this.#evidence.document.scope(arg);
    for (const { value } of arg.pairs) {
      for (const other of scope?.expand(value ?? '').names ?? []) if (other !== name) this.#argument(other, arg);
    }
    this.#carried.push({ instruction: arg, how: 'repeats' });
  }

  #env(instruction: Instruction): void {
    const { document, world } = this.#evidence;
    const scope = document.scope(instruction)!;
    const kept = instruction.pairs.filter((pair) => {
      if (!this.#proposal.sdkVariables?.test(pair.name)) return true;
      this.#dropped.set(pair.name, scope.expand(pair.value ?? '').value);
      this.#left.push({ path: `the variable ${pair.name}`, role: 'toolchain', why: 'only the build reads it' });
      return false;
    });
    if (kept.length === 0) return;
    let text = document.source.slice({ start: instruction.start, end: instruction.end });
    const isWhole = kept.length === instruction.pairs.length;
    if (!isWhole)
      text = `ENV ${kept.map((pair) => document.source.slice({ start: pair.nameRange.start, end: pair.valueRange.end })).join(' ')}`;
    let isChanged = !isWhole;
    for (const pair of kept) {
      for (const name of scope.expand(pair.value ?? '').names) {
        if (this.#argument(name, instruction)) continue;
        const value = this.#dropped.get(name) ?? (scope.variable(name) ? undefined : world.base.variables[name]);
        if (value === undefined) continue;
        text = text.replace(new RegExp(`\\$(?:${name}(?!\\w)|\\{${name}\\})`, 'g'), () => value);
        isChanged = true;
      }
    }
    this.#carried.push({ instruction, how: 'repeats', text: isChanged ? text : undefined });
  }

  #user(all: readonly Instruction[]): void {
    const user = all.findLast(({ keyword }) => keyword === 'USER');
    if (!user || this.#tail.includes(user)) return;
    if (/^(?:root|0)(?::(?:root|0))?$/.test(user.argsText)) return;
    this.#arguments(user);
    this.#carried.push({ instruction: user, how: 'repeats' });
  }

  #explicit(all: readonly Instruction[]): Step[] {
    const steps: Step[] = [];
    const workdir = this.#headWorkdir(all);
    if (workdir !== '/') steps.push({ text: `WORKDIR ${workdir}`, why: 'the working directory stays the same' });
    const path = this.#path();
    if (path !== undefined) {
      steps.unshift({ text: `ENV PATH=${path.folder}:${defaultPath}`, why: path.why });
    }
    for (const { name, value, why } of this.#proposal.variables ?? []) {
      steps.unshift({ text: `ENV ${name}=${/^[\w/.,:=+@-]*$/.test(value) ? value : JSON.stringify(value)}`, why });
    }
    return steps;
  }

  /** Where the final stage has to be before the instructions that stay; '/' when these say so themselves. */
  #headWorkdir(all: readonly Instruction[]): string {
    const { stage, document, world } = this.#evidence;
    const inTail = this.#tail.find(({ keyword }) => keyword === 'WORKDIR');
    if (!inTail) return finalWorkdir(stage, world);
    if (inTail.argsText.startsWith('/')) return '/';
    const before = document.scope(inTail)?.workdir;
    const paths = all.filter(({ keyword, index }) => keyword === 'WORKDIR' && index < inTail.index);
    return before ?? joinPath(world.base.workdir ?? '/', paths.map(({ argsText }) => argsText).join('/') || '.')!;
  }

  /** The folder of a program that can be started by its name alone, where no runtime image has it in PATH. */
  #path(): { readonly folder: string; readonly why: string } | undefined {
    const { entryPoint, stage, world } = this.#evidence;
    if (stage.scope.exported('PATH')) return undefined;
    for (const { name, entry } of entryPoint.programs) {
      if (!entry) continue;
      const folder = entry.path.slice(0, entry.path.lastIndexOf('/'));
      if (defaultPath.split(':').includes(folder)) continue;
      if (!name.includes('/')) return { folder, why: `the command is looked for in ${folder}` };
      // Named in full here; people who look into the container need not.
      if (world.base.path.split(':').includes(folder)) return { folder, why: `PATH of the base image has ${folder}` };
    }
    return undefined;
  }
}
