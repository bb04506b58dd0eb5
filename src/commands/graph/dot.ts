import { escapeControls } from '../../formatters/escape.ts';
import type { GraphNode, StageGraph } from './model.ts';

/** A Graphviz digraph; arrows point from what is used to what uses it, the way a build runs. */
export function renderDot({ nodes, edges }: StageGraph): string {
  return `${[
    'digraph stages {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...nodes.map((node) => `  ${node.id} [${attributes(node)}];`),
    ...edges.map(({ from, to, keyword }) => `  ${to.id} -> ${from.id} [label="${keyword}"];`),
    '}',
  ].join('\n')}\n`;
}

function attributes({ kind, label, isTarget, isNeeded }: GraphNode): string {
  const text = escapeControls(label).replace(/["\\]/g, '\\$&');
  return [
    `label="${text}"`,
    ...(kind === 'stage' ? [] : ['shape=ellipse']),
    ...(isTarget ? ['penwidth=3'] : []),
    ...(isNeeded ? [] : ['style=dashed', 'color=gray', 'fontcolor=gray']),
  ].join(', ');
}
