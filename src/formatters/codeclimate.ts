import type { LintReport } from '../lint/report.ts';
import { qualityIssues } from './quality.ts';

/** What an engine of Code Climate prints: one issue after the other, each ended by a zero byte. */
export function format(report: LintReport): string {
  const bodies = new Map(report.rules.map(({ id, why }) => [id, why]));
  return qualityIssues(report)
    .map(({ check, path, message, severity, start, end, fingerprint }) => {
      const body = bodies.get(check);
      const issue = {
        type: 'issue',
        check_name: check,
        description: message,
        ...(body !== undefined && { content: { body } }),
        categories: ['Style'],
        location: { path, positions: { begin: place(start), end: place(end) } },
        severity,
        fingerprint,
      };
      return `${JSON.stringify(issue)}\0\n`;
    })
    .join('');
}

const place = ({ line, column }: { line: number; column: number }) => ({ line, column });
