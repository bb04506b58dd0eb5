import type { Check } from '../model.ts';
import type { Observation } from '../observe.ts';

/** The same thing done twice with the original and once with the rewrite. */
export interface Runs {
  /** Two runs of the original: what differs between them is noise. */
  readonly before: readonly [Observation, Observation];
  readonly after: Observation;
}

/** A check that looks at what containers did. */
export interface RunCheck {
  /** The name of its file. */
  readonly id: string;
  check(runs: Runs): Check;
}
