import type { Heredoc } from './heredocs.ts';
import { isSpace, type JoinedText, type LogicalLine } from './lines.ts';
import type { Problem } from './problems.ts';
import type { Range } from './source.ts';

/** An option in front of an instruction's arguments, such as `--from=build`. */
export interface Flag extends Range {
  /** Without the dashes. */
  readonly name: string;
  /** Without quotes and escapes; undefined for a flag with no `=`. */
  readonly value: string | undefined;
  /** The whole flag as the builder reads it, without quotes and escapes. */
  readonly text: string;
  /** The source range of the value, quotes included; empty behind a flag with no value. */
  readonly valueRange: Range;
  /** Where it stands in the instruction's joined line. */
  readonly at: number;
  readonly endAt: number;
}

/** One white-space separated argument, as written. */
export interface Word extends Range {
  readonly text: string;
}

/** One string of a JSON array; the range includes its quotes. */
export interface JsonItem extends Range {
  readonly value: string;
}

/** One variable of ENV or ARG, or one label; names and values as written, quotes and escapes included. */
export interface KeyValue extends Range {
  readonly name: string;
  readonly nameRange: Range;
  /** Undefined for an ARG with no default. */
  readonly value: string | undefined;
  readonly valueRange: Range;
  /** Written `NAME value`, with no equals sign. */
  readonly legacy: boolean;
}

/** Where an instruction's text lies inside its joined line. */
export interface InstructionParts {
  readonly keyword: string;
  readonly keywordAt: number;
  readonly keywordEnd: number;
  readonly flags: readonly Flag[];
  readonly argsAt: number;
  readonly argsEnd: number;
}

const TAB = 9;
const SPACE = 32;

/** One instruction with its flags, arguments and heredocs; everything derived is computed when first asked for. */
export class Instruction implements Range {
  /** Its place among the document's instructions; an ONBUILD child has its parent's. */
  readonly index: number;
  /** Upper-cased. */
  readonly keyword: string;
  readonly keywordRange: Range;
  readonly flags: readonly Flag[];
  /** From the keyword to the end of the last line, heredocs included, without the line ending. */
  readonly start: number;
  readonly end: number;
  /** The end of the command line itself, before any heredoc. */
  readonly lineEnd: number;
  /** The whole logical line, from the keyword of the outermost instruction on. */
  readonly line: JoinedText;
  readonly argsAt: number;
  readonly argsEnd: number;
  /** Filled by the parser while it reads on; empty for instructions that have none. */
  heredocs: readonly Heredoc[] = [];
  /** Comment lines that stand between the continued lines. */
  readonly comments: readonly Range[];
  /** Blank lines that stand between the continued lines. */
  readonly blanks: readonly Range[];
  /** The instruction behind ONBUILD. */
  readonly child: Instruction | undefined;
  /** The ONBUILD in front of this one. */
  parent: Instruction | undefined;
  #json: readonly JsonItem[] | 'error' | null | undefined;
  #words: readonly Word[] | undefined;
  #pairs: readonly KeyValue[] | undefined;

  constructor(index: number, parts: InstructionParts, joined: JoinedText, line: LogicalLine, end: number) {
    this.index = index;
    this.keyword = parts.keyword;
    this.keywordRange = joined.toRange(parts.keywordAt, parts.keywordEnd);
    this.flags = parts.flags;
    this.line = joined;
    this.argsAt = parts.argsAt;
    this.argsEnd = parts.argsEnd;
    this.start = this.keywordRange.start;
    this.end = end;
    this.lineEnd = line.end;
    this.comments = line.comments;
    this.blanks = line.blanks;
    if (parts.keyword === 'ONBUILD' && parts.argsEnd > parts.argsAt) {
      this.child = new Instruction(index, splitInstruction(joined, parts.argsAt), joined, line, end);
      this.child.parent = this;
    }
  }

  /** The arguments behind the flags as the builder sees them: continuations joined, comments dropped, trimmed. */
  get argsText(): string {
    return this.line.text.slice(this.argsAt, this.argsEnd);
  }

  get argsRange(): Range {
    return this.line.toRange(this.argsAt, this.argsEnd);
  }

  flag(name: string): Flag | undefined {
    return this.flags.find((flag) => flag.name === name);
  }

  /** Whether the arguments are a JSON array of strings (the exec form) where the builder looks for one. */
  get form(): 'json' | 'shell' {
    return this.json ? 'json' : 'shell';
  }

  /** The strings of the JSON array, or undefined when the arguments are not one. */
  get json(): readonly JsonItem[] | undefined {
    const items = this.#readJson();
    return items === 'error' || items === null ? undefined : items;
  }

  /** The arguments are a JSON array, but not of strings: the builder refuses the file. */
  get hasWrongJson(): boolean {
    return this.#readJson() === 'error';
  }

  #readJson(): readonly JsonItem[] | 'error' | null {
    if (this.#json === undefined) {
      this.#json = JSON_FORMS.has(this.keyword) ? parseJsonArray(this.line, this.argsAt, this.argsEnd) : null;
    }
    return this.#json;
  }

  /** The JSON array that starts at an offset of the line, as behind HEALTHCHECK CMD. */
  jsonAt(at: number): readonly JsonItem[] | undefined {
    const items = parseJsonArray(this.line, at, this.argsEnd);
    return items === 'error' || items === null ? undefined : items;
  }

  /** The arguments at white space, whatever the form; quotes mean nothing here. */
  get words(): readonly Word[] {
    this.#words ??= splitWords(this.line, this.argsAt, this.argsEnd);
    return this.#words;
  }

  /** The arguments of COPY, ADD, VOLUME and the like: the strings of the JSON form, else the words. */
  get operands(): readonly Word[] {
    return this.json?.map(({ value, start, end }) => ({ text: value, start, end })) ?? this.words;
  }

  /** The variables of ENV and ARG, the labels of LABEL; empty for anything else. */
  get pairs(): readonly KeyValue[] {
    this.#pairs ??= PAIR_KEYWORDS.has(this.keyword)
      ? splitPairs(this.line, this.argsAt, this.argsEnd, this.keyword === 'ARG')
      : [];
    return this.#pairs;
  }
}

/** The instructions whose arguments may be a JSON array. */
const JSON_FORMS: ReadonlySet<string> = new Set(['ADD', 'CMD', 'COPY', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME']);
const PAIR_KEYWORDS: ReadonlySet<string> = new Set(['ENV', 'LABEL', 'ARG']);

function isBlank(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= 13 && code !== 10);
}

/** Splits a joined line into keyword, flags and arguments, from the offset `from` on. */
export function splitInstruction(joined: JoinedText, from: number): InstructionParts {
  const { text } = joined;
  let end = text.length;
  while (end > from && isSpace(text.charCodeAt(end - 1))) end--;
  let at = from;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  let keywordEnd = at;
  while (keywordEnd < end && !isBlank(text.charCodeAt(keywordEnd))) keywordEnd++;
  let rest = keywordEnd;
  while (rest < end && isSpace(text.charCodeAt(rest))) rest++;
  const keyword = text.slice(at, keywordEnd).toUpperCase();
  if (text.charCodeAt(rest) !== 45 || text.charCodeAt(rest + 1) !== 45) {
    return { keyword, keywordAt: at, keywordEnd, flags: NO_FLAGS, argsAt: rest, argsEnd: end };
  }
  const flags: Flag[] = [];
  const argsAt = readFlags(joined, rest, end, flags);
  return { keyword, keywordAt: at, keywordEnd, flags, argsAt, argsEnd: end };
}

const NO_FLAGS: readonly Flag[] = [];

/** Reads the flags at `from` into `flags`; gives back where the arguments start. */
function readFlags(joined: JoinedText, from: number, end: number, flags: Flag[]): number {
  const { text } = joined;
  let at = from;
  for (;;) {
    while (at < end && isSpace(text.charCodeAt(at))) at++;
    if (!text.startsWith('--', at) || at >= end) return at;
    const start = at;
    let value = '';
    let quote = '';
    for (; at < end; at++) {
      const char = text[at]!;
      if (quote === '' && isSpace(char.charCodeAt(0))) break;
      if (char === '\\') {
        // A backslash takes the next character as it is; the last one of the line stands for nothing.
        if (at + 1 < end) value += text[++at];
      } else if (char === quote) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      else value += char;
    }
    if (value === '--') {
      while (at < end && isSpace(text.charCodeAt(at))) at++;
      return at;
    }
    const equals = value.indexOf('=');
    const written = text.indexOf('=', start);
    const valueAt = equals < 0 || written < 0 ? at : written + 1;
    flags.push({
      name: equals < 0 ? value.slice(2) : value.slice(2, equals),
      value: equals < 0 ? undefined : value.slice(equals + 1),
      text: value,
      ...joined.toRange(start, at),
      valueRange: joined.toRange(valueAt, at),
      at: start,
      endAt: at,
    });
  }
}

function splitWords(joined: JoinedText, from: number, end: number): Word[] {
  const { text } = joined;
  const words: Word[] = [];
  for (let at = from; at < end; ) {
    while (at < end && isBlank(text.charCodeAt(at))) at++;
    const start = at;
    while (at < end && !isBlank(text.charCodeAt(at))) at++;
    if (at > start) words.push({ text: text.slice(start, at), ...joined.toRange(start, at) });
  }
  return words;
}

/** The strings of a JSON array; null when it is none, 'error' when it is an array of something else. */
function parseJsonArray(joined: JoinedText, from: number, end: number): JsonItem[] | 'error' | null {
  const { text } = joined;
  if (text[from] !== '[') return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.slice(from, end));
  } catch {
    return null;
  }
  if (!Array.isArray(parsed)) return null;
  if (!parsed.every((item) => typeof item === 'string')) return 'error';
  // The array is valid JSON, so its strings are found by their quotes alone.
  const items: JsonItem[] = [];
  let at = from;
  for (const value of parsed as string[]) {
    const start = text.indexOf('"', at);
    at = start + 1;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    items.push({ value, ...joined.toRange(start, at) });
  }
  return items;
}

/** Splits at white space outside quotes, as ENV, LABEL and ARG do. */
function splitPairs(joined: JoinedText, from: number, end: number, nameOnly: boolean): KeyValue[] {
  const { text } = joined;
  const spans: { start: number; end: number }[] = [];
  for (let at = from; at < end; ) {
    while (at < end && isSpace(text.charCodeAt(at))) at++;
    const start = at;
    let quote = '';
    for (; at < end; at++) {
      const char = text[at]!;
      if (quote === '' && isSpace(char.charCodeAt(0))) break;
      if (char === '\\' && quote !== "'") at++;
      else if (char === quote) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
    }
    at = Math.min(at, end);
    if (at > start) spans.push({ start, end: at });
  }
  const first = spans[0];
  if (!first) return [];
  if (!nameOnly && !text.slice(first.start, first.end).includes('=')) {
    let nameEnd = from;
    while (nameEnd < end && !isBlank(text.charCodeAt(nameEnd))) nameEnd++;
    let valueAt = nameEnd;
    while (valueAt < end && isBlank(text.charCodeAt(valueAt))) valueAt++;
    return [pair(joined, from, nameEnd, valueAt, end, true)];
  }
  return spans.map((span) => {
    const equals = text.indexOf('=', span.start);
    return equals >= 0 && equals < span.end
      ? pair(joined, span.start, equals, equals + 1, span.end, false)
      : pair(joined, span.start, span.end, undefined, span.end, false);
  });
}

function pair(
  joined: JoinedText,
  start: number,
  nameEnd: number,
  valueAt: number | undefined,
  end: number,
  legacy: boolean,
): KeyValue {
  return {
    name: joined.text.slice(start, nameEnd),
    nameRange: joined.toRange(start, nameEnd),
    value: valueAt === undefined ? undefined : joined.text.slice(valueAt, end),
    valueRange: joined.toRange(valueAt ?? end, end),
    legacy,
    ...joined.toRange(start, end),
  };
}

/** The problem of an argument array that is not of strings. */
export function jsonProblem(instruction: Instruction): Problem | undefined {
  if (!instruction.hasWrongJson) return undefined;
  return {
    kind: 'syntax',
    message: `only strings are allowed in the array form of ${instruction.keyword}`,
    ...instruction.argsRange,
  };
}
