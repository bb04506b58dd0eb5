import type { OptimizeReport, ReportedPlan } from '../../optimize/report.ts';
import { escapeControls } from '../escape.ts';
import type { Palette } from '../formatter.ts';
import { formatBytes } from './numbers.ts';
import { provedTiers, sizeRow, unprovedThings } from './proof.ts';

/** Paths of one reason that are named before the rest is only counted. */
const MOST_PATHS = 4;

/** For people: the outcome in one sentence, the plan, what is proved, and the diff. */
export function format(report: OptimizeReport, palette: Palette): string {
  const { path, outcome, summary, declined, plan, attempts, diff, written } = report;
  const colour = { rewritten: palette.green, declined: palette.yellow, 'already-good': palette.green }[outcome];
  const place = declined ? `:${declined.start.line}:${declined.start.column}` : '';
  const lines = [`${palette.bold(escapeControls(path))}${place}: ${colour(escapeControls(summary))}`];
  const print = (title: string, rows: readonly (readonly string[])[]) => lines.push(...section(title, rows, palette));
  const size = sizeRow(report);
  if (size) print('Size', [['before', 'after', 'saved', ''], size]);
  if (plan) printPlan(plan, print);
  if (attempts.length > 1 || attempts.some(({ failure, remedies }) => failure || remedies.length > 0)) {
    print('Tried', attempts.map(describeAttempt));
  }
  if (report.proof.status === 'verified') {
    const { verification } = report.proof;
    const left = verification.leftBehind.map((item) => [item.class, `${item.files} files`, formatBytes(item.bytes)]);
    print('Not in the new image', left);
    print(
      'Proved',
      provedTiers(verification).map((text) => [text]),
    );
  }
  if (plan) {
    print(
      'Not proved',
      unprovedThings(report).map((text) => [text]),
    );
  }
  if (declined?.log)
    print(
      'The log ends',
      declined.log.slice(-20).map((line) => [line]),
    );
  if (written !== undefined) lines.push('', `Written to ${escapeControls(written)}`);
  const shown = diff === undefined ? '' : `\n${colourDiff(diff, palette)}`;
  return `${lines.join('\n')}\n${shown}`;
}

type Print = (title: string, rows: readonly (readonly string[])[]) => void;

function printPlan(plan: ReportedPlan, print: Print): void {
  const reasoned = (items: readonly { text: string; why: string }[]) => items.map(({ text, why }) => [text, why]);
  print(
    'Stages',
    plan.stages.map(({ name, base, what }) => [name || '(last)', base, what]),
  );
  const { image, why = '', asked } = plan.runtime;
  print('Runtime', [[image, asked === 'auto' ? why : `${asked} was asked for`]]);
  print(
    'Not fit',
    plan.unfit.map((item) => [item.image, item.lacks.join('; ')]),
  );
  print(
    'Copied',
    plan.copies.map(({ path, owner, why }) => [owner === undefined ? path : `${path} (${owner})`, why]),
  );
  print('Packages', reasoned(plan.packages));
  print('Variables', reasoned(plan.variables));
  print(plan.recipe === 'repair' ? 'Repaired' : 'Build changes', reasoned(plan.changes));
  print('Last steps', reasoned(plan.steps));
  print('Configuration', reasoned(plan.configuration));
  print(
    'Left behind',
    plan.leftBehind.map((item) => [item.class, listPaths(item.paths), item.why]),
  );
  const assumed = plan.assumptions.filter(({ isUnproved }) => !isUnproved);
  print(
    'Assumed',
    assumed.map(({ sentence }) => [sentence]),
  );
}

function describeAttempt({ image, remedies, failure, bytes }: OptimizeReport['attempts'][number]): string[] {
  const added = remedies.map((remedy) => `added ${remedy}`);
  return [image, bytes === undefined ? '' : formatBytes(bytes), [...added, failure ?? 'taken'].join('; ')];
}

function listPaths(paths: readonly string[]): string {
  const more = paths.length - MOST_PATHS;
  return `${paths.slice(0, MOST_PATHS).join(' ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A title and its rows, the columns under one another. */
export function section(title: string, rows: readonly (readonly string[])[], palette: Palette): string[] {
  if (rows.length === 0) return [];
  const clean = rows.map((row) => row.map((cell) => escapeControls(cell.replace(/\s*\\?\r?\n\s*/g, ' '))));
  const widths: number[] = [];
  for (const row of clean) {
    row.forEach((cell, at) => {
      if (at < row.length - 1) widths[at] = Math.min(48, Math.max(widths[at] ?? 0, cell.length));
    });
  }
  const lines = clean.map((row) =>
    row.map((cell, at) => cell.padEnd(at < row.length - 1 ? widths[at]! : 0)).join('  '),
  );
  return ['', palette.bold(title), ...lines.map((line) => `  ${line}`.trimEnd())];
}

export function colourDiff(diff: string, palette: Palette): string {
  return diff
    .split('\n')
    .map((line) => {
      // Control characters other than the carriage return of a CRLF would steer the terminal.
      const end = line.endsWith('\r') ? '\r' : '';
      const text =
        line
          .slice(0, line.length - end.length)
          .split('\t')
          .map(escapeControls)
          .join('\t') + end;
      if (/^(?:---|\+\+\+) /.test(line)) return palette.bold(text);
      if (line.startsWith('@@')) return palette.cyan(text);
      return line.startsWith('+') ? palette.green(text) : line.startsWith('-') ? palette.red(text) : text;
    })
    .join('\n');
}
