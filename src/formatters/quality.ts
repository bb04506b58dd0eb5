import { createHash } from 'node:crypto';
import type { LintReport } from '../lint/report.ts';

const SEVERITIES = { error: 'critical', warn: 'major', info: 'minor' } as const;

interface Place {
  readonly line: number;
  readonly column: number;
}

/** What the services for code quality want to know of a finding. */
export interface QualityIssue {
  readonly check: string;
  readonly path: string;
  readonly message: string;
  readonly severity: 'critical' | 'major' | 'minor' | 'blocker';
  readonly start: Place;
  readonly end: Place;
  /** Is no other issue's, and stays while the flagged text stays; hexadecimal. */
  readonly fingerprint: string;
}

/** All findings, and every file that could not be linted. */
export function qualityIssues({ files, errors }: LintReport): QualityIssue[] {
  const found = files.flatMap(({ path, findings }) =>
    findings.map(
      ({ ruleId, severity, message, start, end, fingerprint }): QualityIssue => ({
        check: ruleId,
        path,
        message,
        severity: SEVERITIES[severity],
        start,
        end,
        fingerprint: digest(path, fingerprint),
      }),
    ),
  );
  const failed = errors.map(({ path, message }): QualityIssue => {
    const start = { line: 1, column: 1 };
    const fingerprint = digest(path, message);
    return { check: 'dockerfileopt', path, message, severity: 'blocker', start, end: start, fingerprint };
  });
  return [...found, ...failed];
}

/** Two files may hold the same finding. */
const digest = (path: string, key: string) => createHash('sha256').update(`${path}\n${key}`).digest('hex').slice(0, 32);
