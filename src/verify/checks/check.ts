import type { Check } from '../model.ts';
import type { Pair } from '../snapshot.ts';

/** A check that looks at two images at rest. */
export interface StaticCheck {
  /** The name of its file. */
  readonly id: string;
  check(pair: Pair, facts: StaticFacts): Check;
}

/** What is known beside the two images. */
export interface StaticFacts {
  /** The programs of the rewrite were searched for texts: `Snapshot.mentioning` can be relied on. */
  readonly searched: boolean;
  /** What whoever wrote the rewrite knows not to be read at run time; counts where no program names it. */
  readonly isBuildOnly?: ((path: string) => boolean) | undefined;
}
