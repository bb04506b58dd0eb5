import type { FileError, LintReport, ReportedFile } from '../lint/report.ts';
import { plural, summarize } from './count.ts';
import { code, details, prose, text } from './markup.ts';

const SYMBOLS = { error: '❌', warn: '⚠️', info: 'ℹ️' } as const;
/** Comments on pull requests hold 65,536 characters. */
const MOST_FINDINGS = 200;

/** For pull requests: the counts, then a table a file. */
export function format(report: LintReport): string {
  const { errors, warnings, infos, safelyFixable, unsafelyFixable, fixed } = summarize(report);
  const total = errors + warnings + infos;
  const counts = [plural(errors, 'error'), plural(warnings, 'warning'), plural(infos, 'info')].join(', ');
  const head =
    total === 0 ? '### ✅ No problems' : `### ${errors > 0 ? '❌' : '⚠️'} ${plural(total, 'problem')}: ${counts}`;
  const fixes = [
    fixed > 0 ? `${plural(fixed, 'problem')} fixed.` : '',
    safelyFixable > 0 ? `${safelyFixable} of them can be repaired with ${code('--fix')}.` : '',
    unsafelyFixable > 0 ? `${unsafelyFixable} with ${code('--fix-unsafe')}.` : '',
  ].filter((sentence) => sentence !== '');
  let left = MOST_FINDINGS;
  const tables = report.files
    .filter(({ findings }) => findings.length > 0)
    .map((file) => {
      const shown = file.findings.slice(0, Math.max(0, left));
      left -= shown.length;
      return details(`${file.path}: ${plural(file.findings.length, 'problem')}`, table(file, shown));
    });
  return [head, fixes.join(' '), ...tables, failures(report.errors)]
    .filter((block) => block !== '')
    .map((block) => `${block}\n`)
    .join('\n');
}

function table({ findings }: ReportedFile, shown: ReportedFile['findings']): string {
  const rows = shown.map(
    ({ start, severity, message, ruleId }) =>
      `| ${start.line}:${start.column} | ${SYMBOLS[severity]} | ${prose(message)} | ${code(ruleId)} |`,
  );
  if (shown.length < findings.length) rows.push(`| | | … ${findings.length - shown.length} more | |`);
  return ['| line | | | rule |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function failures(errors: readonly FileError[]): string {
  if (errors.length === 0) return '';
  return ['**Not linted**', '', ...errors.map(({ path, message }) => `- ${code(path)}: ${text(message)}`)].join('\n');
}
