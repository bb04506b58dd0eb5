import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-odd-encoding',
  severity: 'warn',
  phase: 'broken',
  summary: 'The file holds bytes that are not text',
  why: 'The builder passes such bytes on as they are, and editors and review tools show something else. A file saved as UTF-16 does not build at all; save it as UTF-8.',
  examples: [{ bad: 'FROM alpine\nRUN echo \0\n', good: 'FROM alpine\nRUN echo\n' }],
  *check(document) {
    for (const problem of document.problems) {
      if (problem.kind === 'encoding') yield { at: problem, message: problem.message };
    }
  },
};
