import type { Heredoc } from './heredocs.ts';
import { isSpace, type JoinedText, type LogicalLine } from './lines.ts';
import { encodeText, type Range } from './source.ts';

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

const LONE_SURROGATE = /\p{Surrogate}/gu;

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
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const DASH = 45;
const UNQUOTED = -1;
const EQUALS = 61;

/** One instruction with its flags, arguments and heredocs; everything derived is computed when first asked for. */
export class Instruction implements Range {
  /** Its place among the document's instructions; an ONBUILD child has its parent's. */
  readonly index: number;
  /** Upper-cased. */
  readonly keyword: string;
  /** Starts at the keyword; escape characters alone on the lines in front of it are `lineStart`'s. */
  readonly keywordRange: Range;
  readonly flags: readonly Flag[];
  /** From the keyword to the end of the last line, heredocs included, without the line ending. */
  readonly start: number;
  end: number;
  /** Where the command line itself starts and ends, before any heredoc. */
  readonly lineStart: number;
  readonly lineEnd: number;
  /** The whole logical line, from the keyword of the outermost instruction on. */
  readonly line: JoinedText;
  readonly argsAt: number;
  readonly argsEnd: number;
  /** Those of this very instruction; an ONBUILD's are its child's. */
  heredocs: readonly Heredoc[] = [];
  /** Comment lines that stand between the continued lines. */
  readonly comments: readonly Range[];
  /** Blank lines that stand between the continued lines. */
  readonly blanks: readonly Range[];
  /** The instruction behind ONBUILD. */
  child: Instruction | undefined;
  /** The ONBUILD in front of this one. */
  parent: Instruction | undefined;
  readonly #escape: number;
  #json: readonly JsonItem[] | 'error' | null | undefined;
  #words: readonly Word[] | undefined;
  #pairs: readonly KeyValue[] | undefined;

  constructor(index: number, parts: InstructionParts, joined: JoinedText, line: LogicalLine) {
    this.index = index;
    this.keyword = parts.keyword;
    this.keywordRange = joined.toRange(parts.keywordAt, parts.keywordEnd);
    this.flags = parts.flags;
    this.line = joined;
    this.argsAt = parts.argsAt;
    this.argsEnd = parts.argsEnd;
    this.start = this.keywordRange.start;
    this.end = line.end;
    this.lineStart = line.start;
    this.lineEnd = line.end;
    this.#escape = line.escape;
    this.comments = line.comments;
    this.blanks = line.blanks;
  }

  /** Takes in what the parser read behind the line. */
  addHeredocs(heredocs: readonly Heredoc[], end: number): void {
    (this.child ?? this).heredocs = heredocs;
    for (let part: Instruction | undefined = this; part; part = part.child) part.end = end;
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

  /** Where the command starts: behind the first word of HEALTHCHECK, for the others where the arguments do. */
  get commandAt(): number {
    return this.keyword === 'HEALTHCHECK' ? firstWord(this.line.text, this.argsAt, this.argsEnd).next : this.argsAt;
  }

  /** `CMD` or `NONE` as written, for HEALTHCHECK. */
  get healthcheckType(): string {
    return firstWord(this.line.text, this.argsAt, this.argsEnd).text;
  }

  /** The arguments, or HEALTHCHECK's command, are a JSON array of strings where the builder looks for one. */
  get form(): 'json' | 'shell' {
    return this.json ? 'json' : 'shell';
  }

  /** The strings of the JSON array, or undefined when there is none. */
  get json(): readonly JsonItem[] | undefined {
    const items = this.#readJson();
    return items === 'error' || items === null ? undefined : items;
  }

  #readJson(): readonly JsonItem[] | 'error' | null {
    if (this.#json === undefined) {
      this.#json = JSON_FORMS.has(this.keyword) ? parseJsonArray(this.line, this.commandAt, this.argsEnd) : null;
    }
    return this.#json;
  }

  /** Why the builder cannot take the arguments to pieces. */
  get syntaxError(): string | undefined {
    if (this.#readJson() === 'error') return `only strings are allowed in the array form of ${this.keyword}`;
    if (this.keyword !== 'ENV' && this.keyword !== 'LABEL') return undefined;
    for (const { name, value, legacy } of this.pairs) {
      if (value === undefined)
        return legacy ? `${this.keyword} ${name} has no value` : `${name} has no =, it must be name=value`;
    }
    return undefined;
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
      ? splitPairs(this.line, this.argsAt, this.argsEnd, this.#escape, this.keyword !== 'ARG')
      : [];
    return this.#pairs;
  }
}

const KEYWORDS: ReadonlyMap<string, string> = new Map(
  [
    'ADD',
    'ARG',
    'CMD',
    'COPY',
    'ENTRYPOINT',
    'ENV',
    'EXPOSE',
    'FROM',
    'HEALTHCHECK',
    'LABEL',
    'MAINTAINER',
    'ONBUILD',
    'RUN',
    'SHELL',
    'STOPSIGNAL',
    'USER',
    'VOLUME',
    'WORKDIR',
  ].flatMap((keyword) => [
    [keyword, keyword],
    [keyword.toLowerCase(), keyword],
  ]),
);

/** Whether the builder knows the instruction; the keyword is in upper case. */
export function isKnownKeyword(keyword: string): boolean {
  return KEYWORDS.has(keyword);
}

/** The instructions whose arguments may be a JSON array. */
const JSON_FORMS: ReadonlySet<string> = new Set([
  'ADD',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'HEALTHCHECK',
  'RUN',
  'SHELL',
  'VOLUME',
]);
const PAIR_KEYWORDS: ReadonlySet<string> = new Set(['ENV', 'LABEL', 'ARG']);
const NO_FLAGS: readonly Flag[] = [];

function isBlank(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= 13);
}

/** In lower case as the builder does it, letter for letter. */
export function lowerCase(text: string): string {
  return text.replaceAll('İ', 'i').toLowerCase();
}

/** In upper case as the builder reads it: it knows a keyword by its lower case. */
function normalizeKeyword(text: string): string {
  const known = KEYWORDS.get(text);
  if (known) return known;
  const lower = lowerCase(text);
  if (KEYWORDS.has(lower)) return KEYWORDS.get(lower)!;
  // `ſHELL` is no SHELL, although its upper case is.
  const upper = lower.toUpperCase();
  return KEYWORDS.has(upper) ? text : upper;
}

/** Reads the instruction of a line, and those behind its ONBUILDs. */
export function parseInstruction(index: number, joined: JoinedText, line: LogicalLine): Instruction {
  const outermost = new Instruction(index, splitInstruction(joined, 0, line.escape), joined, line);
  for (let outer = outermost; outer.keyword === 'ONBUILD' && outer.argsAt < outer.argsEnd; outer = outer.child) {
    outer.child = new Instruction(index, splitInstruction(joined, outer.argsAt, line.escape), joined, line);
    outer.child.parent = outer;
  }
  return outermost;
}

/** Splits a joined line into keyword, flags and arguments, from the offset `from` on. */
function splitInstruction(joined: JoinedText, from: number, escape: number): InstructionParts {
  const { text } = joined;
  let end = text.length;
  while (end > from && isSpace(text.charCodeAt(end - 1))) end--;
  let at = from;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  let keywordEnd = at;
  while (keywordEnd < end && !isBlank(text.charCodeAt(keywordEnd))) keywordEnd++;
  const rest = skipBytes(text, keywordEnd, end);
  const keyword = normalizeKeyword(text.slice(at, keywordEnd));
  let flags = NO_FLAGS;
  let argsAt = rest;
  if (text.charCodeAt(rest) === DASH && text.charCodeAt(rest + 1) === DASH) {
    const found: Flag[] = [];
    argsAt = readFlags(joined, rest, end, escape, found);
    flags = found;
  }
  while (argsAt < end && isSpace(text.charCodeAt(argsAt))) argsAt++;
  return { keyword, keywordAt: at, keywordEnd, flags, argsAt, argsEnd: end };
}

function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/**
 * In flags the builder looks at bytes, each a character of its own: the bytes 85 and A0 are white space there, even as
 * the last byte of `à`. The place of such a byte in the character at `at`, or -1.
 */
function spaceByte(text: string, at: number): number {
  const code = text.codePointAt(at)!;
  if (code < 128) return isBlank(code) ? 0 : -1;
  return encodeText(String.fromCodePoint(code)).findIndex((byte) => byte === 0x85 || byte === 0xa0);
}

function skipBytes(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && spaceByte(text, at) === 0) at++;
  return at;
}

/** The first word from `from` on, and where the next one starts. */
function firstWord(text: string, from: number, end: number): { readonly text: string; readonly next: number } {
  let at = from;
  while (at < end && spaceByte(text, at) < 0) at++;
  const broken = at < end ? spaceByte(text, at) : 0;
  const word = text.slice(from, at) + '\ufffd'.repeat(broken);
  if (broken > 0) at += characterAt(text, at).length;
  return { text: word, next: skipBytes(text, at, end) };
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at)!);
}

/** Reads the flags at `from` into `flags`; gives back where the arguments start. */
function readFlags(joined: JoinedText, from: number, end: number, escape: number, flags: Flag[]): number {
  const { text } = joined;
  let at = from;
  for (;;) {
    at = skipBytes(text, at, end);
    if (!text.startsWith('--', at) || at >= end) return at;
    const start = at;
    let value = '';
    let valueAt = 0;
    let quote = UNQUOTED;
    while (at < end) {
      // The escape character takes the next one as it is; at the end of the line it stands for nothing.
      const isEscaped = text.charCodeAt(at) === escape;
      if (isEscaped && ++at === end) break;
      const code = text.charCodeAt(at);
      const space = quote === UNQUOTED ? spaceByte(text, at) : -1;
      if (space === 0 && !isEscaped) break;
      if (code >= 128) {
        const character = characterAt(text, at);
        const bytes = encodeText(character);
        value += bytes.toString('latin1', 0, space > 0 ? space : bytes.length);
        at += character.length;
        if (space > 0) break;
        continue;
      }
      at++;
      if (isEscaped) value += text[at - 1];
      else if (code === quote) quote = UNQUOTED;
      else if (quote === UNQUOTED && (code === DOUBLE_QUOTE || code === SINGLE_QUOTE)) quote = code;
      else {
        if (code === EQUALS && valueAt === 0) valueAt = at;
        value += text[at - 1];
      }
    }
    if (value === '--') return at;
    const equals = value.indexOf('=');
    flags.push({
      name: equals < 0 ? value.slice(2) : value.slice(2, equals),
      value: equals < 0 ? undefined : value.slice(equals + 1),
      text: value,
      ...joined.toRange(start, at),
      valueRange: joined.toRange(valueAt || at, at),
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
  while (from < end && isSpace(text.charCodeAt(from))) from++;
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
    items.push({ value: value.replace(LONE_SURROGATE, '\ufffd'), ...joined.toRange(start, at) });
  }
  return items;
}

/** Splits at white space outside quotes, as ENV, LABEL and ARG do; `legacy` allows `NAME value`. */
function splitPairs(joined: JoinedText, from: number, end: number, escape: number, legacy: boolean): KeyValue[] {
  const { text } = joined;
  const pairs: KeyValue[] = [];
  for (let at = from; at < end; ) {
    while (at < end && isSpace(text.charCodeAt(at))) at++;
    const start = at;
    at = wordEnd(text, at, end, escape);
    if (at === start) break;
    const equals = text.indexOf('=', start);
    const hasEquals = equals >= 0 && equals < at;
    if (legacy && pairs.length === 0 && !hasEquals) return [legacyPair(joined, from, end)];
    if (hasEquals) pairs.push(pair(joined, start, equals, equals + 1, at, false));
    else pairs.push(pair(joined, start, at, undefined, at, false));
  }
  return pairs;
}

/** The end of the word at `from`: white space that is neither quoted nor escaped, or an escape of nothing. */
function wordEnd(text: string, from: number, end: number, escape: number): number {
  let quote = UNQUOTED;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (quote === UNQUOTED && isSpace(code)) return at;
    if (code === escape && quote !== SINGLE_QUOTE) {
      if (++at === end) return at - 1;
    } else if (code === quote) quote = UNQUOTED;
    else if (quote === UNQUOTED && (code === DOUBLE_QUOTE || code === SINGLE_QUOTE)) quote = code;
  }
  return end;
}

/** `NAME value`: all behind the first blanks is the value, quotes and all. */
function legacyPair(joined: JoinedText, from: number, end: number): KeyValue {
  const { text } = joined;
  let nameEnd = from;
  while (nameEnd < end && !isBlank(text.charCodeAt(nameEnd))) nameEnd++;
  const valueAt = skipBlanks(text, nameEnd, end);
  return pair(joined, from, nameEnd, valueAt < end ? valueAt : undefined, end, true);
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
