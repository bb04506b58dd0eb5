import type { Instruction, Stage } from '../src/dockerfile/index.ts';
import { optionOf } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-root-user',
  aliases: ['DL3002'],
  severity: 'warn',
  options: {
    stages: {
      description: '`target`: only the stage that is shipped; `all`: every stage',
      schema: { enum: ['target', 'all'] },
      default: 'target',
    },
  },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'The last USER of the image that is shipped is root',
  why: 'A program that runs as root and is broken into owns the container, and more of the host than it should. Switch back to the account of the program after what needs root. Stages that only build may be root.',
  examples: [
    {
      bad: 'FROM node:22\nUSER node\nUSER root\nRUN mkdir /data\n',
      good: 'FROM node:22\nUSER root\nRUN mkdir /data\nUSER node\n',
    },
  ],
  *check(document, context) {
    const stages = optionOf(context, 'stages') === 'all' ? document.stages : [context.target];
    for (const last of new Set(stages.map(lastUser))) {
      if (last && /^(?:root|0+)(?::|$)/.test(last.argsText))
        yield { at: last.argsRange, message: `the last user is \`${last.argsText}\`` };
    }
  },
};

/** The USER in force at the end of a stage, which may stand in one below it. */
function lastUser(stage: Stage | undefined): Instruction | undefined {
  for (const { instructions } of stage?.chain ?? []) {
    const last = instructions.findLast(({ keyword }) => keyword === 'USER');
    if (last) return last;
  }
  return undefined;
}
