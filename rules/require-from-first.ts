import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-from-first',
  aliases: ['DL3061'],
  severity: 'error',
  phase: 'broken',
  summary: 'An instruction stands in front of the first FROM',
  why: 'There is no image yet that it could change, and the builder refuses the file. Only ARG may stand there, for the FROMs to use.',
  examples: [{ bad: 'ENV A=1\nFROM alpine\n', good: 'FROM alpine\nENV A=1\n' }],
  *check(document) {
    for (const problem of document.problems) {
      if (problem.about === 'order') yield { at: problem, message: problem.message };
    }
  },
};
