import type { Problem } from './problems.ts';
import type { Range, Source } from './source.ts';

/** A parser directive: `# escape=`, `# syntax=` or `# check=` at the top of the file. */
export interface Directive extends Range {
  readonly name: 'escape' | 'syntax' | 'check';
  readonly value: string;
  readonly valueRange: Range;
}

/** What the top of a file says to the parser itself. */
export interface Directives {
  readonly directives: readonly Directive[];
  readonly escape: '\\' | '`';
  readonly problems: readonly Problem[];
}

const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)[ \t\f\r]*=[ \t\f\r]*(.+?)[ \t\f\r]*$/su;

/** Reads the directives; the first line that is none ends them. */
export function parseDirectives(source: Source): Directives {
  const { text } = source;
  const directives: Directive[] = [];
  const problems: Problem[] = [];
  let escape: '\\' | '`' = '\\';
  for (let start = source.textStart; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const stop = newline < 0 ? text.length : newline;
    // A directive is short; a line of megabytes is none.
    if (text.charCodeAt(start) !== 35 && !/^[ \t\v\f\r]*#/.test(text.slice(start, Math.min(stop, start + 80)))) break;
    if (stop - start > 65536) break;
    const line = text.slice(start, stop);
    const indent = line.length - line.trimStart().length;
    const match = DIRECTIVE.exec(line.slice(indent).replace(/\r+$/, ''));
    const name = match?.[1]?.toLowerCase();
    if (!match || (name !== 'escape' && name !== 'syntax' && name !== 'check')) break;
    const value = match[2]!;
    const range = { start: start + indent, end: start + indent + match[0].length };
    const valueStart = start + line.lastIndexOf(value);
    const directive: Directive = {
      name,
      value,
      ...range,
      valueRange: { start: valueStart, end: valueStart + value.length },
    };
    if (directives.some((other) => other.name === name)) {
      problems.push({ kind: 'syntax', message: `only one ${name} parser directive can be used`, ...range });
    } else if (name === 'escape') {
      if (value === '\\' || value === '`') escape = value;
      else
        problems.push({
          kind: 'syntax',
          message: `invalid escape character '${value}', it must be \` or \\`,
          ...range,
        });
    }
    directives.push(directive);
    start = newline < 0 ? text.length : newline + 1;
  }
  return { directives, escape, problems };
}
