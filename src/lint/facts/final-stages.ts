import type { Document, Stage } from '../../dockerfile/index.ts';
import type { RuleContext, RuleOption } from '../types.ts';
import { sourceStage } from './copies.ts';
import { optionOf } from './runs.ts';

/** Of which images a rule demands something. */
export const finalStagesOption: RuleOption = {
  description:
    '`target`: of the stage that is shipped; `all`: of every stage that no other one stands on or copies from',
  schema: { enum: ['target', 'all'] },
  default: 'target',
};

/** The stages that the rule's option `stages` asks for. */
export function finalStages({ stages }: Document, context: RuleContext): readonly Stage[] {
  if (optionOf(context, 'stages') !== 'all') return context.target ? [context.target] : [];
  const used = new Set(stages.flatMap(({ references }) => references.map(sourceStage)));
  return stages.filter((stage) => !used.has(stage));
}
