import { stageCopies } from '../src/lint/facts/copies.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-trailing-slash',
  aliases: ['DL3021'],
  severity: 'error',
  summary: 'COPY has several sources and a destination that does not end with a slash',
  why: 'Several sources need a folder to go to, and the slash says that the destination is one; without it builders refuse the instruction or make of it what they like. `.` and `..` are folders in any case.',
  examples: [
    {
      bad: 'FROM debian:12\nCOPY first.conf second.conf /etc/app\n',
      good: 'FROM debian:12\nCOPY first.conf second.conf /etc/app/\n',
    },
  ],
  *check(document) {
    for (const stage of document.stages) {
      for (const { instruction, sources, destinationWord } of stageCopies(document, stage)) {
        if (instruction.keyword !== 'COPY' || sources.length < 2) continue;
        // What a variable ends with is known to the builder only.
        if (/(?:^|\/)\.{0,2}$|[$\\]/.test(destinationWord.text)) continue;
        yield {
          at: destinationWord,
          message: `\`${destinationWord.text}\` takes ${sources.length} sources and does not end with a slash`,
        };
      }
    }
  },
};
