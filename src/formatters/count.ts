import type { LintReport, ReportedFinding } from '../lint/report.ts';

/** The totals of a report. */
export interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** Findings that `--fix` repairs. */
  readonly safelyFixable: number;
  /** Findings that only `--fix-unsafe` repairs. */
  readonly unsafelyFixable: number;
  /** Fixes applied. */
  readonly fixed: number;
}

/** Adds up what a report holds. */
export function summarize(report: LintReport): Summary {
  const findings = report.files.flatMap((file) => file.findings);
  const count = (matches: (finding: ReportedFinding) => boolean) => findings.filter(matches).length;
  return {
    errors: count(({ severity }) => severity === 'error'),
    warnings: count(({ severity }) => severity === 'warn'),
    infos: count(({ severity }) => severity === 'info'),
    safelyFixable: count(({ fix }) => fix?.safety === 'safe'),
    unsafelyFixable: count(({ fix }) => fix?.safety === 'unsafe'),
    fixed: report.files.reduce((sum, { fixed }) => sum + fixed, 0),
  };
}

/** `1 error`, `2 errors`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
