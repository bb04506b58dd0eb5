import type { OptimizeReport } from '../../optimize/report.ts';
import type { Palette } from '../formatter.ts';

/** Turns what `optimize` came to into the text that is printed. */
export type PlanFormatter = (report: OptimizeReport, palette: Palette) => string;
