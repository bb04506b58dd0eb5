import { labelSchema, labelSchemaOption, stageLabels } from '../src/lint/facts/labels.ts';
import { optionOf, shippedStages, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-unknown-label',
  aliases: ['DL3050'],
  severity: 'info',
  needs: ['label'],
  options: {
    schema: labelSchemaOption,
    strict: {
      description: 'Whether labels that the schema does not name are reported',
      schema: { type: 'boolean' },
      default: false,
    },
    stages: stagesOption,
  },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'A label is none of those that the configuration knows',
  why: 'Where all labels are agreed upon, another one is a slip or nobody reads it. Nothing is reported unless the option `strict` is set.',
  examples: [
    {
      options: { strict: true, schema: ['org.opencontainers.image.version:semver'] },
      bad: 'FROM debian:12\nLABEL org.opencontainer.image.version=1.2.3\n',
      good: 'FROM debian:12\nLABEL org.opencontainers.image.version=1.2.3\n',
    },
  ],
  *check(document, context) {
    if (optionOf(context, 'strict') !== true) return;
    const schema = labelSchema(context);
    for (const stage of shippedStages(document, context)) {
      for (const { name, nameRange } of stageLabels(document, stage)) {
        if (name === undefined || schema.has(name)) continue;
        yield { at: nameRange, message: `label \`${name}\` is not among those that are agreed upon` };
      }
    }
  },
};
