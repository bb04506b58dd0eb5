import type { ShellComment } from '../lint/types.ts';

/** Lines and columns count from 1; a column is a character, and the end is exclusive. */
interface Span {
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
}

/** A comment as ShellCheck's format `json1` has it. */
export interface Answer extends Span {
  readonly level: 'error' | 'warning' | 'info' | 'style';
  readonly code: number;
  readonly message: string;
  readonly fix: { readonly replacements: readonly (Span & { readonly replacement: string })[] } | null;
}

const SEVERITIES = { error: 'error', warning: 'warn', info: 'info', style: 'info' } as const;

/** A comment in terms of the snippet behind a preamble; undefined for one on the preamble. */
export function readAnswer(answer: Answer, text: string, preambleLines: number): ShellComment | undefined {
  const lines = new Lines(text, preambleLines);
  const span = lines.span(answer);
  if (!span) return undefined;
  const edits = (answer.fix?.replacements ?? []).map((each) => ({ place: lines.span(each), text: each.replacement }));
  return {
    code: `SC${answer.code}`,
    severity: SEVERITIES[answer.level],
    message: answer.message,
    ...span,
    edits: edits.every(({ place }) => place) ? edits.map(({ place, text }) => ({ ...place!, text })) : [],
  };
}

/** Offsets of lines and columns. */
class Lines {
  readonly #text: string;
  readonly #skipped: number;
  readonly #starts: number[] = [0];

  constructor(text: string, skipped: number) {
    this.#text = text;
    this.#skipped = skipped;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  span({ line, column, endLine, endColumn }: Span): { start: number; end: number } | undefined {
    const start = this.#offset(line, column);
    const end = this.#offset(endLine, endColumn);
    return start === undefined || end === undefined ? undefined : { start, end: Math.max(start, end) };
  }

  #offset(line: number, column: number): number | undefined {
    const start = this.#starts[line - 1 - this.#skipped];
    if (start === undefined) return undefined;
    // A character outside the basic plane is one column, and two units of our offsets.
    let at = start;
    for (let count = 1; count < column && at < this.#text.length; count++) {
      at += this.#text.codePointAt(at)! > 0xffff ? 2 : 1;
    }
    return at;
  }
}
