import type { Document, Instruction } from '../src/dockerfile/index.ts';
import { isWindowsImage } from '../src/knowledge/images.ts';
import { carriageReturns, linesWithReturns, withoutReturns } from '../src/lint/facts/carriage-returns.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-crlf-in-heredoc',
  severity: 'warn',
  fixable: 'unsafe',
  needs: ['\r'],
  summary: 'Lines of a heredoc end with a carriage return and a line feed, as on Windows',
  why: 'Everywhere else the builder drops the carriage return; a heredoc goes into the shell or the file as it stands. To a shell it is part of the last word: `set -e` has an option that nobody knows, `cd /app` looks for another folder, and a script that begins with `#!/bin/sh` for another shell. Images for Windows are left alone. The fix changes what the build is given, and a file may be meant to have such lines.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN <<EOF\nset -e\r\napk add --no-cache curl\r\nEOF\n',
      good: 'FROM alpine:3.20\nRUN <<EOF\nset -e\napk add --no-cache curl\nEOF\n',
    },
  ],
  *check(document) {
    for (const instruction of document.instructions) {
      if (isForWindows(document, instruction)) continue;
      for (const heredoc of (instruction.child ?? instruction).heredocs) {
        const found = [...carriageReturns(document.source, heredoc.body)];
        const [first] = found;
        if (!first) continue;
        const message = `${linesWithReturns(found)} in the heredoc \`${heredoc.name}\``;
        yield { at: first, message, fix: withoutReturns(found, 'unsafe') };
      }
    }
  },
};

/** What Windows runs or reads may end its lines like that. */
function isForWindows(document: Document, instruction: Instruction): boolean {
  const image = document.stageOf(instruction)?.image;
  return image !== undefined && isWindowsImage(image.repository, image.tag);
}
