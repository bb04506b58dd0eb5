import type { Document } from '../../dockerfile/index.ts';
import type { BuildFailure, Engine } from '../../engines/engine.ts';
import { type Plan, type Rewritten, rewritten } from '../../optimize/index.ts';
import { type Attempt, type Cause, Ladder, withoutNeeds } from '../../optimize/ladder.ts';
import type { ReportedAttempt } from '../../optimize/report.ts';
import type { Need } from '../../optimize/types.ts';
import type { Side, VerificationReport, Verifier } from '../../verify/index.ts';
import { findCauses } from './causes.ts';

/** What real builds say of a rewrite. */
export type Proved =
  /** `rewrite` may be another than the one that was planned. */
  | {
      readonly kind: 'proved';
      readonly rewrite: Rewritten;
      readonly verification: VerificationReport;
      readonly attempts: readonly ReportedAttempt[];
    }
  | { readonly kind: 'refuted'; readonly attempts: readonly ReportedAttempt[] }
  | { readonly kind: 'original-fails'; readonly failure: BuildFailure };

/** What may happen while candidates are tried. */
export interface Listener {
  trying?(image: string, remedies: readonly string[]): void;
  failed?(image: string, why: string): void;
}

/** What judges candidates: a Verifier, or a stand-in for one. */
export type Judge = Pick<Verifier, 'original' | 'judge'>;

/** Builds past which there is no hope left. */
const MOST_BUILDS = 24;

/** Tries the candidates of a plan, smallest first, until one stands the comparison with the original. */
export async function prove(
  document: Document,
  { plan }: Rewritten,
  judge: Judge,
  engine: Engine,
  side: Omit<Side, 'text'>,
  listener: Listener = {},
): Promise<Proved> {
  const original = await judge.original();
  if ('ok' in original) return { kind: 'original-fails', failure: original };
  const search = new Search(document, plan);
  for (let builds = 0; search.current && builds < MOST_BUILDS; builds += 1) {
    const { current } = search;
    const { image } = current.plan.runtime;
    listener.trying?.(image, search.attempts.at(-1)?.remedies ?? []);
    const verification = await judge.judge({ ...side, text: current.text, isBuildOnly: buildOnly(current.plan) });
    search.remember(verification.after.bytes);
    if (isProved(verification)) return { kind: 'proved', rewrite: current, verification, attempts: search.attempts };
    search.fail(await findCauses(verification, original, engine));
    const failure = search.attempts.findLast((attempt) => attempt.image === image)?.failure;
    if (failure !== undefined) listener.failed?.(image, failure);
  }
  return { kind: 'refuted', attempts: search.attempts };
}

/** What the plan has looked through, and knows that only the build reads. */
function buildOnly({ leftBehind }: Plan): (path: string) => boolean {
  const known = leftBehind.filter(({ role }) => role === 'source' || role === 'test' || role === 'document');
  const paths = new Set(known.map(({ path }) => path.replace(/\/$/, '')));
  return (path) => {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) if (paths.has(at)) return true;
    return false;
  };
}

/** Both were started, and no check found anything worse or unknown. */
export function isProved({ verdict, checks }: VerificationReport): boolean {
  const isGood = verdict === 'equivalent' || verdict === 'equivalent with differences';
  return isGood && checks.some(({ tier }) => tier === 'starts');
}

/** By which cause a possible need shows. */
const SHOWN_BY: Partial<Record<Cause['kind'], Need['kind']>> = {
  'missing-tmp': 'tmp',
  'missing-zoneinfo': 'zoneinfo',
  'missing-ca': 'ca',
  'missing-account': 'accounts',
  'missing-shell': 'shell',
};

/** What to say of a candidate that shows that a need is real. */
const SHOWN: Partial<Record<Need['kind'], string>> = {
  tmp: 'there is no /tmp',
  zoneinfo: 'time zones are missing',
  ca: 'certificates are missing',
  accounts: 'accounts are missing',
  shell: 'there is no shell',
};

/**
 * The ladder, begun without the needs that are only possible: what was built tells which of them are real, and with these
 * it is begun again.
 */
class Search {
  readonly #document: Document;
  readonly #planned: Plan;
  readonly #doubted: Set<Need['kind']>;
  readonly #done: ReportedAttempt[] = [];
  readonly #bytes = new Map<string, number>();
  #ladder: Ladder;
  /** What the first candidate of the ladder has got before it was begun again. */
  #remedies: readonly string[] = [];

  constructor(document: Document, plan: Plan) {
    this.#document = document;
    this.#planned = plan;
    this.#doubted = new Set(plan.needs.flatMap(({ kind, isPossible }) => (isPossible ? [kind] : [])));
    this.#ladder = this.#begin(plan);
  }

  /** The rewrite to try. */
  get current(): Rewritten | undefined {
    const { current } = this.#ladder;
    return current && this.#done.some(({ image }) => image === current.plan.runtime.image) ? undefined : current;
  }

  /** All that were tried, the one at hand last. */
  get attempts(): readonly ReportedAttempt[] {
    const own = this.current ? this.#ladder.attempts : this.#ladder.attempts.filter(({ failure }) => failure);
    const attempts = own.map((attempt, index) => this.#report(attempt, index === 0 ? this.#remedies : []));
    return [...this.#done, ...attempts];
  }

  /** The size of the image that the current rewrite gave. */
  remember(bytes: number | undefined): void {
    const image = this.current?.plan.runtime.image;
    if (image !== undefined && bytes !== undefined) this.#bytes.set(image, bytes);
  }

  fail(causes: readonly Cause[]): void {
    const shown = causes.flatMap(({ kind }) => SHOWN_BY[kind] ?? []).filter((need) => this.#doubted.has(need));
    if (shown.length === 0) {
      this.#ladder.fail(causes);
      return;
    }
    for (const need of shown) this.#doubted.delete(need);
    const attempts = this.attempts;
    const last = attempts.at(-1)!;
    const gone = new Set(attempts.slice(0, -1).map(({ image }) => image));
    const { copies, leftBehind } = this.#ladder.current!.plan;
    const options = this.#planned.options.filter(({ image }) => !gone.has(image));
    this.#ladder = this.#begin({ ...this.#planned, options, copies, leftBehind });
    const why = SHOWN[shown[0]!] ?? shown[0]!;
    this.#done.splice(0, this.#done.length, ...attempts.slice(0, -1));
    if (this.#ladder.current?.plan.runtime.image === last.image) {
      this.#remedies = [...last.remedies, `what it lacks, because ${why}`];
    } else {
      this.#done.push({ ...last, failure: why });
      this.#remedies = [];
    }
  }

  #begin(plan: Plan): Ladder {
    return new Ladder(this.#document, rewritten(this.#document, withoutNeeds(plan, [...this.#doubted])));
  }

  #report({ image, remedies, failure }: Attempt, before: readonly string[]): ReportedAttempt {
    const bytes = this.#bytes.get(image);
    return {
      image,
      remedies: [...before, ...remedies],
      ...(failure === undefined ? {} : { failure }),
      ...(bytes === undefined ? {} : { bytes }),
    };
  }
}
