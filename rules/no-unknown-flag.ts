import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-unknown-flag',
  severity: 'warn',
  summary: 'An instruction has a flag that the builder does not know',
  why: 'The builder refuses a flag it does not know. A newer builder may know it, so the rest of the file is checked all the same.',
  examples: [{ bad: 'FROM alpine\nCOPY --chwon=1:1 a /\n', good: 'FROM alpine\nCOPY --chown=1:1 a /\n' }],
  *check(document) {
    for (const problem of document.problems) {
      if (problem.kind === 'unknown-flag') yield { at: problem, message: problem.message };
    }
  },
};
