import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'parse-error',
  severity: 'error',
  phase: 'broken',
  summary: 'The builder refuses the file',
  why: 'A file that does not parse cannot be built. Nothing else is checked in a file whose structure is in doubt; an unacceptable instruction is reported beside the other findings.',
  examples: [
    { bad: 'FROM alpine\nRUNN true\n', good: 'FROM alpine\nRUN true\n' },
    { bad: 'FROM alpine\nRUN <<EOF\ntrue\n', good: 'FROM alpine\nRUN <<EOF\ntrue\nEOF\n' },
  ],
  *check(document) {
    for (const problem of document.problems) {
      // These have rules of their own.
      if (problem.about) continue;
      if (problem.kind === 'syntax' || problem.kind === 'instruction') yield { at: problem, message: problem.message };
    }
  },
};
