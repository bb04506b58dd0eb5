import type { Position } from '../dockerfile/index.ts';
import type { Finding, FixSafety, Rule } from './types.ts';

/** One edit of a fix as a report shows it. */
export interface ReportedEdit {
  readonly start: Position;
  readonly end: Position;
  /** UTF-16 offsets into the file, a byte order mark included. */
  readonly startOffset: number;
  readonly endOffset: number;
  readonly text: string;
}

/** A finding with everything a formatter needs; the end is exclusive. */
export interface ReportedFinding {
  readonly ruleId: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly start: Position;
  readonly end: Position;
  readonly startOffset: number;
  readonly endOffset: number;
  readonly fix?: { readonly title: string; readonly safety: FixSafety; readonly edits: readonly ReportedEdit[] };
  /** Stays the same while the flagged text stays the same, wherever it moves in the file; hexadecimal. */
  readonly fingerprint: string;
}

/** What was found in one file, and done to it. */
export interface ReportedFile {
  /** As given or found, with forward slashes, relative to the working folder where it lies below it. */
  readonly path: string;
  /** What remains; with `--fix`, after the fixes. */
  readonly findings: readonly ReportedFinding[];
  /** How many fixes were applied. */
  readonly fixed: number;
  /** Unified diff of the fixes, when asked for. */
  readonly diff?: string;
  /** The flagged lines by number, for formats that show code. */
  readonly lines: ReadonlyMap<number, string>;
}

/** A file that could not be read, or written back. */
export interface FileError {
  readonly path: string;
  readonly message: string;
}

/** The result of a lint run, as formatters see it. */
export interface LintReport {
  readonly version: string;
  readonly files: readonly ReportedFile[];
  readonly errors: readonly FileError[];
  /** The rules that ran, for formats that list them. */
  readonly rules: readonly Pick<Rule, 'id' | 'aliases' | 'severity' | 'fixable' | 'summary' | 'why'>[];
}
