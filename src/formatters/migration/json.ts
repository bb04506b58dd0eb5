import type { MigrateReport } from '../../migrate/report.ts';

/** For programs; `schema/migrate.json` describes it. */
export function format(report: MigrateReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
