import type { VerificationReport } from '../../verify/model.ts';
import type { Palette } from '../formatter.ts';

/** A verification and who made it. */
export interface Verification {
  /** Of dockerfileopt. */
  readonly version: string;
  readonly report: VerificationReport;
}

/** Turns a verification into the text that is printed. */
export type VerificationFormatter = (verification: Verification, palette: Palette) => string;
