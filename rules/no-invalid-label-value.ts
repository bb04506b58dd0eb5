import { labelSchema, labelSchemaOption, stageLabels } from '../src/lint/facts/labels.ts';
import { shippedStages, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

const EMPTY = 'DL3051';
const CODES = [EMPTY, 'DL3052', 'DL3053', 'DL3054', 'DL3055', 'DL3056', 'DL3058'];

export const rule: Rule = {
  id: 'no-invalid-label-value',
  aliases: CODES,
  parts: CODES,
  severity: 'warn',
  needs: ['label'],
  options: { schema: labelSchemaOption, stages: stagesOption },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'A label is empty, or its value is not of the type that the configuration gives it',
  why: 'Programs that read a label rely on what is agreed upon for it: a URL that can be followed, a time that can be compared, a licence that can be looked up. A value that a build argument gives is not judged. Without the option `schema` nothing is reported.',
  examples: [
    {
      options: { schema: ['org.opencontainers.image.licenses:spdx'] },
      bad: 'FROM debian:12\nLABEL org.opencontainers.image.licenses="Apache 2"\n',
      good: 'FROM debian:12\nLABEL org.opencontainers.image.licenses="Apache-2.0"\n',
    },
  ],
  *check(document, context) {
    const schema = labelSchema(context);
    if (schema.size === 0) return;
    for (const stage of shippedStages(document, context)) {
      for (const { name, value, start, end } of stageLabels(document, stage)) {
        const type = name === undefined ? undefined : schema.get(name);
        if (!type || value === undefined) continue;
        const at = { start, end };
        if (value === '') yield { at, message: `label \`${name}\` is empty`, part: EMPTY };
        else if (!type.accepts(value)) {
          yield { at, message: `label \`${name}\` is not ${type.noun}: \`${value}\``, part: type.code };
        }
      }
    }
  },
};
