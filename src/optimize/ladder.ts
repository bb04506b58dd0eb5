import type { Document } from '../dockerfile/index.ts';
import { systemOf } from '../lint/facts/systems.ts';
import { rewritten } from './optimize.ts';
import { weighRuntimes } from './runtimes.ts';
import type { Candidate, Need, Plan, Rewritten, Supply } from './types.ts';

/** What is wrong with a candidate that was built, as far as there may be a remedy. */
export type Cause =
  /** `owner`: the package of the original image that the library is from; `path`: where it lies there. */
  | {
      readonly kind: 'missing-library';
      readonly name: string;
      readonly path?: string;
      readonly owner?: { readonly manager: string; readonly name: string };
    }
  | { readonly kind: 'missing-ca' }
  /** `path`: the file or folder of time zones that the original has. */
  | { readonly kind: 'missing-zoneinfo'; readonly path?: string }
  | { readonly kind: 'missing-account'; readonly name: string }
  | { readonly kind: 'missing-tmp' }
  | { readonly kind: 'missing-shell' }
  /** `owner`: the package of the original image that the program is from. */
  | {
      readonly kind: 'missing-program';
      readonly name: string;
      readonly owner?: { readonly manager: string; readonly name: string };
    }
  /** A package of the original image whose programs may be started. */
  | { readonly kind: 'missing-package'; readonly manager: string; readonly name: string }
  | { readonly kind: 'symbol-too-new'; readonly library: string; readonly version: string }
  /** A file that the original reads at run time. */
  | { readonly kind: 'missing-file'; readonly path: string; readonly isFolder?: boolean }
  | { readonly kind: 'image-unavailable' }
  /** Nothing that is known helps; `what` is a clause. */
  | { readonly kind: 'unexplained'; readonly what: string };

/** One candidate that was tried, and what became of it. */
export interface Attempt {
  readonly image: string;
  /** What was added on the way, as clauses. */
  readonly remedies: readonly string[];
  /** Why it was given up; undefined for the one at hand. */
  readonly failure: string | undefined;
}

/** Rounds of remedies for one candidate; then something else is wrong. */
const MOST_REMEDIES = 6;

/**
 * The ladder of candidates with the repair loop, driven by whoever can build: build and verify `current`, then either
 * keep it or tell `fail` why it is not good, which goes to the next rewrite to try, or to undefined when none is left.
 */
export class Ladder {
  readonly #document: Document;
  readonly #attempts: { image: string; remedies: string[]; failure: string | undefined }[] = [];
  #current: Rewritten | undefined;

  constructor(document: Document, first: Rewritten) {
    this.#document = document;
    this.#start(first);
  }

  /** The rewrite to build; undefined when no candidate is left. */
  get current(): Rewritten | undefined {
    return this.#current;
  }

  /** In the order in which they were tried. */
  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** Takes in why the current rewrite is not good; gives the next one to try. */
  fail(causes: readonly Cause[]): Rewritten | undefined {
    const plan = this.#current?.plan;
    const attempt = this.#attempts.at(-1);
    if (!plan || !attempt) return undefined;
    let repaired: Plan = plan;
    for (const cause of causes) {
      const remedy = remedyFor(repaired, cause);
      if (remedy.kind === 'next' || attempt.remedies.length >= MOST_REMEDIES) {
        attempt.failure = remedy.kind === 'next' ? remedy.why : 'what was added did not help';
        return this.#next(repaired);
      }
      attempt.remedies.push(remedy.what);
      repaired = remedy.plan;
    }
    if (causes.length === 0) {
      attempt.failure = 'it is not equivalent';
      return this.#next(repaired);
    }
    this.#current = rewritten(this.#document, repaired);
    return this.#current;
  }

  /** The next rung that nothing speaks against; files that a smaller one was found to need stay in the plan. */
  #next(plan: Plan): Rewritten | undefined {
    const tried = new Set(this.#attempts.map(({ image }) => image));
    const candidate = plan.ladder.find(({ image, lacks }) => lacks.length === 0 && !tried.has(image));
    if (candidate) this.#start(rewritten(this.#document, { ...plan, runtime: candidate }));
    else this.#current = undefined;
    return this.#current;
  }

  #start(rewrite: Rewritten): void {
    this.#current = rewrite;
    this.#attempts.push({ image: rewrite.plan.runtime.image, remedies: [], failure: undefined });
  }
}

/** A changed plan to try again, or the next candidate. */
export type Remedy =
  | { readonly kind: 'retry'; readonly plan: Plan; readonly what: string }
  | { readonly kind: 'next'; readonly why: string };

/** What can be done about a cause with the plan's runtime. */
export function remedyFor(plan: Plan, cause: Cause): Remedy {
  const next = (why: string): Remedy => ({ kind: 'next', why });
  switch (cause.kind) {
    case 'missing-library':
      if (cause.owner && hasPackages(plan.runtime, cause.owner.manager)) {
        return supplied(plan, { kind: 'install', packages: [cause.owner.name], why: `${cause.name} is linked` });
      }
      return cause.path === undefined
        ? next(`${cause.name} is missing`)
        : copied(plan, cause.path, `${cause.name} is linked`);
    case 'missing-ca':
      return supplied(plan, {
        kind: 'copy',
        path: '/etc/ssl/certs/ca-certificates.crt',
        why: 'certificates are verified',
      });
    case 'missing-zoneinfo':
      return cause.path === undefined
        ? next('time zones are missing')
        : copied(plan, cause.path, 'time zones are needed');
    case 'missing-account':
      return supplied(
        plan,
        ...['/etc/passwd', '/etc/group'].map(
          (path) => ({ kind: 'copy', path, why: `the account ${cause.name} is needed` }) as const,
        ),
      );
    case 'missing-file':
      return copied(plan, cause.path, 'the original reads it at run time', cause.isFolder);
    case 'missing-tmp':
      return next('there is no /tmp');
    case 'missing-shell':
      return next('there is no shell');
    case 'missing-program':
      return cause.owner && hasPackages(plan.runtime, cause.owner.manager)
        ? supplied(plan, { kind: 'install', packages: [cause.owner.name], why: `\`${cause.name}\` is started` })
        : next(`\`${cause.name}\` is missing`);
    case 'missing-package':
      return hasPackages(plan.runtime, cause.manager)
        ? supplied(plan, { kind: 'install', packages: [cause.name], why: 'its programs may be started' })
        : next(`the package ${cause.name} is missing`);
    case 'symbol-too-new':
      return next(`${cause.library} has no ${cause.version}`);
    case 'image-unavailable':
      return next('the image cannot be had');
    case 'unexplained':
      return next(cause.what);
  }
}

/** Whether the image installs packages with the manager that the original has, so that they have the same names. */
function hasPackages({ image }: Candidate, manager: string): boolean {
  if (/scratch|distroless|chainguard|chiseled/.test(image)) return false;
  return /alpine/.test(image) ? manager === 'apk' : manager === 'apt';
}

function supplied(plan: Plan, ...supplies: readonly Supply[]): Remedy {
  const key = (supply: Supply) => JSON.stringify({ ...supply, why: '' });
  const known = new Set(plan.runtime.supplies.map(key));
  const added = supplies.filter((supply) => !known.has(key(supply)));
  if (added.length === 0) return { kind: 'next', why: `what was added did not help: ${supplies[0]!.why}` };
  const runtime = { ...plan.runtime, supplies: [...plan.runtime.supplies, ...added] };
  const names = added.map((supply) =>
    supply.kind === 'copy' ? supply.path : supply.kind === 'install' ? supply.packages.join(' ') : supply.name,
  );
  return { kind: 'retry', plan: { ...plan, runtime }, what: `${names.join(' and ')}, because ${added[0]!.why}` };
}

function copied(plan: Plan, path: string, why: string, isFolder = false): Remedy {
  if (plan.copies.some((copy) => copy.path === path))
    return { kind: 'next', why: `${path} was added, and did not help` };
  // What the final stage brought from elsewhere does not lie at the same path in the stage that it copies from.
  if (plan.isRebase && plan.stage.baseStage === undefined) return { kind: 'next', why: `${path} is missing` };
  const copies = [...plan.copies, { path, why, isFolder }];
  const leftBehind = plan.leftBehind.filter((left) => left.path !== path);
  return { kind: 'retry', plan: { ...plan, copies, leftBehind }, what: `${path}, because ${why}` };
}

/**
 * The plan when what was built shows that some possible needs are none, such as the function table of a Go program: a
 * smaller rung may do now.
 */
export function withoutNeeds(plan: Plan, kinds: readonly Need['kind'][]): Plan {
  const needs = plan.needs.filter(({ kind, isPossible }) => !isPossible || !kinds.includes(kind));
  const ladder = weighRuntimes(systemOf(plan.builtOn), plan.options, needs, plan.choice);
  return { ...plan, needs, ladder, runtime: ladder.find(({ lacks }) => lacks.length === 0) ?? plan.runtime };
}
