import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-useless-ignore',
  severity: 'warn',
  phase: 'ignores',
  summary: 'An ignore comment silences nothing, or names no rule',
  why: 'A misspelt ignore does not work, and one that is left behind hides the next finding. In comments of other linters only a slip of the pen is reported.',
  examples: [
    {
      bad: '# dockerfileopt ignore=no-numric-from\nFROM alpine\n',
      good: 'FROM alpine\n',
    },
  ],
  *check(_document, { uselessIgnores }) {
    for (const { id, reason, suggestion, start, end } of uselessIgnores) {
      const hint = suggestion ? `, did you mean ${suggestion}` : '';
      const message =
        reason === 'unused' ? `nothing here needs \`ignore=${id}\`` : `no rule is called \`${id}\`${hint}`;
      yield { at: { start, end }, message };
    }
  },
};
