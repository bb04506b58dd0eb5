import type { LintReport } from '../lint/report.ts';
import { qualityIssues } from './quality.ts';

/** A code quality report of GitLab: what a merge request shows at its lines. */
export function format(report: LintReport): string {
  const issues = qualityIssues(report).map(({ check, path, message, severity, start, end, fingerprint }) => ({
    description: message,
    check_name: check,
    fingerprint,
    severity,
    location: { path, lines: { begin: start.line, end: end.line } },
  }));
  return `${JSON.stringify(issues, null, 2)}\n`;
}
