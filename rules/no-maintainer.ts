import type { Document, Instruction } from '../src/dockerfile/index.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-maintainer',
  aliases: ['DL4000', 'MaintainerDeprecated'],
  severity: 'warn',
  fixable: 'unsafe',
  needs: ['maintainer'],
  summary: 'MAINTAINER is deprecated; a label names the author',
  why: 'MAINTAINER sets a field of the image that few tools show and that nothing else can set. The label `org.opencontainers.image.authors` says the same, is shown by `docker inspect` with the others, and can be searched for. The fix is unsafe, because the field is gone from the image and the label is new.',
  examples: [
    {
      bad: 'FROM debian:12\nMAINTAINER Ada Lovelace <ada@example.org>\n',
      good: 'FROM debian:12\nLABEL org.opencontainers.image.authors="Ada Lovelace <ada@example.org>"\n',
    },
  ],
  *check(document) {
    for (const instruction of document.instructions) {
      if (instruction.keyword !== 'MAINTAINER') continue;
      yield {
        at: instruction.keywordRange,
        message: '`MAINTAINER` is deprecated; the label `org.opencontainers.image.authors` names the author',
        fix: labelled(document, instruction),
      };
    }
  },
};

/** MAINTAINER takes its text as it is; in a label quotes, escapes and variables mean something. */
function labelled({ source, escape }: Document, instruction: Instruction): Fix | undefined {
  const { keywordRange, argsRange, argsText } = instruction;
  if (source.slice(argsRange) !== argsText || instruction.comments.length > 0) return undefined;
  // A text that is in quotes altogether is most likely not meant to have them.
  const name = /^"([^"]*)"$/.exec(argsText)?.[1] ?? argsText;
  const escaped = name.replace(/["$\\`]/g, (char) => (/["$]/.test(char) || char === escape ? escape + char : char));
  const isLower = /^[a-z]/.test(source.slice(keywordRange));
  const text = `${isLower ? 'label' : 'LABEL'} org.opencontainers.image.authors="${escaped}"`;
  const edits = [{ start: keywordRange.start, end: argsRange.end, text }];
  return name === '' ? undefined : { title: 'Name the author in a label', safety: 'unsafe', edits };
}
