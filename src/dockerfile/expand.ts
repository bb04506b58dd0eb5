import { isSpace } from './lines.ts';
import type { Range } from './source.ts';

/** What a variable holds; `complete` is false when the file alone does not tell its value. */
export interface VariableValue {
  /** Undefined for a variable that is not set. */
  readonly value: string | undefined;
  readonly complete: boolean;
}

export type Lookup = (name: string) => VariableValue;

/** A text with its variables resolved. */
export interface Expansion {
  /** Quotes and escapes gone; a variable whose value is not known stays as it was written. */
  readonly value: string;
  /** Every variable's value was known. */
  readonly complete: boolean;
  /** The names that were looked up, in order. */
  readonly names: readonly string[];
  /** Why the builder refuses the text. */
  readonly error: string | undefined;
}

/** A text with its variables resolved, and split at white space behind that, as EXPOSE takes it. */
export interface WordExpansion extends Expansion {
  readonly words: readonly string[];
}

/** A word as written, quotes and escapes included; the range is one of the text it was split from. */
export interface ShellWordSpan extends Range {
  readonly text: string;
}

/** Resolves quotes, escapes and variables as the builder does for ENV, COPY, FROM, WORKDIR and others (never for RUN). */
export function expand(text: string, lookup: Lookup, escape = '\\'): Expansion {
  if (!/^\ufeff|["'$\\`]/.test(text)) return { value: text, complete: true, names: [], error: undefined };
  return new Expander(text, lookup, escape, 'plain').run();
}

/** Resolves a text to a list of words. */
export function expandWords(text: string, lookup: Lookup, escape = '\\'): WordExpansion {
  const expander = new Expander(text, lookup, escape, 'plain');
  const expansion = expander.run();
  return { ...expansion, words: expansion.error === undefined ? expander.words.map((word) => word.text) : [] };
}

/** Splits a text into words where the builder looks for heredocs; undefined when it cannot read the text. */
export function splitShellWords(text: string): readonly ShellWordSpan[] | undefined {
  const expander = new Expander(text, () => ({ value: undefined, complete: true }), '\\', 'kept');
  return expander.run().error === undefined ? expander.words : undefined;
}

/** The builder refuses the text. */
class ExpansionError extends Error {}

/** The text is too large to be worked out here; nothing is wrong with it. */
class ExpansionLimit extends Error {}

/** How much the variables of one text may add up to, in characters: each may hold the double of the one before. */
const LONGEST_VALUE = 100_000;
/** How much work one pattern may be, in characters compared. */
const LARGEST_MATCH = 100_000_000;
/** How deep `${A:-${B:-…}}` may go. */
const DEEPEST = 500;

/**
 * What becomes of quotes and escapes. `plain`: they go. `pattern`, `replacement`: those that mean something to a pattern
 * stay. `kept`: all stay, and so do variables.
 */
type Mode = 'plain' | 'pattern' | 'replacement' | 'kept';

/** The builder's scanner takes a byte order mark at the start of any text for one of a file. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

const ASCII_NAME = /[A-Za-z_]\w*|[0-9]+|[@*#?$!-]/y;
const anyName = () => /[\p{L}_][\p{L}\p{Nd}_]*|[0-9]+|[@*#?$!-]/uy;

/** Reads a text once, character by character, as the builder's own small shell does. */
class Expander {
  readonly words: ShellWordSpan[] = [];
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #escape: string;
  #mode: Mode;
  #at: number;
  #depth = 0;
  #length = 0;
  #complete = true;
  readonly #names: string[] = [];
  #word = '';
  #wordAt = 0;

  constructor(text: string, lookup: Lookup, escape: string, mode: Mode) {
    this.#text = text;
    this.#lookup = lookup;
    this.#escape = escape;
    this.#mode = mode;
    this.#at = text.length - withoutMark(text).length;
  }

  run(): Expansion {
    try {
      const value = this.#whole();
      return { value, complete: this.#complete, names: this.#names, error: undefined };
    } catch (error) {
      if (error instanceof ExpansionLimit) {
        return { value: this.#text, complete: false, names: this.#names, error: undefined };
      }
      if (!(error instanceof ExpansionError)) throw error;
      return { value: this.#text, complete: false, names: this.#names, error: error.message };
    }
  }

  #whole(): string {
    let result = '';
    while (this.#at < this.#text.length) {
      const start = this.#at;
      const char = this.#text[start]!;
      const part = this.#part(char);
      result += part;
      if (char === '$')
        for (let at = 0; at < part.length; at++) this.#split(part[at]!, start + (this.#mode === 'kept' ? at : 0));
      else if (char === '"' || char === "'" || char === this.#escape) this.#join(part, start);
      else if (char === '<' && this.#text[this.#at] === '<') {
        // What follows `<<` belongs to the same word.
        const operator = /<[ \t\r]*/y;
        operator.lastIndex = this.#at;
        const rest = operator.exec(this.#text)![0];
        this.#at += rest.length;
        this.#join(part + rest, start);
        result += rest;
      } else this.#split(part, start);
    }
    this.#endWord();
    return result;
  }

  /** Adds text in which white space does not end the word. */
  #join(text: string, at: number): void {
    if (this.#word === '') this.#wordAt = at;
    this.#word += text;
  }

  #split(char: string, at: number): void {
    if (isSpace(char.charCodeAt(0))) this.#endWord();
    else this.#join(char, at);
  }

  #endWord(): void {
    const text = this.#word;
    if (text !== '') this.words.push({ text, start: this.#wordAt, end: this.#wordAt + text.length });
    this.#word = '';
  }

  /** Reads up to the character `stop`, which is consumed. */
  #until(stop: string, mode: Mode): string {
    const outer = this.#mode;
    if (outer !== 'kept') this.#mode = mode;
    if (++this.#depth > DEEPEST) throw new ExpansionLimit();
    // The builder forgets what it has of a word when it comes to a word inside braces.
    this.#word = '';
    let result = '';
    for (let char = this.#text[this.#at]; char !== stop; char = this.#text[this.#at]) {
      if (char === undefined) {
        throw new ExpansionError(`unexpected end of statement while looking for matching ${stop}`);
      }
      result += this.#part(char);
    }
    this.#at++;
    this.#depth--;
    this.#mode = outer;
    return result;
  }

  /** Reads what starts with the character: something quoted, something escaped, a variable, or itself. */
  #part(char: string): string {
    if (char === "'") return this.#singleQuoted();
    if (char === '"') return this.#doubleQuoted();
    if (char === '$') return this.#dollar();
    const start = this.#at++;
    if (char !== this.#escape) return char;
    this.#at = Math.min(this.#at + 1, this.#text.length);
    return this.#text.slice(this.#mode === 'plain' ? start + 1 : start, this.#at);
  }

  #singleQuoted(): string {
    const start = this.#at;
    const end = this.#text.indexOf("'", start + 1);
    if (end < 0) throw new ExpansionError('unexpected end of statement while looking for matching single-quote');
    this.#at = end + 1;
    if (this.#mode === 'kept') return this.#text.slice(start, this.#at);
    const content = this.#text.slice(start + 1, end);
    return this.#mode === 'pattern' ? content.replaceAll(this.#escape, this.#escape + this.#escape) : content;
  }

  #doubleQuoted(): string {
    const start = this.#at++;
    const escape = this.#escape;
    const isPlain = this.#mode === 'plain';
    let result = '';
    for (let char = this.#text[this.#at]; char !== '"'; char = this.#text[this.#at]) {
      const next = this.#text[this.#at + 1];
      if (char === undefined) {
        throw new ExpansionError('unexpected end of statement while looking for matching double-quote');
      }
      if (char === '$') result += this.#dollar();
      else if (char === escape && next !== undefined) {
        // Inside double quotes the escape character only takes these.
        const isEscape = next === '"' || next === '$' || next === escape;
        result += (isEscape ? (isPlain ? '' : escape) : isPlain ? escape : escape + escape) + next;
        this.#at += 2;
      } else {
        result += char;
        this.#at++;
      }
    }
    this.#at++;
    return this.#mode === 'kept' ? this.#text.slice(start, this.#at) : result;
  }

  #value(name: string, written: string): string {
    this.#names.push(name);
    const { value, complete } = this.#lookup(name);
    if (!complete) this.#complete = false;
    return this.#measured(value ?? (complete ? '' : written));
  }

  #measured(value: string): string {
    this.#length += value.length;
    if (this.#length > LONGEST_VALUE) throw new ExpansionLimit();
    return value;
  }

  #dollar(): string {
    const start = this.#at++;
    const value = this.#text[this.#at] === '{' ? this.#braced(start) : this.#plain(start);
    return this.#mode === 'kept' ? this.#text.slice(start, this.#at) : value;
  }

  #plain(start: number): string {
    const name = this.#name();
    return name === '' ? '$' : this.#value(name, this.#text.slice(start, this.#at));
  }

  #name(): string {
    const name = this.#match(ASCII_NAME);
    // Most names are ASCII, and the table of all letters takes longer to make than most files to lint.
    const end = this.#at + name.length;
    const whole = this.#text.charCodeAt(end) < 128 || end === this.#text.length ? name : this.#match(anyName());
    this.#at += whole.length;
    return whole;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? '';
  }

  #braced(start: number): string {
    this.#at++;
    if (this.#at >= this.#text.length) throw new ExpansionError("syntax error: missing '}'");
    const name = this.#name();
    const char = this.#text[this.#at];
    if (char === undefined) throw new ExpansionError("syntax error: missing '}'");
    if (name === '' && (char === '}' || char === ':')) throw new ExpansionError('syntax error: bad substitution');
    if (char === '}') {
      this.#at++;
      return this.#value(name, this.#text.slice(start, this.#at));
    }
    if (char === ':' || char === '-' || char === '+' || char === '?') return this.#modified(name, start);
    if (char === '#' || char === '%') return this.#trimmed(name, start, char);
    if (char === '/') return this.#replaced(name, start);
    throw new ExpansionError(`unsupported modifier (${char}) in substitution`);
  }

  #modified(name: string, start: number): string {
    const colon = this.#text[this.#at] === ':';
    if (colon) this.#at++;
    const modifier = this.#text[this.#at++];
    if (modifier !== '-' && modifier !== '+' && modifier !== '?') {
      throw new ExpansionError(`unsupported modifier (${modifier ?? ''}) in substitution`);
    }
    const before = this.#complete;
    const word = this.#until('}', 'plain');
    this.#names.push(name);
    const { value, complete } = this.#lookup(name);
    const isSet = value !== undefined && (!colon || value !== '');
    if (modifier === '-') {
      if (isSet) {
        this.#complete = before && complete;
        return this.#measured(value);
      }
      if (!complete) this.#complete = false;
      return word;
    }
    if (modifier === '+') {
      if (!isSet) this.#complete = before;
      if (!complete) this.#complete = false;
      return isSet ? word : '';
    }
    this.#complete = before && complete;
    if (isSet) return this.#measured(value);
    if (!complete || this.#mode === 'kept') return this.#text.slice(start, this.#at);
    throw new ExpansionError(`${name}: ${word === '' ? 'is not allowed to be empty' : word}`);
  }

  #trimmed(name: string, start: number, char: string): string {
    this.#at++;
    const word = this.#until('}', 'pattern');
    // The second sign may even be quoted.
    const greedy = word.startsWith(char);
    const pattern = greedy ? word.slice(1) : word;
    if (this.#mode === 'kept') return '';
    const glob = readGlob(char === '#' ? pattern : reversePattern(pattern));
    const value = this.#value(name, '');
    if (!this.#complete && value === '') return this.#text.slice(start, this.#at);
    const characters = this.#characters(value, pattern.length);
    if (char === '%') characters.reverse();
    const end = matchGlob(characters, 0, glob, greedy);
    if (end < 0) return value;
    const rest = characters.slice(end);
    return (char === '%' ? rest.reverse() : rest).join('');
  }

  #replaced(name: string, start: number): string {
    this.#at++;
    const all = this.#text[this.#at] === '/';
    if (all) this.#at++;
    const pattern = this.#until('/', 'pattern');
    const replacement = this.#until('}', 'replacement');
    if (this.#mode === 'kept') return '';
    const glob = readGlob(pattern);
    const value = this.#value(name, '');
    if (!this.#complete && value === '') return this.#text.slice(start, this.#at);
    const characters = this.#characters(value, pattern.length * (glob.length > 1 ? value.length : 1));
    let result = '';
    let copied = 0;
    for (let at = 0; at <= characters.length; ) {
      const end = matchGlob(characters, at, glob, true);
      // Right behind a match there is no empty one.
      if (end < 0 || (end === copied && at > 0)) {
        at++;
        continue;
      }
      const match = characters.slice(at, end).join('');
      result += characters.slice(copied, at).join('');
      result += this.#measured(all ? fillTemplate(replacement, match) : replacement);
      copied = end;
      at = Math.max(end, at + 1);
      if (!all) break;
    }
    return result + characters.slice(copied).join('');
  }

  #characters(value: string, effort: number): string[] {
    if (value.length * effort > LARGEST_MATCH) throw new ExpansionLimit();
    return [...value];
  }
}

/** A shell pattern: what stands between its stars; undefined is any one character. */
type Glob = readonly (readonly (string | undefined)[])[];

function readGlob(pattern: string): Glob {
  const glob: (string | undefined)[][] = [[]];
  const characters = [...withoutMark(pattern)];
  for (let at = 0; at < characters.length; at++) {
    const char = characters[at]!;
    if (char === '*') glob.push([]);
    else if (char === '?') glob.at(-1)!.push(undefined);
    else if (char !== '\\') glob.at(-1)!.push(char);
    else {
      const next = characters[++at] ?? '';
      if (!/^[*?\\/}]$/.test(next)) throw new ExpansionError(`invalid escape \\${next} in the pattern ${pattern}`);
      glob.at(-1)!.push(next);
    }
  }
  return glob;
}

/** The pattern of the reversed text; a backslash goes on escaping what it did. */
function reversePattern(pattern: string): string {
  return (pattern.match(/\\?./gsu) ?? []).reverse().join('');
}

/** The end of the shortest or longest match that starts at `from`, or -1. Stars and question marks match no newline. */
function matchGlob(characters: readonly string[], from: number, glob: Glob, longest: boolean): number {
  const fits = (part: Glob[number], at: number) =>
    at + part.length <= characters.length &&
    part.every((char, i) => (char === undefined ? characters[at + i] !== '\n' : char === characters[at + i]));
  if (!fits(glob[0]!, from)) return -1;
  let end = from + glob[0]!.length;
  for (const part of glob.slice(1)) {
    let found = -1;
    for (let at = end; at <= characters.length; at++) {
      if (fits(part, at)) found = at;
      if ((found >= 0 && !(longest && part === glob.at(-1))) || characters[at] === '\n') break;
    }
    if (found < 0) return -1;
    end = found + part.length;
  }
  return end;
}

/** A replacement of all matches may name the match: the builder hands it to its regular expressions. */
function fillTemplate(template: string, match: string): string {
  return template.replace(
    /\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu,
    (whole, name?: string, braced?: string) => {
      if (whole === '$$') return '$';
      return (name ?? braced) === '0' ? match : '';
    },
  );
}
