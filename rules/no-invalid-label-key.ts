import { stageLabels } from '../src/lint/facts/labels.ts';
import { shippedStages, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

/** Lower-case letters and digits with single separators between them; it begins with a letter. */
const KEY = /^[a-z](?:(?!\.\.|--)[a-z0-9._/-])*(?<![._/-])$/;
/** What Docker keeps for itself. */
const RESERVED = /^(?:com\.docker|io\.docker|org\.dockerproject)\./;

export const rule: Rule = {
  id: 'no-invalid-label-key',
  aliases: ['DL3048'],
  severity: 'info',
  needs: ['label'],
  options: { stages: stagesOption },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'The key of a label is not written as keys are',
  why: 'Docker asks for keys of lower-case letters, digits, and single dots and hyphens between them, beginning with a letter, and keeps `com.docker.`, `io.docker.` and `org.dockerproject.` for itself. Programs that read labels look for keys of that kind, and a key in two spellings is two labels.',
  examples: [
    {
      bad: 'FROM debian:12\nLABEL Maintainer="ops@example.com"\n',
      good: 'FROM debian:12\nLABEL maintainer="ops@example.com"\n',
    },
  ],
  *check(document, context) {
    for (const stage of shippedStages(document, context)) {
      for (const { name, nameRange } of stageLabels(document, stage)) {
        if (name === undefined) continue;
        if (RESERVED.test(name))
          yield { at: nameRange, message: `label \`${name}\` has a prefix that Docker reserves` };
        else if (!KEY.test(name)) yield { at: nameRange, message: `\`${name}\` is no valid key of a label` };
      }
    }
  },
};
