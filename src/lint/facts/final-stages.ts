import type { Document, Stage } from '../../dockerfile/index.ts';
import type { RuleContext, RuleOption } from '../types.ts';
import { optionOf } from './runs.ts';

/** Of which images a rule demands something. */
export const finalStagesOption: RuleOption = {
  description: '`target`: of the stage that is shipped; `all`: of every stage that no other one stands on',
  schema: { enum: ['target', 'all'] },
  default: 'target',
};

/** The stages that the rule's option `stages` asks for. */
export function finalStages({ stages }: Document, context: RuleContext): readonly Stage[] {
  if (optionOf(context, 'stages') !== 'all') return context.target ? [context.target] : [];
  const bases = new Set(stages.map(({ baseStage }) => baseStage));
  return stages.filter((stage) => !bases.has(stage));
}
