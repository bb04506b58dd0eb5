import { UsageError } from './command.ts';

/** The words of a command as a shell would split them; `["a", "b c"]` is taken as it is. Nothing is expanded. */
export function splitCommand(text: string, option: string): string[] {
  const words = text.trimStart().startsWith('[') ? readList(text) : splitWords(text);
  if (words === undefined)
    throw new UsageError(`--${option} ${text}: no shell runs it; for one, write ["sh", "-c", "…"]`);
  if (words.length === 0) throw new UsageError(`--${option} needs a command`);
  return words;
}

function readList(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((word) => typeof word === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where only a shell knows what is meant. */
function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  const piece = /\s+|'([^']*)'|"((?:[^"\\$`]|\\.)*)"|\\(.)|([^\s'"\\|&;<>()$`*?]+)/sy;
  while (at < text.length) {
    piece.lastIndex = at;
    const found = piece.exec(text);
    if (found === null) return undefined;
    at = piece.lastIndex;
    const [all, single, double, escaped, bare] = found;
    const part = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? bare;
    if (part !== undefined) word = (word ?? '') + part;
    else if (/^\s/.test(all) && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
