import {
  expand,
  parseDocument,
  type ShellScript,
  type ShellWord,
  Source,
  type VariableValue,
} from '../dockerfile/index.ts';

/** A node of the shell parser's tree, as far as it is looked at here. */
export interface ShellNode {
  readonly type: string;
  readonly pos: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

/** Nodes in which no command of the script itself stands. */
const NO_COMMANDS: ReadonlySet<string> = new Set([
  'Word',
  'CommandExpansion',
  'ProcessSubstitution',
  'HereDoc',
  'HereString',
]);

/** The nodes directly below a node, in the order of the text. */
export function childNodes(node: ShellNode): readonly ShellNode[] {
  const children: ShellNode[] = [];
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(item) && !NO_COMMANDS.has(item.type)) children.push(item);
    }
  }
  return children.sort((a, b) => a.pos - b.pos);
}

export function isNode(value: unknown): value is ShellNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

export function rootNode(script: ShellScript): ShellNode | undefined {
  return script.tree as ShellNode | undefined;
}

/** A text that stands in no Dockerfile, such as a script of the build context, as shell commands. */
export function parseScript(text: string): ShellScript | undefined {
  let end = 'END';
  while (text.includes(end)) end += '_';
  const body = text.replace(/^#!.*/, '').replaceAll('\r\n', '\n');
  const document = parseDocument(new Source('script', `FROM scratch\nRUN <<'${end}'\n${body}\n${end}\n`));
  const run = document.instructions[1];
  return run && document.shell(run);
}

/** A list of arguments as a line of shell text. */
export function quoteWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./*?-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** What a word becomes: one argument, or several where a variable that is not quoted holds white space. */
export function expandShellWord(
  word: Pick<ShellWord, 'text' | 'value' | 'isLiteral'>,
  lookup: (name: string) => VariableValue,
): readonly string[] {
  if (word.isLiteral) return expandBraces(word.value);
  if (/\$\(|`/.test(word.text)) return [word.text];
  const { value, complete, error } = expand(word.text, lookup);
  if (error !== undefined) return [word.text];
  if (!complete && !value.includes('$')) return [`$${value}`];
  if (/["']/.test(word.text)) return [value];
  return value.split(/\s+/).filter((part) => part !== '');
}

function expandBraces(value: string): readonly string[] {
  const match = /^([^{}]*)\{([^{}]*,[^{}]*)\}(.*)$/.exec(value);
  if (!match) return [value];
  return match[2]!.split(',').flatMap((part) => expandBraces(`${match[1]}${part}${match[3]}`));
}
