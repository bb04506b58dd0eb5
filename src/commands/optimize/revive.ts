import type { BuildFailure } from '../../engines/engine.ts';
import type { Reference } from '../../optimize/types.ts';
import type { ReadImage, Side } from '../../verify/index.ts';
import { type Check, decideVerdict, makeCheck, type VerificationReport } from '../../verify/model.ts';
import type { Judge } from './prove.ts';

/** What is compared with the original all the same: what it says of itself, and what lies in it. */
const AGAINST_THE_ORIGINAL: ReadonlySet<string> = new Set(['build', 'config', 'lost-files', 'changed-files']);

/**
 * Judges rewrites of an original that may not start. One that does is compared with as always. With one that does not
 * there is nothing to compare, so the rewrite has to do what the same program does on the image that it was built on.
 */
export class ReviveJudge implements Judge {
  readonly #original: Judge;
  readonly #revived: Judge;
  readonly #reference: Reference;

  constructor(original: Judge, revived: Judge, reference: Reference) {
    this.#original = original;
    this.#revived = revived;
    this.#reference = reference;
  }

  original(): Promise<ReadImage | BuildFailure> {
    return this.#original.original();
  }

  async judge(rewrite: Side): Promise<VerificationReport> {
    const plain = await this.#original.judge(rewrite);
    const death = plain.checks.flatMap(({ evidence }) => evidence).find(isRevived);
    const isBad = plain.checks.some(
      ({ tier, outcome }) => isAtRest(tier) && outcome !== 'same' && outcome !== 'changed',
    );
    if (death === undefined || isBad) return plain;
    const stood = await this.#revived.judge(rewrite);
    if (!stood.checks.some(({ tier }) => tier === 'starts')) {
      const why = stood.before.build.failure ? ', which does not build' : '';
      return { ...plain, caveats: [...plain.caveats, `The reference is ${this.#reference.image}${why}`] };
    }
    const message = `${death.message.replace(/: there is nothing to compare it with$/, '')}, as the same program does on ${this.#reference.image}`;
    const revived: Check = makeCheck('revived', 'starts', '', [{ outcome: 'changed', message }]);
    const checks = [
      ...plain.checks.filter(({ id }) => AGAINST_THE_ORIGINAL.has(id)),
      ...stood.checks.filter(({ id }) => !AGAINST_THE_ORIGINAL.has(id)),
      revived,
    ];
    const caveats = [...new Set([...plain.caveats, ...stood.caveats])];
    return { ...plain, ...decideVerdict(checks), checks, caveats };
  }
}

function isRevived({ cause }: Check['evidence'][number]): boolean {
  return cause?.kind === 'behaviour' && cause.what === 'revived';
}

function isAtRest(tier: Check['tier']): boolean {
  return tier === 'builds' || tier === 'closes';
}
