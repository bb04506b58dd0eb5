import type { Range } from './source.ts';

/**
 * Text put together from pieces of a source, as the builder sees it: continuations and the comments between them are
 * gone. Every offset into it can be told as an offset into the source.
 */
export class JoinedText {
  readonly text: string;
  /** Where each piece begins: in the joined text, and in the source. Both ascend. */
  readonly #joined: readonly number[];
  readonly #source: readonly number[];
  #lastPiece = 0;

  constructor(text: string, joined: readonly number[], source: readonly number[]) {
    this.text = text;
    this.#joined = joined;
    this.#source = source;
  }

  /** A text that stands in one piece at `start`. */
  static piece(text: string, start: number): JoinedText {
    return new JoinedText(text, [0], [start]);
  }

  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#joined.length - 1;
    if (high === 0) return 0;
    // Questions come in the order of the text, or nearly so.
    const hint = this.#lastPiece;
    if (this.#joined[hint]! <= offset && (hint === high || offset < this.#joined[hint + 1]!)) return hint;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#joined[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    this.#lastPiece = low;
    return low;
  }

  /** The source offset of the character at `offset`. */
  toSource(offset: number): number {
    const piece = this.#pieceAt(offset);
    return this.#source[piece]! + (offset - this.#joined[piece]!);
  }

  /** The source range of a span; it ends behind the span's last character, before any continuation that follows. */
  toRange(start: number, end: number): Range {
    if (end <= start) {
      const at = this.toSource(start);
      return { start: at, end: at };
    }
    return { start: this.toSource(start), end: this.toSource(end - 1) + 1 };
  }

  /** Whether the span stands in the source as it does here, with no continuation or comment inside. */
  isVerbatim(start: number, end: number): boolean {
    return end <= start || this.#pieceAt(start) === this.#pieceAt(end - 1);
  }

  /** A part of this text with the same mapping. */
  slice(start: number, end: number): JoinedText {
    const first = this.#pieceAt(start);
    const last = end > start ? this.#pieceAt(end - 1) : first;
    const joined: number[] = [];
    const source: number[] = [];
    for (let piece = first; piece <= last; piece++) {
      const from = Math.max(this.#joined[piece]!, start);
      joined.push(from - start);
      source.push(this.#source[piece]! + (from - this.#joined[piece]!));
    }
    return new JoinedText(this.text.slice(start, end), joined, source);
  }

  /** This text with another behind it. */
  concat(other: JoinedText): JoinedText {
    const length = this.text.length;
    return new JoinedText(
      this.text + other.text,
      [...this.#joined, ...other.#joined.map((at) => at + length)],
      [...this.#source, ...other.#source],
    );
  }
}

/** One instruction's lines, or a comment or blank line between instructions. */
export interface LogicalLine {
  /** What the builder sees, or undefined for a comment or a blank line. */
  readonly joined: JoinedText | undefined;
  /** From the first character that is not white space to the end of the last line, its line ending left out. */
  readonly start: number;
  readonly end: number;
  /** Where the next line starts. */
  readonly next: number;
  /** Comment lines: this line itself, or those that stand between continued lines. */
  readonly comments: readonly Range[];
  /** Blank lines between continued lines. */
  readonly blanks: readonly Range[];
  /** The character code that continues a line and escapes characters. */
  readonly escape: number;
}

const NONE: readonly Range[] = [];
const HASH = 35;

/** White space as the builder skips it before an instruction: Unicode's, with the vertical tab and the form feed. */
export function isSpace(code: number): boolean {
  if (code < 128) return code === 32 || (code >= 9 && code <= 13);
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** White space that separates words: ASCII's. */
export function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Reads the line that starts at `start` together with the lines that continue it. */
export function readLogicalLine(text: string, start: number, escape: number): LogicalLine {
  let lineEnd = text.indexOf('\n', start);
  let next = lineEnd < 0 ? text.length : lineEnd + 1;
  if (lineEnd < 0) lineEnd = text.length;
  let end = trimEol(text, start, lineEnd);
  let from = start;
  while (from < end && isSpace(text.charCodeAt(from))) from++;
  const isComment = text.charCodeAt(from) === HASH && from < end;
  const cut = isComment ? -1 : continuationAt(text, from, end, escape);
  if (cut < 0) {
    const joined = isComment || from === end ? undefined : JoinedText.piece(text.slice(from, end), from);
    const comments = isComment ? [{ start: from, end }] : NONE;
    return { joined, start: from, end, next, comments, blanks: NONE, escape };
  }

  const pieces = [text.slice(from, cut)];
  const joined = [0];
  const source = [from];
  let length = cut - from;
  const comments: Range[] = [];
  const blanks: Range[] = [];
  let continued = true;
  while (continued && next < text.length) {
    const line = next;
    lineEnd = text.indexOf('\n', line);
    next = lineEnd < 0 ? text.length : lineEnd + 1;
    if (lineEnd < 0) lineEnd = text.length;
    const last = trimEol(text, line, lineEnd);
    // A file that ends in a continuation: what follows it is still part of the line.
    end = last;
    let first = line;
    while (first < last && isSpace(text.charCodeAt(first))) first++;
    if (first === last) {
      blanks.push({ start: line, end: last });
      continue;
    }
    if (text.charCodeAt(first) === HASH) {
      comments.push({ start: first, end: last });
      continue;
    }
    const at = continuationAt(text, line, last, escape);
    continued = at >= 0;
    const stop = continued ? at : last;
    if (stop > line) {
      pieces.push(text.slice(line, stop));
      joined.push(length);
      source.push(line);
      length += stop - line;
    }
  }
  const whole = new JoinedText(pieces.join(''), joined, source);
  return { joined: whole, start: from, end, next, comments, blanks, escape };
}

function trimEol(text: string, start: number, end: number): number {
  while (end > start && text.charCodeAt(end - 1) === 13) end--;
  return end;
}

/** The offset of the escape character that continues the line, or -1. Two escape characters in a row do not. */
function continuationAt(text: string, start: number, end: number, escape: number): number {
  let at = end - 1;
  while (at >= start && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at--;
  if (at < start || text.charCodeAt(at) !== escape) return -1;
  return at > start && text.charCodeAt(at - 1) === escape ? -1 : at;
}
