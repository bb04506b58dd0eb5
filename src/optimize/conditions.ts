import { childNodes, isNode, type ShellNode } from './shell.ts';

/**
 * The branches of an `if` that may be carried out: one where the file itself tells which, else all.
 * @param expand what a word becomes; a value that is not known keeps its `$`
 */
export function branchesOf(node: ShellNode, expand: (word: ShellNode) => readonly string[]): readonly ShellNode[] {
  const branches: ShellNode[] = [];
  const elifs = Array.isArray(node.elif) ? node.elif.filter(isNode) : [];
  for (const { clause, then } of [node, ...elifs]) {
    if (!isNode(clause) || !isNode(then)) return childNodes(node);
    const holds = evaluate(clause, expand);
    if (holds === false) continue;
    if (holds === undefined) branches.push(clause);
    branches.push(then);
    if (holds) return branches;
  }
  return isNode(node.else) ? [...branches, node.else] : branches;
}

/** Whether a condition that is one `[ … ]` holds; undefined where that is not known. */
function evaluate(clause: ShellNode, expand: (word: ShellNode) => readonly string[]): boolean | undefined {
  let node: ShellNode | undefined = clause;
  while (node && (node.type === 'CompoundList' || node.type === 'Statement')) {
    const below = childNodes(node);
    node = below.length === 1 ? below[0] : undefined;
  }
  if (node?.type !== 'Command' || !isNode(node.name) || !Array.isArray(node.suffix)) return undefined;
  const name = String(node.name.value);
  const words = node.suffix.filter((word) => isNode(word) && word.type === 'Word').flatMap(expand);
  if (words.length !== node.suffix.length || (name !== '[' && name !== 'test')) return undefined;
  if (name === '[' && words.pop() !== ']') return undefined;
  return words.some((word) => /[$`*?]/.test(word)) ? undefined : holds(words);
}

function holds(words: readonly string[]): boolean | undefined {
  if (words[0] === '!') {
    const inner = holds(words.slice(1));
    return inner === undefined ? undefined : !inner;
  }
  const [first = '', second = '', third = ''] = words;
  if (words.length === 1) return first !== '';
  if (words.length === 2 && first === '-z') return second === '';
  if (words.length === 2 && first === '-n') return second !== '';
  if (words.length === 3 && (second === '=' || second === '==')) return first === third;
  return words.length === 3 && second === '!=' ? first !== third : undefined;
}
