import type { MigrateReport, ReportedImage } from '../../migrate/report.ts';
import type { SideReport } from '../../verify/model.ts';
import { provedTiers } from '../plan/proof.ts';
import { showCreatedBy, showSize } from '../verification/figures.ts';

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

/** The layers of a final image, the newest first, as `docker history` lists them. */
export interface LayerTable {
  readonly title: string;
  readonly rows: readonly (readonly [createdBy: string, size: string, origin: '' | 'base'])[];
}

/** Of every final image what it was and what it is. */
export function layerTables({ proof }: MigrateReport): LayerTable[] {
  if (proof.status === 'none') return [];
  const table = (when: string, { dockerfile, layers }: SideReport): LayerTable => ({
    title: `Layers of ${dockerfile} ${when}`,
    rows: [...layers].reverse().map((row) => [clip(showCreatedBy(row)), showSize(row.bytes), row.base ? 'base' : '']),
  });
  const tables = proof.verifications.flatMap(({ before, after }) => [table('before', before), table('now', after)]);
  return tables.filter(({ rows }) => rows.length > 0);
}

const clip = (text: string) => (text.length > 90 ? `${text.slice(0, 89)}…` : text);
