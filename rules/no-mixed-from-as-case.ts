import { writtenKeyword } from '../src/lint/facts/keywords.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-mixed-from-as-case',
  aliases: ['FromAsCasing'],
  severity: 'info',
  fixable: 'safe',
  summary: 'FROM and AS are written in different case',
  why: 'They are two words of one instruction, and easier to read when they look alike: `FROM … AS`, or `from … as`.',
  examples: [{ bad: 'FROM golang:1.22 as build\n', good: 'FROM golang:1.22 AS build\n' }],
  *check({ source, stages }) {
    for (const { from } of stages) {
      const [, as, name] = from.words;
      if (!as || !name) continue;
      const keyword = writtenKeyword(from);
      const lower = keyword === keyword.toLowerCase();
      // A keyword in mixed case is told of by itself.
      if (!lower && keyword !== keyword.toUpperCase()) continue;
      const text = lower ? as.text.toLowerCase() : as.text.toUpperCase();
      if (as.text === text) continue;
      yield {
        at: as,
        message: `\`${as.text}\` is not written in the case of \`${keyword}\``,
        fix:
          source.slice(as) === as.text
            ? { title: `Write \`${text}\``, safety: 'safe', edits: [{ start: as.start, end: as.end, text }] }
            : undefined,
      };
    }
  },
};
