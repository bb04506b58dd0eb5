import { posix } from 'node:path';

/** One line of an ignore file. */
interface Pattern {
  readonly text: string;
  readonly expression: RegExp;
  /** Written with a `!` in front: takes back what earlier lines left out. */
  readonly isException: boolean;
}

/** The patterns of a `.dockerignore`, as the builder reads them: every line in order, the last match decides. */
export class DockerIgnore {
  readonly #patterns: readonly Pattern[];

  constructor(text: string) {
    this.#patterns = text
      .replace(/^\uFEFF/, '')
      .split('\n')
      .flatMap((line) => readPattern(line) ?? []);
  }

  /** Some line takes back what others leave out. */
  get hasExceptions(): boolean {
    return this.#patterns.some(({ isException }) => isException);
  }

  /** Some line leaves out all there is, before others take anything back. */
  get hasCatchAll(): boolean {
    return this.#patterns.some(({ text, isException }) => !isException && /^(?:\*|\*\*|\*\*\/\*)$/.test(text));
  }

  /** Whether nothing below the folder can get into the context. */
  closes(folder: string): boolean {
    return !this.hasExceptions && this.ignores(folder);
  }

  /** Whether a path relative to the context is left out, itself or with a folder around it. */
  ignores(path: string): boolean {
    const parts = path.split('/');
    const prefixes = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
    let isIgnored = false;
    for (const { expression, isException } of this.#patterns) {
      if (isIgnored !== isException) continue;
      if (prefixes.some((prefix) => expression.test(prefix))) isIgnored = !isException;
    }
    return isIgnored;
  }
}

function readPattern(line: string): Pattern | undefined {
  if (line.startsWith('#')) return undefined;
  let text = line.trim();
  const isException = text.startsWith('!');
  if (isException) text = text.slice(1).trim();
  if (text === '') return undefined;
  text = posix.normalize(text).replace(/^\/+/, '').replace(/\/+$/, '');
  if (text === '' || text === '.') return undefined;
  return { text, expression: new RegExp(`^${expressionOf(text)}$`, 's'), isException };
}

/** Go's `filepath.Match` with `**` for any number of folders. */
function expressionOf(pattern: string): string {
  let result = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === '*' && pattern[at + 1] === '*') {
      at++;
      if (pattern[at + 1] === '/') at++;
      result += at + 1 >= pattern.length ? '.*' : '(?:.*/)?';
    } else if (char === '*') result += '[^/]*';
    else if (char === '?') result += '[^/]';
    else if (char === '[' && pattern.indexOf(']', at) > 0) {
      const end = pattern.indexOf(']', at);
      result += `[${pattern.slice(at + 1, end).replace(/\\/g, '\\\\')}]`;
      at = end;
    } else if (char === '\\' && at + 1 < pattern.length) result += escape(pattern[++at]!);
    else result += escape(char);
  }
  return result;
}

function escape(char: string): string {
  return /[.*+?^${}()|[\]\\/]/.test(char) ? `\\${char}` : char;
}
