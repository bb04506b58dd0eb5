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
 * Bytes that are not UTF-8 are read as Latin-1: every byte is one character and is written back as it was.
 */
export class Source {
  readonly path: string;
  readonly text: string;
  readonly encoding: 'utf8' | 'latin1';
  #lineStarts: number[] | undefined;

  constructor(path: string, text: string, encoding: 'utf8' | 'latin1' = 'utf8') {
    this.path = path;
    this.text = text;
    this.encoding = encoding;
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
    return new Source(this.path, text, this.encoding);
  }
}

/** Reads a file's bytes as a source; never fails. */
export function decodeSource(path: string, bytes: Buffer): Source {
  return isUtf8(bytes)
    ? new Source(path, bytes.toString('utf8'))
    : new Source(path, bytes.toString('latin1'), 'latin1');
}

/** The bytes of a source's text, the inverse of `decodeSource`. */
export function encodeSource(source: Source): Buffer {
  return Buffer.from(source.text, source.encoding);
}
