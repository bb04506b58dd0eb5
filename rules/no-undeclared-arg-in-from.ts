import { platformArgs } from '../src/knowledge/names.ts';
import { nearest } from '../src/lint/nearest.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-undeclared-arg-in-from',
  aliases: ['UndefinedArgInFrom'],
  severity: 'warn',
  needs: ['$'],
  summary: 'FROM uses a variable that no ARG in front of the first FROM declares',
  why: 'FROM sees the ARGs in front of the first FROM, and those that the builder sets itself (`BUILDPLATFORM`, `TARGETARCH` …). Any other name is empty there, and `--build-arg` does not reach it either.',
  examples: [
    {
      bad: 'FROM node:${NODE_VERSION:-22}\n',
      good: 'ARG NODE_VERSION\nFROM node:${NODE_VERSION:-22}\n',
    },
  ],
  *check(document) {
    const declared = document.instructions
      .filter(({ keyword, index }) => keyword === 'ARG' && index < (document.stages[0]?.from.index ?? 0))
      .flatMap(({ pairs }) => pairs.map(({ name }) => name));
    const known = new Set([...declared, ...platformArgs]);
    for (const { from, baseWord } of document.stages) {
      const flag = from.flag('platform');
      const texts = [
        ...(flag?.value ? [{ text: flag.value, start: flag.valueRange.start, end: flag.valueRange.end }] : []),
        ...(baseWord ? [baseWord] : []),
      ];
      for (const { text, start, end } of texts) {
        for (const name of new Set(document.globals.expand(text).names)) {
          if (known.has(name)) continue;
          const near = nearest(name, [...known]);
          yield {
            at: { start, end },
            message: `\`$${name}\` is not declared in front of the first FROM${near ? `, did you mean \`$${near}\`?` : ''}`,
          };
        }
      }
    }
  },
};
