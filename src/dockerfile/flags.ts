import { isBlank, type JoinedText } from './lines.ts';
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

const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const DASH = 45;
const EQUALS = 61;
const UNQUOTED = -1;
const NO_FLAGS: readonly Flag[] = [];

/**
 * In flags the builder looks at bytes, each a character of its own: the bytes 85 and A0 are white space there, even as
 * the last byte of `à`. The place of such a byte in the character at `at`, or -1.
 */
function spaceByte(text: string, at: number): number {
  const code = text.codePointAt(at)!;
  if (code < 128) return isBlank(code) ? 0 : -1;
  return encodeText(String.fromCodePoint(code)).findIndex((byte) => byte === 0x85 || byte === 0xa0);
}

export function skipBytes(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && spaceByte(text, at) === 0) at++;
  return at;
}

/** The first word from `from` on, and where the next one starts. */
export function firstWord(text: string, from: number, end: number): { readonly text: string; readonly next: number } {
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

/** Reads the flags at `from`; `next` is where the arguments start. */
export function readFlags(
  joined: JoinedText,
  from: number,
  end: number,
  escape: number,
): { readonly flags: readonly Flag[]; readonly next: number } {
  const { text } = joined;
  if (text.charCodeAt(from) !== DASH || text.charCodeAt(from + 1) !== DASH) return { flags: NO_FLAGS, next: from };
  const flags: Flag[] = [];
  let at = from;
  for (;;) {
    at = skipBytes(text, at, end);
    if (!text.startsWith('--', at) || at >= end) return { flags, next: at };
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
    if (value === '--') return { flags, next: at };
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
