import { isBlank, isSpace, type JoinedText } from './lines.ts';
import type { Range } from './source.ts';

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

const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const UNQUOTED = -1;
const LONE_SURROGATE = /[\ud800-\udfff]/gu;

/** Splits at white space; quotes mean nothing. */
export function splitWords(joined: JoinedText, from: number, end: number): Word[] {
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
export function parseJsonArray(joined: JoinedText, from: number, end: number): JsonItem[] | 'error' | null {
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
export function splitPairs(joined: JoinedText, from: number, end: number, escape: number, legacy: boolean): KeyValue[] {
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

function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  return at;
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
