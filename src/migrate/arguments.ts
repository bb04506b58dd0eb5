import type { Instruction, Stage } from '../dockerfile/index.ts';
import type { Origin } from './origins.ts';
import type { MigrationPlan, PlannedBuild } from './plan.ts';
import { Refusal } from './types.ts';

/**
 * An image has no build arguments, but a stage hands its own down. Throws a Refusal where a container, or a build on the
 * image of another build, would find one that it has not had.
 */
export function checkArguments(
  plan: MigrationPlan,
  workOf: (origin: Origin) => readonly string[],
  assumptions: Set<string>,
): void {
  const handing = new Handing(plan);
  for (const origin of plan.origins) {
    const runs = workOf(origin).filter((line) => line.startsWith('RUN '));
    if (!origin.run || runs.length === 0) continue;
    const own = new Set(origin.run.request.env.map(({ name }) => name));
    const handed = handing.from(origin).filter((name) => !own.has(name));
    const name = handed.find((each) => runs.some((line) => mentions(line, each)));
    if (name !== undefined) {
      const reason = `the container has no \`${name}\`, which is an argument of the build`;
      throw new Refusal('argument-conflict', reason, origin.run);
    }
    if (handed.length > 0) assumptions.add(unread(handed));
  }
  for (const build of [...plan.builders, ...plan.finals]) {
    for (const stage of build.document.stages) {
      const handed = handing.to(build, stage);
      const taker = stage.instructions.find((instruction) => handed.some((name) => takes(build, instruction, name)));
      if (taker) {
        const name = handed.find((each) => takes(build, taker, each));
        const reason = `\`${name}\` would have the value that it has in the build of the base image`;
        throw new Refusal('argument-conflict', reason, taker, build.path);
      }
      if (handed.length > 0 && stage.instructions.some(({ keyword }) => keyword === 'RUN'))
        assumptions.add(unread(handed));
    }
  }
}

/** Which arguments go from the build of an image to what is done on that image. */
class Handing {
  readonly #builds: readonly PlannedBuild[];

  constructor({ builders, finals }: MigrationPlan) {
    this.#builds = [...builders, ...finals];
  }

  /** The arguments that the stage has which an origin's image becomes. */
  from({ build }: Origin): readonly string[] {
    const planned = this.#builds.find(({ step }) => step === build);
    if (!planned) return [];
    const { stage } = planned;
    const own = stage.chain.flatMap(({ instructions }) =>
      instructions.flatMap(({ keyword, pairs }) => (keyword === 'ARG' ? pairs.map(({ name }) => name) : [])),
    );
    // What ENV sets the image has.
    const names = new Set([...own, ...this.to(planned, stage)]);
    return [...names].filter((name) => stage.scope.end.variable(name)?.origin !== 'env');
  }

  /** The arguments that a stage gets from the image of another build. */
  to({ uses }: PlannedBuild, { chain }: Stage): readonly string[] {
    const root = chain.at(-1)!;
    const use =
      root.base.kind === 'image' ? uses.find(({ reference }) => reference === root.baseWord?.text) : undefined;
    return use ? this.from(use.origin) : [];
  }
}

/** Whether an instruction reads a variable that its own file does not set. */
function takes({ document, step }: PlannedBuild, instruction: Instruction, name: string): boolean {
  const { keyword, pairs } = instruction;
  if (keyword === 'ARG' && pairs.some((pair) => pair.name === name && pair.value === undefined)) {
    const isGiven = step.buildArgs.some((arg) => arg.name === name);
    if (!isGiven && document.globals.declared(name)?.value === undefined) return true;
  }
  return (
    document.scope(instruction)?.variable(name) === undefined && mentions(document.source.slice(instruction), name)
  );
}

function mentions(text: string, name: string): boolean {
  return /^\w+$/.test(name) && new RegExp(`\\$\\{?${name}\\b`).test(text);
}

function unread(names: readonly string[]): string {
  const [first, ...others] = names.map((name) => `\`${name}\``);
  const all =
    others.length === 0 ? `the build argument ${first}` : `the build arguments ${[first, ...others].join(', ')}`;
  return `that no command of a container or of a build on another's image reads ${all}`;
}
