import { finalStages, finalStagesOption } from '../src/lint/facts/final-stages.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-healthcheck',
  aliases: ['DL3057'],
  severity: 'off',
  options: { stages: finalStagesOption },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'The image has no HEALTHCHECK',
  why: 'With a HEALTHCHECK the engine knows of a service that hangs without having ended. `HEALTHCHECK NONE` says that none is wanted, as where the orchestrator has probes of its own.',
  examples: [
    {
      bad: 'FROM nginx:1.27\nEXPOSE 80\n',
      good: 'FROM nginx:1.27\nEXPOSE 80\nHEALTHCHECK CMD ["curl", "--fail", "http://localhost/"]\n',
    },
  ],
  *check(document, context) {
    for (const { chain, from, label } of finalStages(document, context)) {
      const has = chain.some(({ instructions }) => instructions.some(({ keyword }) => keyword === 'HEALTHCHECK'));
      if (!has) yield { at: from.keywordRange, message: `stage \`${label}\` has no HEALTHCHECK` };
    }
  },
};
