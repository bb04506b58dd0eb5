import { escapeControls } from '../../formatters/escape.ts';
import type { Palette } from '../../formatters/index.ts';
import type { GraphEdge, GraphNode, StageGraph } from './model.ts';

/** Deeper than this, branches stay where they are. */
const WIDEST_INDENT = 150;

/** A branch that is still to be drawn. */
interface Branch {
  readonly node: GraphNode;
  readonly keywords: readonly string[];
  readonly indent: string;
  readonly isLast: boolean;
}

/** A tree: under each stage what it uses, the target first. What was drawn before is named, but not drawn again. */
export function renderText(graph: StageGraph, palette: Palette): string {
  const uses = usesByNode(graph.edges);
  const used = new Set(graph.edges.map(({ to }) => to));
  const target = graph.nodes.find(({ isTarget }) => isTarget)!;
  const roots = [target, ...graph.nodes.filter((node) => node !== target && !used.has(node))];
  const drawn = new Set<GraphNode>();
  const lines: string[] = [];
  for (const root of [...roots, ...graph.nodes.filter(({ kind }) => kind === 'stage')]) {
    if (drawn.has(root)) continue;
    if (lines.length > 0) lines.push('');
    lines.push(describe(root, [], palette));
    drawn.add(root);
    // Not recursive: stages may stand on one another to any depth.
    const open = branches(root, '', uses).reverse();
    for (let branch = open.pop(); branch; branch = open.pop()) {
      const { node, keywords, indent, isLast } = branch;
      const isRepeated = drawn.has(node) && (uses.get(node)?.size ?? 0) > 0;
      drawn.add(node);
      const text = describe(node, keywords, palette) + (isRepeated ? palette.dim('  (see above)') : '');
      lines.push(`${indent}${isLast ? '└─ ' : '├─ '}${text}`);
      if (isRepeated) continue;
      const inner = indent.length < WIDEST_INDENT ? indent + (isLast ? '   ' : '│  ') : indent;
      open.push(...branches(node, inner, uses).reverse());
    }
  }
  return `${lines.join('\n')}\n`;
}

function usesByNode(edges: readonly GraphEdge[]): Map<GraphNode, Map<GraphNode, string[]>> {
  const uses = new Map<GraphNode, Map<GraphNode, string[]>>();
  for (const { from, to, keyword } of edges) {
    const ofNode = uses.get(from) ?? new Map<GraphNode, string[]>();
    uses.set(from, ofNode.set(to, [...(ofNode.get(to) ?? []), keyword]));
  }
  return uses;
}

function branches(node: GraphNode, indent: string, uses: ReturnType<typeof usesByNode>): Branch[] {
  const below = [...(uses.get(node) ?? [])];
  return below.map(([to, keywords], index) => ({ node: to, keywords, indent, isLast: index === below.length - 1 }));
}

function describe(node: GraphNode, keywords: readonly string[], palette: Palette): string {
  const label = escapeControls(node.label);
  const notes = [
    ...keywords,
    ...(node.isTarget ? ['target'] : []),
    ...(node.kind === 'stage' ? [] : [node.kind === 'image' ? 'image' : 'set at build time']),
    ...(node.isNeeded ? [] : ['not needed']),
  ];
  const text = notes.length > 0 ? `${label}  ${palette.dim(`[${notes.join(', ')}]`)}` : label;
  if (!node.isNeeded) return palette.dim(text);
  return node.isTarget ? palette.bold(text) : text;
}
