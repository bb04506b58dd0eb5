import type { FileError, LintReport, ReportedFinding } from '../lint/report.ts';

const COMMANDS = { error: 'error', warn: 'warning', info: 'notice' } as const;

/** Workflow commands that GitHub Actions shows as annotations at the lines of a change. */
export function format(report: LintReport): string {
  const findings = report.files.flatMap(({ path, findings }) => findings.map((finding) => annotate(path, finding)));
  return [...findings, ...report.errors.map(annotateError)].map((line) => `${line}\n`).join('');
}

function annotate(path: string, { severity, message, ruleId, start, end }: ReportedFinding): string {
  // GitHub refuses a column range that spans lines.
  const columns = start.line === end.line ? { col: start.column, endColumn: end.column } : {};
  return command(
    COMMANDS[severity],
    { file: path, line: start.line, endLine: end.line, ...columns, title: ruleId },
    message,
  );
}

function annotateError({ path, message }: FileError): string {
  return command('error', { file: path, title: 'dockerfileopt' }, message);
}

function command(name: string, properties: Record<string, string | number>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name} ${list.join(',')}::${escapeMessage(message)}`;
}

const escapeMessage = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string) => escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
