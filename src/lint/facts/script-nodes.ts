import { parseScript, type ScriptNode } from '../../dockerfile/index.ts';
import type { ShellRun } from './runs.ts';

/** The commands of a RUN that are one statement, joined by `&&` alone; undefined for anything else. */
export function andChain({ script }: ShellRun): readonly ScriptNode[] | undefined {
  const { body, errors } = parseScript(script.text);
  const [statement] = body;
  if (body.length !== 1 || errors.length > 0 || statement!.isBackground) return undefined;
  const { node } = statement!;
  if (node.kind !== 'chain') return [node];
  return node.operators.every((operator) => operator === '&&') ? node.members : undefined;
}

/** The words of a simple command as far as they are written out; empty for other nodes. */
export function plainWords(node: ScriptNode): readonly string[] {
  if (node.kind !== 'command') return [];
  return node.words.map(({ parts, text }) =>
    parts.every((part) => part.kind === 'text')
      ? parts.map((part) => (part.kind === 'text' ? part.value : '')).join('')
      : text,
  );
}
