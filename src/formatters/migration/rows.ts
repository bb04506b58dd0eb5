import type { MigrateReport, ReportedImage } from '../../migrate/report.ts';
import { provedTiers } from '../plan/proof.ts';

const ROLES: Readonly<Record<ReportedImage['role'], string>> = {
  sdk: 'what the builder stands on',
  build: 'the builder',
  before: 'the final image before',
  after: 'the final image now',
};

/** What an image is in the old way or the new. */
export const roleOf = ({ role }: ReportedImage): string => ROLES[role];

/** What the checks have shown of every final image. */
export function provedThings({ proof }: MigrateReport): string[] {
  return proof.status === 'verified' ? [...new Set(proof.verifications.flatMap(provedTiers))] : [];
}

/** What no check has shown. */
export function unprovedThings({ proof, outcome }: MigrateReport): string[] {
  if (proof.status === 'none') return outcome === 'migrated' ? [`nothing was built: ${proof.why}`] : [];
  return [...new Set(proof.verifications.flatMap(({ caveats }) => caveats))];
}

/** Everything that a verification found to differ. */
export function differences({ proof }: MigrateReport): string[] {
  if (proof.status === 'none') return [];
  const evidence = proof.verifications.flatMap(({ checks }) => checks.flatMap((check) => check.evidence));
  return evidence.filter(({ outcome }) => outcome !== 'same').map(({ message }) => message);
}
