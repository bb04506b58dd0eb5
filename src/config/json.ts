const SPACE = /[ \t\r\n]*/y;
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has none of them in strings
  /[{}[\],:]|"(?:[^"\\\0-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Reads JSON; what is wrong with it is told in one line with its place, which not every version of Node does. */
export function parseJson(text: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(json);
  } catch {
    const { offset, found } = findError(json);
    const before = json.slice(0, offset).split('\n');
    throw new Error(`line ${before.length}, column ${before.at(-1)!.length + 1}: unexpected ${found}`);
  }
}

/** The first token that cannot stand where it stands. */
function findError(text: string): { offset: number; found: string } {
  const open: string[] = [];
  // What may come next: a value; a key or the end of what is open; what follows a key; what follows a value.
  let state: 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'rest' = 'value';
  for (let at = 0; ; ) {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)![0].length;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    const error = { offset: at, found: token ?? (at < text.length ? text[at]! : 'end of the file') };
    if (token === undefined) return error;
    at += token.length;
    const closes = token === (open.at(-1) === '{' ? '}' : ']');
    if (closes && open.length > 0 && /^(first|rest)/.test(state)) {
      open.pop();
      state = 'rest';
    } else if (/value/.test(state) && !/^[}\],:]/.test(token)) {
      if (token === '{' || token === '[') open.push(token);
      state = token === '{' ? 'first key' : token === '[' ? 'first value' : 'rest';
    } else if (/key/.test(state) && token.startsWith('"')) state = 'colon';
    else if (state === 'colon' && token === ':') state = 'value';
    else if (state === 'rest' && token === ',' && open.length > 0) state = open.at(-1) === '{' ? 'key' : 'value';
    else return error;
  }
}
