import type { LintReport } from '../lint/report.ts';
import { escapeControls } from './escape.ts';

const WORDS = { error: 'error', warn: 'warning', info: 'note' } as const;

/** One finding a line, `file:line:column: severity: message [rule]`, as compilers print them and editors read them. */
export function format({ files, errors }: LintReport): string {
  const found = files.flatMap(({ path, findings }) =>
    findings.map(({ ruleId, severity, message, start }) =>
      escapeControls(`${path}:${start.line}:${start.column}: ${WORDS[severity]}: ${message} [${ruleId}]`),
    ),
  );
  const failed = errors.map(({ path, message }) => escapeControls(`${path}: error: ${message}`));
  return [...found, ...failed].map((line) => `${line}\n`).join('');
}
