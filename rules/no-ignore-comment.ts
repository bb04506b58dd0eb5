import { optionOf } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-ignore-comment',
  aliases: ['DL1001'],
  severity: 'off',
  options: {
    comments: {
      description: '`all`: every comment that switches rules off; `instruction`: those for a single instruction only',
      schema: { enum: ['all', 'instruction'] },
      default: 'all',
    },
  },
  presetOptions: { hadolint: { comments: 'instruction' } },
  summary: 'A comment in the file switches rules off',
  why: 'Where it is to be decided in one place what is checked, in the configuration, no file should decide for itself. The comments of other linters that are obeyed here count as well.',
  examples: [
    {
      bad: 'FROM debian:12\n# dockerfileopt ignore=no-sudo\nRUN sudo id\n',
      good: 'FROM debian:12\nRUN sudo id\n',
    },
  ],
  *check(document, context) {
    const isAll = optionOf(context, 'comments') !== 'instruction';
    for (const { start, end, ids, isWide } of document.ignores) {
      if (ids.length === 0 || (isWide && !isAll)) continue;
      yield { at: { start, end }, message: `\`${ids.map(({ id }) => id).join('`, `')}\` is switched off by a comment` };
    }
  },
};
