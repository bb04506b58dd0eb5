/** How much a check proves; later ones are asked only when the earlier ones allow it. */
export type Tier = 'builds' | 'closes' | 'starts' | 'behaves';

/**
 * `same`: nothing differs. `changed`: it differs, for a reason that is known and does no harm. `worse`: something that
 * worked does not. `unknown`: it could not be told, so that nobody may rely on it.
 */
export type Outcome = 'same' | 'changed' | 'worse' | 'unknown';

export type Verdict = 'equivalent' | 'equivalent with differences' | 'not equivalent' | 'unproven';

/** What is missing or wrong, in terms that a remedy can be looked up by. */
export type Cause =
  | { readonly kind: 'build'; readonly side: 'before' | 'after' }
  | { readonly kind: 'config'; readonly field: string; readonly name?: string }
  | { readonly kind: 'program'; readonly name: string; readonly path?: string }
  | { readonly kind: 'shell'; readonly name: string }
  | { readonly kind: 'interpreter'; readonly object: string; readonly needs: string }
  | { readonly kind: 'library'; readonly object: string; readonly needs: string }
  | { readonly kind: 'version'; readonly object: string; readonly needs: string; readonly version: string }
  | { readonly kind: 'libc'; readonly object: string }
  | { readonly kind: 'architecture'; readonly object: string; readonly found: string }
  /** `others`: files next to it of which the same is true. */
  | { readonly kind: 'file'; readonly path: string; readonly others?: readonly string[] }
  | { readonly kind: 'content'; readonly path: string }
  | { readonly kind: 'mode'; readonly path: string }
  | { readonly kind: 'owner'; readonly path: string }
  | { readonly kind: 'account'; readonly name: string }
  | { readonly kind: 'ca-bundle' | 'zoneinfo' | 'temporary-folder' | 'locale' | 'nsswitch' | 'home' }
  | { readonly kind: 'behaviour'; readonly what: string };

/** One thing that a check found. */
export interface Evidence {
  readonly outcome: Outcome;
  /** States a fact, with no full stop. */
  readonly message: string;
  readonly cause?: Cause;
  /** What usually helps, in the imperative. */
  readonly hint?: string;
}

/** The result of one check. */
export interface Check {
  /** The name of its file: `linking`. */
  readonly id: string;
  readonly tier: Tier;
  /** The worst of its evidence. */
  readonly outcome: Outcome;
  readonly summary: string;
  /** Worst first. */
  readonly evidence: readonly Evidence[];
  /** What the check did not prove although nothing is wrong. */
  readonly caveat?: string;
}

/** Why a file of the original may be absent from the rewrite, or may not. */
export type FileClass =
  | 'toolchain'
  | 'headers'
  | 'source'
  | 'test'
  | 'dependency cache'
  | 'build intermediate'
  | 'development dependency'
  | 'package'
  | 'package database'
  | 'documentation'
  | 'version control'
  | 'project file'
  | 'temporary'
  | 'run-time file'
  | 'unknown';

/** Files of one class that the rewrite does not have. */
export interface LeftBehind {
  readonly class: FileClass;
  readonly files: number;
  readonly bytes: number;
  /** The largest folders or files, for a table or a treemap. */
  readonly largest: readonly { readonly path: string; readonly bytes: number; readonly files: number }[];
}

/** One row of `docker history`, oldest first. */
export interface LayerRow {
  readonly createdBy: string;
  /** Undefined where the engine does not tell. */
  readonly bytes: number | undefined;
  /** Overwritten or deleted by a later layer; undefined where layers could not be read. */
  readonly wasted: number | undefined;
  /** Brought by the base image. */
  readonly base: boolean;
}

/** What one of the two builds came to. */
export interface SideReport {
  /** As given: a path, or `-`. */
  readonly dockerfile: string;
  readonly target: string | undefined;
  /** Undefined when it did not build. */
  readonly imageId: string | undefined;
  /** As `docker images` shows it. */
  readonly bytes: number | undefined;
  readonly files: number | undefined;
  readonly layers: readonly LayerRow[];
  readonly wasted: {
    readonly bytes: number;
    readonly largest: readonly { path: string; bytes: number; how: string }[];
  };
  readonly build: BuildReport;
}

export interface BuildReport {
  readonly seconds: number;
  /** Of a second build with everything in the cache. */
  readonly cachedSeconds?: number;
  readonly failure?: {
    readonly cause: string;
    readonly message: string;
    readonly step?: string;
    readonly exitCode?: number;
    readonly log: readonly string[];
    /** All of the log. */
    readonly logFile?: string;
  };
}

/** Everything that formatters show of a verification. */
export interface VerificationReport {
  readonly verdict: Verdict;
  /** Why, in one sentence. */
  readonly reason: string;
  readonly engine: { readonly name: string; readonly version: string };
  readonly before: SideReport;
  readonly after: SideReport;
  readonly checks: readonly Check[];
  /** Largest class first. */
  readonly leftBehind: readonly LeftBehind[];
  /** What was not proved, or not looked at, and why. */
  readonly caveats: readonly string[];
}

const ORDER: readonly Outcome[] = ['same', 'changed', 'unknown', 'worse'];

/** The worst of some outcomes; `same` of none. */
export function worstOutcome(outcomes: Iterable<Outcome>): Outcome {
  let worst = 0;
  for (const outcome of outcomes) worst = Math.max(worst, ORDER.indexOf(outcome));
  return ORDER[worst] as Outcome;
}

/** Evidence with the worst first; otherwise in its order. */
export function sortEvidence(evidence: readonly Evidence[]): Evidence[] {
  return [...evidence].sort((a, b) => ORDER.indexOf(b.outcome) - ORDER.indexOf(a.outcome));
}

/** Makes a check of its evidence; `fine` is its summary when nothing worse than a known change was found. */
export function makeCheck(id: string, tier: Tier, fine: string, evidence: readonly Evidence[], caveat?: string): Check {
  const sorted = sortEvidence(evidence);
  const outcome = worstOutcome(sorted.map((item) => item.outcome));
  const bad = sorted.filter((item) => item.outcome === outcome);
  const more = bad.length > 1 ? ` (and ${bad.length - 1} more)` : '';
  const summary = outcome === 'worse' || outcome === 'unknown' ? `${bad[0]?.message}${more}` : fine;
  return { id, tier, outcome, summary, evidence: sorted, ...(caveat === undefined ? {} : { caveat }) };
}

/** What checks add up to: one that is worse decides, then one that could not tell. */
export function decideVerdict(checks: readonly Check[]): { verdict: Verdict; reason: string } {
  const outcome = worstOutcome(checks.map((check) => check.outcome));
  const first = checks.find((check) => check.outcome === outcome);
  if (first === undefined) return { verdict: 'unproven', reason: 'Nothing was checked' };
  if (outcome === 'worse') return { verdict: 'not equivalent', reason: first.summary };
  if (outcome === 'unknown') return { verdict: 'unproven', reason: first.summary };
  if (outcome === 'same') return { verdict: 'equivalent', reason: 'No check found a difference' };
  const changed = checks.filter((check) => check.outcome === 'changed').map((check) => check.id);
  return { verdict: 'equivalent with differences', reason: `Known differences in: ${changed.join(', ')}` };
}
