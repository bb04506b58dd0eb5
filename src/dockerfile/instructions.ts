import { type JsonItem, type KeyValue, parseJsonArray, splitPairs, splitWords, type Word } from './arguments.ts';
import { type Flag, firstWord, readFlags, skipBytes } from './flags.ts';
import type { Heredoc } from './heredocs.ts';
import { isBlank, isSpace, type JoinedText, type LogicalLine } from './lines.ts';
import type { Range } from './source.ts';

/** Where an instruction's text lies inside its joined line. */
export interface InstructionParts {
  readonly keyword: string;
  readonly keywordAt: number;
  readonly keywordEnd: number;
  readonly flags: readonly Flag[];
  readonly argsAt: number;
  readonly argsEnd: number;
}

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
  const { flags, next } = readFlags(joined, rest, end, escape);
  let argsAt = next;
  while (argsAt < end && isSpace(text.charCodeAt(argsAt))) argsAt++;
  return { keyword, keywordAt: at, keywordEnd, flags, argsAt, argsEnd: end };
}
