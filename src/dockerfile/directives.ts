import { isSpace } from './lines.ts';
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

const HASH = 35;
const ASSIGNMENT = /(escape|syntax|check)[ \t\f\r]*=/iy;

/** Reads the directives; the first line that is none ends them. */
export function parseDirectives(source: Source): Directives {
  const directives: Directive[] = [];
  const problems: Problem[] = [];
  let escape: '\\' | '`' = '\\';
  for (let start = source.textStart; start < source.text.length; ) {
    const newline = source.text.indexOf('\n', start);
    const directive = readDirective(source.text, start, newline < 0 ? source.text.length : newline);
    if (!directive) break;
    const { name, value } = directive;
    const problem = (message: string) =>
      problems.push({ kind: 'syntax', message, start: directive.start, end: directive.end });
    if (directives.some((other) => other.name === name)) problem(`only one ${name} parser directive can be used`);
    else if (name === 'escape') {
      if (value === '\\' || value === '`') escape = value;
      else problem(`invalid escape character '${value}', it must be \` or \\`);
    }
    directives.push(directive);
    start = newline < 0 ? source.text.length : newline + 1;
  }
  return { directives, escape, problems };
}

function readDirective(text: string, from: number, lineEnd: number): Directive | undefined {
  const stop = trimEnd(text, from, lineEnd, isCarriageReturn);
  const start = trimStart(text, from, stop, isSpace);
  if (start === stop || text.charCodeAt(start) !== HASH) return undefined;
  ASSIGNMENT.lastIndex = trimStart(text, start + 1, stop, isSpace);
  const match = ASSIGNMENT.exec(text);
  if (!match || ASSIGNMENT.lastIndex === stop) return undefined;
  // A value of nothing but blanks is the last of them.
  const valueStart = Math.min(trimStart(text, ASSIGNMENT.lastIndex, stop, isBlank), stop - 1);
  const end = Math.max(trimEnd(text, valueStart, stop, isBlank), valueStart + 1);
  return {
    name: match[1]!.toLowerCase() as Directive['name'],
    value: text.slice(valueStart, end),
    valueRange: { start: valueStart, end },
    start,
    end,
  };
}

function trimStart(text: string, from: number, end: number, isTrimmed: (code: number) => boolean): number {
  let at = from;
  while (at < end && isTrimmed(text.charCodeAt(at))) at++;
  return at;
}

function trimEnd(text: string, from: number, end: number, isTrimmed: (code: number) => boolean): number {
  let at = end;
  while (at > from && isTrimmed(text.charCodeAt(at - 1))) at--;
  return at;
}

function isCarriageReturn(code: number): boolean {
  return code === 13;
}

/** White space around names and values, which is fewer characters than in front of the hash and behind it. */
function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 12 || code === 13;
}
