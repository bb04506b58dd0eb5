import type { MigrateReport } from '../../migrate/report.ts';
import type { Palette } from '../formatter.ts';

/** Turns what `migrate` came to into the text that is printed. */
export type MigrationFormatter = (report: MigrateReport, palette: Palette) => string;
