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

/** Resolves quotes, escapes and variables as the builder does for ENV, COPY, FROM, WORKDIR and others (never for RUN). */
export function expand(text: string, lookup: Lookup, escape = '\\'): Expansion {
  if (!/["'$\\`]/.test(text)) return { value: text, complete: true, names: [], error: undefined };
  return new Expander(text, lookup, escape).run();
}

class ExpansionError extends Error {}

class Expander {
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #escape: string;
  #at = 0;
  #complete = true;
  readonly #names: string[] = [];

  constructor(text: string, lookup: Lookup, escape: string) {
    this.#text = text;
    this.#lookup = lookup;
    this.#escape = escape;
  }

  run(): Expansion {
    try {
      const value = this.#until('');
      return { value, complete: this.#complete, names: this.#names, error: undefined };
    } catch (error) {
      if (!(error instanceof ExpansionError)) throw error;
      return { value: this.#text, complete: false, names: this.#names, error: error.message };
    }
  }

  /** Reads up to the character `stop`, which is consumed, or to the end for ''. */
  #until(stop: string): string {
    let result = '';
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at]!;
      if (char === stop) {
        this.#at++;
        return result;
      }
      if (char === "'") result += this.#singleQuoted();
      else if (char === '"') result += this.#doubleQuoted();
      else if (char === '$') result += this.#dollar();
      else if (char === this.#escape) {
        this.#at++;
        if (this.#at < this.#text.length) result += this.#text[this.#at++];
      } else {
        result += char;
        this.#at++;
      }
    }
    if (stop !== '') throw new ExpansionError(`unexpected end of statement while looking for matching ${stop}`);
    return result;
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) throw new ExpansionError('unexpected end of statement while looking for matching single-quote');
    const value = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return value;
  }

  #doubleQuoted(): string {
    this.#at++;
    let result = '';
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at]!;
      if (char === '"') {
        this.#at++;
        return result;
      }
      if (char === '$') result += this.#dollar();
      else if (char === this.#escape && this.#at + 1 < this.#text.length) {
        const next = this.#text[this.#at + 1]!;
        // Inside double quotes the escape character only takes these.
        result += next === '"' || next === '$' || next === this.#escape ? next : char + next;
        this.#at += 2;
      } else {
        result += char;
        this.#at++;
      }
    }
    throw new ExpansionError('unexpected end of statement while looking for matching double-quote');
  }

  #value(name: string, written: string): string {
    this.#names.push(name);
    const { value, complete } = this.#lookup(name);
    if (complete) return value ?? '';
    this.#complete = false;
    return value ?? written;
  }

  #dollar(): string {
    const start = this.#at++;
    if (this.#text[this.#at] === '{') return this.#braced(start);
    const name = this.#name();
    return name === '' ? '$' : this.#value(name, this.#text.slice(start, this.#at));
  }

  #name(): string {
    const match = /[a-zA-Z_][a-zA-Z0-9_]*|[0-9]+|[@*#?$!-]/y;
    match.lastIndex = this.#at;
    const name = match.exec(this.#text)?.[0] ?? '';
    this.#at += name.length;
    return name;
  }

  #braced(start: number): string {
    this.#at++;
    if (this.#at >= this.#text.length) throw new ExpansionError("syntax error: missing '}'");
    if (this.#text[this.#at] === '}') throw new ExpansionError('${}: bad substitution');
    const name = this.#name();
    const char = this.#text[this.#at];
    if (char === undefined) throw new ExpansionError("syntax error: missing '}'");
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
    const word = this.#until('}');
    this.#names.push(name);
    const { value, complete } = this.#lookup(name);
    const isSet = value !== undefined && (!colon || value !== '');
    if (modifier === '-') {
      if (isSet) {
        this.#complete = before && complete;
        return value;
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
    if (isSet) return value;
    if (!complete) return this.#text.slice(start, this.#at);
    throw new ExpansionError(`${name}: ${word === '' ? 'is not allowed to be empty' : word}`);
  }

  #trimmed(name: string, start: number, char: string): string {
    this.#at++;
    const greedy = this.#text[this.#at] === char;
    if (greedy) this.#at++;
    const pattern = this.#until('}');
    const value = this.#value(name, '');
    if (!this.#complete && value === '') return this.#text.slice(start, this.#at);
    return char === '#' ? trimPrefix(value, pattern, greedy) : trimSuffix(value, pattern, greedy);
  }

  #replaced(name: string, start: number): string {
    this.#at++;
    const all = this.#text[this.#at] === '/';
    if (all) this.#at++;
    const pattern = this.#until('/');
    const replacement = this.#until('}');
    const value = this.#value(name, '');
    if (!this.#complete && value === '') return this.#text.slice(start, this.#at);
    const expression = globExpression(pattern, true);
    return value.replace(new RegExp(expression, all ? 'gs' : 's'), () => replacement);
  }
}

/** A shell pattern as the source of a regular expression. */
function globExpression(pattern: string, greedy: boolean): string {
  let result = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === '*') result += greedy ? '.*' : '.*?';
    else if (char === '?') result += '.';
    else if (char === '\\' && at + 1 < pattern.length) result += escapeForRegExp(pattern[++at]!);
    else result += escapeForRegExp(char);
  }
  return result;
}

function escapeForRegExp(char: string): string {
  return /[.*+?^${}()|[\]\\/]/.test(char) ? `\\${char}` : char;
}

function trimPrefix(value: string, pattern: string, greedy: boolean): string {
  const match = new RegExp(`^(?:${globExpression(pattern, greedy)})`, 's').exec(value);
  return match ? value.slice(match[0].length) : value;
}

function trimSuffix(value: string, pattern: string, greedy: boolean): string {
  const expression = new RegExp(`^(?:${globExpression(pattern, true)})$`, 's');
  for (
    let length = greedy ? value.length : 0;
    greedy ? length >= 0 : length <= value.length;
    length += greedy ? -1 : 1
  ) {
    if (expression.test(value.slice(value.length - length))) return value.slice(0, value.length - length);
  }
  return value;
}
