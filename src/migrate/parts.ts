import type { Range, ScriptStatement } from '../dockerfile/index.ts';
import type { HostPath, Step } from './types.ts';
import type { Unit } from './units.ts';

/** What a script does, in the order of its run. */
export interface Walk {
  readonly steps: readonly Step[];
  readonly root: Unit;
  /** Variables with the values that their defaults give. */
  readonly assumed: ReadonlyMap<string, string>;
}

/** One text of a script that runs in a shell of its own: the whole file, or a line of a recipe. */
export interface Part {
  readonly body: readonly ScriptStatement[];
  /** Where it starts; undefined: where the part before has ended. */
  readonly cwd?: HostPath;
  /** What goes when all of its statements go. */
  readonly unit?: Range;
  /** What decides whether it runs. */
  readonly condition?: string;
  /** An action of somebody else's instead of commands. */
  readonly action?: string;
}

/** Stands for a target of the Makefile that is not the one at hand. */
export const OTHER_TARGET = 'another target';
