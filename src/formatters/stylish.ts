import type { LintReport, ReportedFile, ReportedFinding } from '../lint/report.ts';
import { plural, type Summary, summarize } from './count.ts';
import { escapeControls } from './escape.ts';
import type { Palette } from './formatter.ts';

/** A longer message than this does not push the rule ids of the others aside. */
const WIDEST_MESSAGE = 100;

/** For people: the findings under each file's name, a count at the end. */
export function format(report: LintReport, palette: Palette): string {
  const blocks = report.files.map((file) => formatFile(file, palette)).filter((block) => block !== '');
  const totals = formatTotals(summarize(report), palette);
  return [...blocks, ...(totals === '' ? [] : [totals])].map((block) => `${block}\n`).join('\n');
}

function formatFile({ path, findings, diff }: ReportedFile, palette: Palette): string {
  const parts: string[] = [];
  if (findings.length > 0) {
    parts.push([palette.underline(escapeControls(path)), ...formatFindings(findings, palette)].join('\n'));
  }
  if (diff) parts.push(formatDiff(diff, palette));
  return parts.join('\n\n');
}

function formatFindings(findings: readonly ReportedFinding[], palette: Palette): string[] {
  const words = { error: palette.red('error  '), warn: palette.yellow('warning'), info: palette.cyan('info   ') };
  const rows = findings.map(({ start, severity, message, ruleId }) => ({
    line: String(start.line),
    column: String(start.column),
    severity: words[severity],
    message: escapeControls(message),
    ruleId: palette.dim(ruleId),
  }));
  const width = (key: 'line' | 'column' | 'message', most: number) =>
    rows.reduce((widest, row) => Math.max(widest, row[key].length <= most ? row[key].length : 0), 0);
  const [lineWidth, columnWidth, messageWidth] = [
    width('line', 9),
    width('column', 9),
    width('message', WIDEST_MESSAGE),
  ];
  return rows.map(({ line, column, severity, message, ruleId }) => {
    const place = palette.dim(`${line.padStart(lineWidth)}:${column.padEnd(columnWidth)}`);
    return `  ${place}  ${severity}  ${message.padEnd(messageWidth)}  ${ruleId}`;
  });
}

/** The file's own text stays as it is, so that what is printed without colour can be fed to `git apply`. */
function formatDiff(diff: string, palette: Palette): string {
  const lines = diff.replace(/\n$/, '').split('\n');
  return lines
    .map((line) => {
      if (/^(---|\+\+\+) /.test(line)) return palette.bold(line);
      if (line.startsWith('@@')) return palette.cyan(line);
      if (line.startsWith('-')) return palette.red(line);
      return line.startsWith('+') ? palette.green(line) : line;
    })
    .join('\n');
}

function formatTotals(summary: Summary, palette: Palette): string {
  const { errors, warnings, infos, safelyFixable, unsafelyFixable, fixed } = summary;
  const lines: string[] = [];
  if (fixed > 0) lines.push(palette.green(`✔ ${plural(fixed, 'problem')} fixed`));
  const total = errors + warnings + infos;
  if (total === 0) return lines.join('\n');
  const kinds = [plural(errors, 'error'), plural(warnings, 'warning'), ...(infos > 0 ? [plural(infos, 'info')] : [])];
  const paint = errors > 0 ? palette.red : palette.yellow;
  lines.push(palette.bold(paint(`✖ ${plural(total, 'problem')} (${kinds.join(', ')})`)));
  const fixes = [
    ...(safelyFixable > 0 ? [`${safelyFixable} fixable with --fix`] : []),
    ...(unsafelyFixable > 0 ? [`${unsafelyFixable} with --fix-unsafe`] : []),
  ];
  if (fixes.length > 0) lines.push(palette.dim(`  ${fixes.join(', ')}`));
  return lines.join('\n');
}
