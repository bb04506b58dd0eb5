import type { LintReport } from '../lint/report.ts';

/** The styles that output may carry; without colour every one of them returns the text as it is. */
export type Palette = Record<
  'bold' | 'dim' | 'underline' | 'red' | 'yellow' | 'cyan' | 'green',
  (text: string) => string
>;

/** Turns a report into the text that is printed; empty when there is nothing to say. Ends with a line end otherwise. */
export type Formatter = (report: LintReport, palette: Palette) => string;

const same = (text: string) => text;

/** No colour at all. */
export const plain: Palette = {
  bold: same,
  dim: same,
  underline: same,
  red: same,
  yellow: same,
  cyan: same,
  green: same,
};
