import type { LintReport, ReportedFinding } from '../lint/report.ts';
import { summarize } from './count.ts';

/** For programs; `schema/report.json` describes it. */
export function format(report: LintReport): string {
  const result = {
    version: report.version,
    files: report.files.map(({ path, findings, fixed, diff }) => ({
      path,
      findings: findings.map(toJson),
      fixed,
      ...(diff === undefined ? {} : { diff }),
    })),
    errors: report.errors,
    summary: summarize(report),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

function toJson({ ruleId, severity, message, start, end, startOffset, endOffset, fix, fingerprint }: ReportedFinding) {
  return {
    ruleId,
    severity,
    message,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    start: startOffset,
    end: endOffset,
    fingerprint,
    ...(fix && {
      fix: {
        title: fix.title,
        safety: fix.safety,
        edits: fix.edits.map((edit) => ({ start: edit.startOffset, end: edit.endOffset, text: edit.text })),
      },
    }),
  };
}
