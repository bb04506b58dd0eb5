import { escapeControls } from '../../formatters/escape.ts';
import type { GraphNode, StageGraph } from './model.ts';

/** A Mermaid flowchart; arrows point from what is used to what uses it, the way a build runs. */
export function renderMermaid({ nodes, edges }: StageGraph): string {
  const withClass = (name: string, matches: (node: GraphNode) => boolean) => {
    const ids = nodes.filter(matches).map(({ id }) => id);
    return ids.length > 0 ? [`  class ${ids.join(',')} ${name}`] : [];
  };
  return `${[
    'flowchart LR',
    ...nodes.map((node) => `  ${node.id}${shape(node)}`),
    ...edges.map(({ from, to, keyword }) => `  ${to.id} -->|${keyword}| ${from.id}`),
    '  classDef target stroke-width:3px',
    '  classDef unneeded stroke-dasharray:4,opacity:0.5',
    ...withClass('target', ({ isTarget }) => isTarget),
    ...withClass('unneeded', ({ isNeeded }) => !isNeeded),
  ].join('\n')}\n`;
}

function shape({ kind, label }: GraphNode): string {
  const text = `"${escapeControls(label).replace(/[#"<>&\\`]/g, (character) => `#${character.charCodeAt(0)};`)}"`;
  return kind === 'stage' ? `[${text}]` : `([${text}])`;
}
