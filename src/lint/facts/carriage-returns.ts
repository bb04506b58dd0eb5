import type { Range, Source } from '../../dockerfile/index.ts';
import type { Fix } from '../types.ts';

/** What stands between the lines of a text and their line feeds; `within` is all of it unless told. */
export function* carriageReturns(source: Source, within?: Range): Iterable<Range> {
  const text = within ? source.slice(within) : source.text;
  const offset = within?.start ?? 0;
  for (const { 0: returns, index } of text.matchAll(/\r+(?=\n)/g))
    yield { start: offset + index, end: offset + index + returns.length };
}

/** `3 lines end with CRLF`. */
export function linesWithReturns({ length }: readonly Range[]): string {
  return length === 1 ? '1 line ends with CRLF' : `${length} lines end with CRLF`;
}

export function withoutReturns(found: readonly Range[], safety: Fix['safety']): Fix {
  const title = found.length === 1 ? 'Remove the carriage return' : 'Remove the carriage returns';
  return { title, safety, edits: found.map((range) => ({ ...range, text: '' })) };
}
