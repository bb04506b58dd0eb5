import { isUtf8 } from 'node:buffer';

/** A half-open span of UTF-16 offsets into a source text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A place in a source as people count: line and column from 1, column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const BOM = '\uFEFF';

/**
 * The text of one file with its offsets. A byte order mark stays in the text, so that offsets are those of the file.
 * A byte that is not UTF-8 is read as a lone surrogate, U+DC00 and the byte, and is written back as it was.
 */
export class Source {
  readonly path: string;
  readonly text: string;
  /** Every byte of the file is part of a UTF-8 character. */
  readonly isUtf8: boolean;
  #lineStarts: number[] | undefined;

  constructor(path: string, text: string, isUtf8 = true) {
    this.path = path;
    this.text = text;
    this.isUtf8 = isUtf8;
  }

  /** The offset of the first character that is not the byte order mark. */
  get textStart(): number {
    return this.text.startsWith(BOM) ? 1 : 0;
  }

  /** The line ending that an inserted line takes: that of the first line. */
  get eol(): '\n' | '\r\n' {
    const first = this.text.indexOf('\n');
    return first > 0 && this.text[first - 1] === '\r' ? '\r\n' : '\n';
  }

  get lineStarts(): readonly number[] {
    if (!this.#lineStarts) {
      const starts = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }

  position(offset: number): Position {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    const start = low === 0 ? this.textStart : starts[low]!;
    return { line: low + 1, column: Math.max(offset - start, 0) + 1 };
  }

  /** The offset where the 1-based line starts; the end of the text for a line past the last. */
  lineStart(line: number): number {
    return this.lineStarts[line - 1] ?? this.text.length;
  }

  /** The offset behind the last character of the line that holds `offset`, its line ending left out. */
  lineEnd(offset: number): number {
    const newline = this.text.indexOf('\n', offset);
    const end = newline < 0 ? this.text.length : newline;
    return end > 0 && this.text[end - 1] === '\r' && end - 1 >= offset ? end - 1 : end;
  }

  slice(range: Range): string {
    return this.text.slice(range.start, range.end);
  }

  /** The same file with another text. */
  withText(text: string): Source {
    return new Source(this.path, text, this.isUtf8);
  }
}

/** Reads a file's bytes as a source; never fails. */
export function decodeSource(path: string, bytes: Buffer): Source {
  return isUtf8(bytes) ? new Source(path, bytes.toString('utf8')) : new Source(path, decodeBroken(bytes), false);
}

/** The bytes of a source's text, the inverse of `decodeSource`. */
export function encodeSource(source: Source): Buffer {
  return source.isUtf8 ? Buffer.from(source.text) : encodeText(source.text);
}

/** The bytes of a part of a source's text. */
export function encodeText(text: string): Buffer {
  if (!BROKEN_BYTE.test(text)) return Buffer.from(text);
  const parts = text.split(BROKEN_BYTE);
  // Every second part is a byte that the expression caught.
  return Buffer.concat(
    parts.map((part, at) => (at % 2 === 0 ? Buffer.from(part) : Buffer.of(part.charCodeAt(0) & 0xff))),
  );
}

const BROKEN_BYTE = /([\udc80-\udcff])/u;

function decodeBroken(bytes: Buffer): string {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes[at]!);
    if (length === 1 || (length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)))) {
      at += length;
      continue;
    }
    parts.push(bytes.toString('utf8', start, at), String.fromCharCode(0xdc00 + bytes[at]!));
    start = ++at;
  }
  parts.push(bytes.toString('utf8', start));
  return parts.join('');
}

/** How long the UTF-8 character is that begins with this byte; 0 when none does. */
function characterLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
