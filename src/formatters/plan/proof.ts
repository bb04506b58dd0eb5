import type { OptimizeReport } from '../../optimize/report.ts';
import type { Tier, VerificationReport } from '../../verify/model.ts';
import { formatBytes, formatRatio, formatSaved } from './numbers.ts';

const TIERS: Readonly<Record<Tier, string>> = {
  builds: 'both build',
  closes: 'everything that is started, linked or named is in the image',
  starts: 'both start alike',
  behaves: 'both answer alike',
};

const REVIVED = 'the rewrite does what its program does on the image that it was built on';

/** What the checks have shown, tier by tier. */
export function provedTiers({ checks }: Pick<VerificationReport, 'checks'>): string[] {
  const tiers = Object.keys(TIERS) as Tier[];
  // The original could not be started; the rewrite was compared with what its program does elsewhere.
  const isRevived = checks.some(({ id }) => id === 'revived');
  const shown = isRevived ? { ...TIERS, starts: REVIVED, behaves: REVIVED } : TIERS;
  return tiers.flatMap((tier) => {
    const count = checks.filter((check) => check.tier === tier).length;
    return count === 0 ? [] : [`${tier}: ${shown[tier]} (${count} ${count === 1 ? 'check' : 'checks'})`];
  });
}

/** What no check has shown. */
export function unprovedThings({ proof, plan }: OptimizeReport): string[] {
  const assumed = (plan?.assumptions ?? []).filter(({ isUnproved }) => isUnproved).map(({ sentence }) => sentence);
  if (proof.status === 'none') return [`nothing was built: ${proof.why}`, ...assumed];
  const { checks, caveats } = proof.verification;
  const silent = checks.some(({ tier }) => tier === 'behaves')
    ? []
    : ['behaves: nothing was asked of it; --run COMMAND compares what a command of yours does'];
  return [...silent, ...caveats, ...assumed];
}

/** The rows of the size table; undefined where a size is not known. */
export function sizeRow({ proof }: OptimizeReport): readonly [string, string, string, string] | undefined {
  if (proof.status !== 'verified') return undefined;
  const { before, after } = proof.verification;
  if (before.bytes === undefined || after.bytes === undefined) return undefined;
  return [
    formatBytes(before.bytes),
    formatBytes(after.bytes),
    formatSaved(before.bytes, after.bytes),
    formatRatio(before.bytes, after.bytes),
  ];
}
