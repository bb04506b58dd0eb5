import { isKnownKeyword } from '../src/dockerfile/instructions.ts';
import { writtenKeyword } from '../src/lint/facts/keywords.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-mixed-keyword-case',
  aliases: ['ConsistentInstructionCasing'],
  severity: 'info',
  fixable: 'safe',
  summary: 'An instruction is written in other case than most of the file',
  why: 'The builder reads keywords in any case; people find instructions by their looks. Upper case is the custom, lower case as good as long as the whole file has it.',
  examples: [
    {
      bad: 'FROM debian:12\nWorkdir /app\nCOPY . .\n',
      good: 'FROM debian:12\nWORKDIR /app\nCOPY . .\n',
    },
  ],
  *check(document) {
    const instructions = document.stages
      .flatMap(({ from, instructions }) => [from, ...instructions])
      .filter(({ keyword }) => isKnownKeyword(keyword));
    const keywords = instructions.map(writtenKeyword);
    const lower = keywords.filter((keyword) => keyword === keyword.toLowerCase()).length;
    const upper = keywords.filter((keyword) => keyword === keyword.toUpperCase()).length;
    const isLower = lower > upper;
    for (const [at, keyword] of keywords.entries()) {
      const text = isLower ? keyword.toLowerCase() : keyword.toUpperCase();
      if (keyword === text) continue;
      const { start, end } = instructions[at]!.keywordRange;
      yield {
        at: { start, end },
        message: `\`${keyword}\` is not in ${isLower ? 'lower' : 'upper'} case`,
        fix:
          end - start === text.length
            ? { title: `Write \`${text}\``, safety: 'safe', edits: [{ start, end, text }] }
            : undefined,
      };
    }
  },
};
