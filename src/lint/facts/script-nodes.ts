import { parseScript, type ScriptNode, type ScriptStatement, type ScriptWord } from '../../dockerfile/index.ts';
import type { ShellRun } from './runs.ts';

type ScriptPipeline = Extract<ScriptNode, { kind: 'pipeline' }>;

/** The commands of a RUN that are one statement, joined by `&&` alone; undefined for anything else. */
export function andChain({ script }: ShellRun): readonly ScriptNode[] | undefined {
  const { body, errors } = parseScript(script.text);
  const [statement] = body;
  if (body.length !== 1 || errors.length > 0 || statement!.isBackground) return undefined;
  const { node } = statement!;
  if (node.kind !== 'chain') return [node];
  return node.operators.every((operator) => operator === '&&') ? node.members : undefined;
}

const pipelines = new WeakMap<ShellRun, readonly ScriptPipeline[]>();

/** Every pipeline of a script, those in groups, branches and substitutions included. */
export function pipelinesOf(run: ShellRun): readonly ScriptPipeline[] {
  let found = pipelines.get(run);
  if (!found) {
    found = readPipelines(run);
    pipelines.set(run, found);
  }
  return found;
}

function readPipelines({ script }: ShellRun): readonly ScriptPipeline[] {
  // Most scripts have none, and are not worth a second reading.
  if (!/(?:^|[^|])\|(?!\|)/.test(script.text.text)) return [];
  const found: ScriptPipeline[] = [];
  for (const { node } of parseScript(script.text).body) collect(node, found);
  return found.filter(({ members }) => members.length > 1);
}

function collect(node: ScriptNode, found: ScriptPipeline[]): void {
  const all = (body: readonly ScriptStatement[]) => {
    for (const statement of body) collect(statement.node, found);
  };
  const word = (one: ScriptWord | undefined) => {
    for (const part of one?.parts ?? []) if (part.kind === 'substitution') all(part.body);
  };
  switch (node.kind) {
    case 'pipeline':
      found.push(node);
      for (const member of node.members) collect(member, found);
      return;
    case 'chain':
      for (const member of node.members) collect(member, found);
      return;
    case 'group':
    case 'function':
      all(node.body);
      return;
    case 'branch':
      for (const body of node.bodies) all(body);
      return;
    case 'command':
      for (const one of node.words) word(one);
      for (const { value } of node.assignments) word(value);
      for (const { target } of node.redirects) word(target);
  }
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
