import { type Document, reachableStages, type Stage, type StageReference } from '../../dockerfile/index.ts';

/** A stage or an image. */
export interface GraphNode {
  /** `stage0`, `image1`: unique, and a word in every diagram language. */
  readonly id: string;
  readonly kind: 'stage' | 'image' | 'unknown';
  readonly label: string;
  /** The stage that is shipped. */
  readonly isTarget: boolean;
  /** Building the target needs it. */
  readonly isNeeded: boolean;
}

/** One node uses another; several uses of one kind are one edge. */
export interface GraphEdge {
  readonly from: GraphNode;
  readonly to: GraphNode;
  /** The instruction that refers: FROM, COPY, ADD or RUN. */
  readonly keyword: string;
}

/** The stages of a Dockerfile and what each of them uses. Stages come first, in the order of the file. */
export interface StageGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Draws up the graph of a document. */
export function stageGraph(document: Document, target: Stage): StageGraph {
  const needed = reachableStages(target);
  const stages = document.stages.map(
    (stage): GraphNode => ({
      id: `stage${stage.index}`,
      kind: 'stage',
      label: stage.name === undefined ? `stage ${stage.index}` : stage.label,
      isTarget: stage === target,
      isNeeded: needed.has(stage),
    }),
  );
  const leaves = new Map<string, { node: GraphNode }>();
  const edges = new Map<string, GraphEdge>();
  // The needed stages first, so that an image they use counts as needed.
  const byNeed = [...document.stages].sort((a, b) => Number(needed.has(b)) - Number(needed.has(a)));
  for (const stage of byNeed) {
    const from = stages[stage.index]!;
    for (const reference of stage.references) {
      const to = referredNode(reference, stages, leaves, from.isNeeded);
      const { keyword } = reference.instruction;
      edges.set(`${from.id} ${keyword} ${to.id}`, { from, to, keyword });
    }
  }
  const order = new Map(stages.map((node, index) => [node, index]));
  const sorted = [...edges.values()].sort((a, b) => order.get(a.from)! - order.get(b.from)!);
  return { nodes: [...stages, ...[...leaves.values()].map(({ node }) => node)], edges: sorted };
}

function referredNode(
  { target, value, from }: StageReference,
  stages: readonly GraphNode[],
  leaves: Map<string, { node: GraphNode }>,
  isNeeded: boolean,
): GraphNode {
  if (target.kind === 'stage' || target.kind === 'later-stage') return stages[target.stage.index]!;
  const isImage = target.kind === 'image';
  // `FROM ${BASE}`: what the defaults make of it says more than the variable.
  const isBase = value === from.baseWord?.text;
  const label = isImage && isBase ? from.baseText : value;
  const key = `${target.kind} ${label}`;
  let leaf = leaves.get(key);
  if (!leaf) {
    const id = `image${leaves.size}`;
    leaf = { node: { id, kind: isImage ? 'image' : 'unknown', label, isTarget: false, isNeeded } };
    leaves.set(key, leaf);
  }
  return leaf.node;
}
