import type { LintReport, ReportedFinding } from '../lint/report.ts';
import { element, xmlDocument } from './xml.ts';

const SEVERITIES = { error: 'error', warn: 'warning', info: 'info' } as const;

/** The XML of Checkstyle, which most build servers read. Columns count from 1. */
export function format({ files, errors }: LintReport): string {
  const found = files.map(({ path, findings }) => element('file', { name: path }, findings.map(describe)));
  const failed = errors.map(({ path, message }) => {
    const attributes = { line: 1, column: 1, severity: 'error', message, source: 'dockerfileopt' };
    return element('file', { name: path }, [element('error', attributes)]);
  });
  return xmlDocument(element('checkstyle', { version: '4.3' }, [...found, ...failed]));
}

function describe({ ruleId, severity, message, start }: ReportedFinding): string {
  const source = `dockerfileopt.${ruleId}`;
  return element('error', {
    line: start.line,
    column: start.column,
    severity: SEVERITIES[severity],
    message,
    source,
  });
}
