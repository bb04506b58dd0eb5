import { finalStages, finalStagesOption } from '../src/lint/facts/final-stages.ts';
import { labelSchema, labelSchemaOption, stageLabels } from '../src/lint/facts/labels.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-labels',
  aliases: ['DL3049'],
  severity: 'info',
  options: { schema: labelSchemaOption, stages: finalStagesOption },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'The image lacks a label that the configuration demands',
  why: 'Labels tell who made an image, from what and when, where nobody has the Dockerfile at hand. Labels of a base image are not known; those of the stages below count. Without the option `schema` nothing is demanded.',
  examples: [
    {
      options: { schema: ['org.opencontainers.image.source:url'] },
      bad: 'FROM debian:12\nCMD ["bash"]\n',
      good: 'FROM debian:12\nLABEL org.opencontainers.image.source=https://example.com/app.git\nCMD ["bash"]\n',
    },
  ],
  *check(document, context) {
    const schema = labelSchema(context);
    if (schema.size === 0) return;
    for (const stage of finalStages(document, context)) {
      const names = stage.chain.flatMap((part) => stageLabels(document, part).map(({ name }) => name));
      // A label whose name a variable hides may be any.
      if (names.includes(undefined)) continue;
      for (const name of schema.keys()) {
        if (!names.includes(name)) yield { at: stage.from.keywordRange, message: `label \`${name}\` is missing` };
      }
    }
  },
};
