import type { OptimizeReport } from '../../optimize/report.ts';
import { escapeControls } from '../escape.ts';
import { formatBytes } from './numbers.ts';
import { provedTiers, sizeRow, unprovedThings } from './proof.ts';

/** For the description of a pull request. */
export function format(report: OptimizeReport): string {
  const { path, summary, plan, attempts, diff, declined } = report;
  const blocks = [`## ${escape(path)}`, `${escape(summary)}.`];
  const size = sizeRow(report);
  if (size) blocks.push(table(['before', 'after', 'saved', ''], [[...size]]));
  if (plan) {
    const { image, why = '', asked } = plan.runtime;
    blocks.push(
      table(
        ['stage', 'stands on', ''],
        plan.stages.map(({ name, base, what }) => [name ? code(name) : 'last', code(base), what]),
      ),
      `The runtime is ${code(image)}: ${escape(asked === 'auto' ? why : `${asked} was asked for`)}.`,
      list(
        'Copied',
        plan.copies.map((copy) => `${code(copy.path)}: ${escape(copy.why)}`),
      ),
      list('Installed', reasoned(plan.packages)),
      list('Set', reasoned(plan.variables)),
      list(plan.recipe === 'repair' ? 'Repaired' : 'Changed in the build', reasoned(plan.changes)),
      list('Done behind the copies', reasoned(plan.steps)),
    );
  }
  if (attempts.length > 1 || attempts.some(({ failure, remedies }) => failure || remedies.length > 0)) {
    const rows = attempts.map(({ image, bytes, remedies, failure }) => [
      code(image),
      bytes === undefined ? '' : formatBytes(bytes),
      escape([...remedies.map((remedy) => `added ${remedy}`), failure ?? 'taken'].join('; ')),
    ]);
    blocks.push(table(['tried', 'size', ''], rows));
  }
  if (report.proof.status === 'verified') {
    const { verification } = report.proof;
    blocks.push(list('Proved', provedTiers(verification).map(escape)));
    const rows = verification.leftBehind.map((left) => [left.class, String(left.files), formatBytes(left.bytes)]);
    blocks.push(details('Not in the new image', table(['class', 'files', 'size'], rows)));
  }
  if (plan) {
    blocks.push(list('Not proved', unprovedThings(report).map(escape)));
    const rows = plan.leftBehind.map((left) => [left.class, left.paths.map(code).join(' '), escape(left.why)]);
    blocks.push(details('Left behind by the plan', table(['class', 'path', 'why'], rows)));
  }
  if (declined?.log) blocks.push(details('The end of the log', fenced(declined.log.slice(-40).join('\n'), '')));
  if (diff !== undefined) blocks.push(fenced(diff.trimEnd(), 'diff'));
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

const reasoned = (items: readonly { text: string; why: string }[]) =>
  items.map(({ text, why }) => `${code(text)}: ${escape(why)}`);

export function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${title}:\n\n${items.map((item) => `- ${item}`).join('\n')}`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

export function details(title: string, body: string): string {
  return body === '' ? '' : `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** A fence longer than any in the text. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const lines = text.split('\n').map((line) => line.split('\t').map(escapeControls).join('\t'));
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`;
}

const oneLine = (text: string) => escapeControls(text.replace(/\s*\\?\r?\n\s*/g, ' '));

export function code(text: string): string {
  const line = oneLine(text);
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}

/** Text that is only text: neither markup nor HTML nor a mention. */
export function escape(text: string): string {
  return oneLine(text)
    .replace(/[\\*_[\]<>#~]/g, '\\$&')
    .replace(/@(?=\w)/g, '@\u200b');
}
