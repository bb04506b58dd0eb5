import { escapeControls } from './escape.ts';

/** Text in Markdown whose HTML means nothing. */
export const plain = (value: string) => escapeControls(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Text that means nothing to Markdown, mentions and references to issues included. */
export const text = (value: string) =>
  plain(value)
    .replace(/[\\`*_{}[\]()#+!|~>]|(?<=^\d+)\./g, '\\$&')
    .replace(/^-/, '\\-')
    .replace(/[@]/g, '@\u200b');

/** A span of code, also in a table, where a bar would end the cell. */
export function code(value: string): string {
  const clean = escapeControls(value).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  if (longest === 0) return `\`${clean === '' ? ' ' : clean}\``;
  const mark = '`'.repeat(longest + 1);
  return `${mark} ${clean} ${mark}`;
}

/** One of our own messages: what stands between backticks is code, the rest is text. */
export const prose = (message: string) =>
  message
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? code(part) : text(part)))
    .join('');

/** A part that is folded until it is asked for. */
export const details = (summary: string, body: string) =>
  `<details>\n<summary>${plain(summary)}</summary>\n\n${body}\n\n</details>`;
