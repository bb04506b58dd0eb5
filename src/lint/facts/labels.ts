import type { Document, Range, Stage } from '../../dockerfile/index.ts';
import { type LabelType, labelTypes } from '../../knowledge/label-types.ts';
import type { RuleContext, RuleOption } from '../types.ts';
import { optionOf } from './runs.ts';

/** One label that a LABEL sets. */
export interface Label extends Range {
  /** Variables resolved; undefined when one hides it. */
  readonly name: string | undefined;
  readonly nameRange: Range;
  /** Undefined also where a build argument gives it: a default is for builds that pass none. */
  readonly value: string | undefined;
  readonly valueRange: Range;
}

/** Which labels an image is to have, and what they hold. */
export const labelSchemaOption: RuleOption = {
  description: `Labels and what they hold, as \`name:type\`; the types are ${[...labelTypes.keys()].map((type) => `\`${type}\``).join(', ')}`,
  schema: { type: 'array', items: { type: 'string', pattern: `^[^:]+$|:(?:${[...labelTypes.keys()].join('|')})$` } },
  default: [],
};

/** What the rule's option `schema` says: label → type of its value. A name alone stands for any text. */
export function labelSchema(context: RuleContext): ReadonlyMap<string, LabelType> {
  const entries = optionOf(context, 'schema');
  if (!Array.isArray(entries)) return new Map();
  return new Map(
    entries.map((entry: string) => {
      const colon = entry.lastIndexOf(':');
      const [name, type] = colon < 0 ? [entry, 'text'] : [entry.slice(0, colon), entry.slice(colon + 1)];
      const known = labelTypes.get(type.trim().toLowerCase());
      if (!known)
        throw new TypeError(`\`${entry}\` of the option \`schema\` is none of ${[...labelTypes.keys()].join(', ')}`);
      return [name.trim(), known];
    }),
  );
}

/** The labels that a stage sets by itself, in order; ONBUILD's are the child's. */
export function stageLabels(document: Document, stage: Stage): readonly Label[] {
  return stage.instructions.flatMap((instruction) => {
    if (instruction.keyword !== 'LABEL') return [];
    const scope = document.scope(instruction);
    if (!scope) return [];
    return instruction.pairs.map(({ start, end, name, nameRange, value, valueRange }) => {
      const key = scope.expand(name);
      const text = scope.expand(value ?? '');
      const isKnown = text.complete && text.names.every((each) => scope.variable(each)?.origin !== 'arg');
      return {
        start,
        end,
        name: key.complete ? key.value : undefined,
        nameRange,
        value: isKnown ? text.value : undefined,
        valueRange,
      };
    });
  });
}
