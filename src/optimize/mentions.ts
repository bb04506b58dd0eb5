import type { BuildContext } from './context.ts';

/** As much program text as is looked through for the names of files. */
const MOST_TEXT = 4 << 20;
const TEXT =
  /\.(?:go|rs|py|js|mjs|cjs|ts|tsx|jsx|java|kt|scala|cs|c|cc|cpp|h|hpp|rb|php|ex|exs|hs|swift|clj|ya?ml|toml|json|properties|conf|ini|cfg|xml)$/;

const texts = new WeakMap<BuildContext, string>();

/** Whether a string of the project's program text or configuration names the file, or a folder as a whole. */
export function mentions(context: BuildContext, file: string): boolean {
  let text = texts.get(context);
  if (text === undefined) {
    const parts: string[] = [];
    let length = 0;
    for (const path of context.files) {
      if (!TEXT.test(path) || /(?:^|\/)(?:vendor|node_modules|target)\//.test(path) || length > MOST_TEXT) continue;
      const part = context.readText(path) ?? '';
      length += part.length;
      parts.push(part);
    }
    text = parts.join('\n');
    texts.set(context, text);
  }
  const escaped = file.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return new RegExp(`["'\`](?:\\.?/)?${escaped}["'\`]`).test(text);
}
