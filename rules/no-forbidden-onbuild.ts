import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-forbidden-onbuild',
  aliases: ['DL3043'],
  severity: 'error',
  needs: ['onbuild'],
  phase: 'broken',
  summary: 'ONBUILD holds a FROM, a MAINTAINER or another ONBUILD',
  why: 'What stands behind ONBUILD is carried out behind the FROM of another file. It cannot choose that file’s base, speak for its author or reach a third file, and the builder refuses it.',
  examples: [{ bad: 'FROM alpine\nONBUILD ONBUILD RUN true\n', good: 'FROM alpine\nONBUILD RUN true\n' }],
  *check(document) {
    for (const problem of document.problems) {
      if (problem.about === 'onbuild') yield { at: problem, message: problem.message };
    }
  },
};
