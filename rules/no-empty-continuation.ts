import type { Document, Edit, Range } from '../src/dockerfile/index.ts';
import { isKnownKeyword } from '../src/dockerfile/instructions.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-empty-continuation',
  aliases: ['NoEmptyContinuation'],
  severity: 'warn',
  fixable: 'safe',
  summary: 'An empty line stands among the continued lines of an instruction',
  why: 'The builder passes over the empty line and goes on with the instruction, although it looks as if it ended there; often a continuation character was left behind. BuildKit will refuse such lines in a later release. A comment line, `#` alone even, may stand there instead.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && \\\n\n    apt-get install -y curl\n',
      good: 'FROM debian:12\nRUN apt-get update && \\\n    apt-get install -y curl\n',
    },
  ],
  *check(document) {
    for (const { blanks, keyword } of document.instructions) {
      const [first] = blanks;
      if (!first) continue;
      const edits = blanks.map((blank) => removal(document, blank)).filter(({ start, end }) => end > start);
      yield {
        at: first,
        message: `\`${keyword}\` goes on behind an empty line`,
        fix:
          edits.length > 0 && !isLeftBehind(document, blanks)
            ? { title: `Remove the empty line${edits.length > 1 ? 's' : ''}`, safety: 'safe', edits }
            : undefined,
      };
    }
  },
};

/** What follows looks like the next instruction: the continuation in front of the empty line is the mistake. */
function isLeftBehind({ source }: Document, blanks: readonly Range[]): boolean {
  return blanks.some(({ end }) => isKnownKeyword(/^\s*([A-Z]+)\s/.exec(source.text.slice(end, end + 100))?.[1] ?? ''));
}

function removal({ source }: Document, { start }: Range): Edit {
  return { start, end: source.lineStart(source.position(start).line + 1), text: '' };
}
