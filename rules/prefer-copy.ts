import { stageCopies } from '../src/lint/facts/copies.ts';
import type { Rule } from '../src/lint/types.ts';

/** What ADD unpacks, by the names such files have. */
const ARCHIVE = /\.(?:tar|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst|lzma|Z)$/i;

export const rule: Rule = {
  id: 'prefer-copy',
  aliases: ['DL3020'],
  severity: 'error',
  summary: 'ADD takes plain files from the build context',
  why: 'ADD unpacks what looks like an archive on the inside and fetches URLs. Where neither is meant, COPY says so, and does the same whatever the file holds.',
  examples: [
    { bad: 'FROM debian:12\nADD app.conf /etc/app.conf\n', good: 'FROM debian:12\nCOPY app.conf /etc/app.conf\n' },
  ],
  *check(document) {
    for (const stage of document.stages) {
      for (const { instruction, sources } of stageCopies(document, stage)) {
        if (instruction.keyword !== 'ADD') continue;
        // A variable may stand for a URL, and a name that ends in a wildcard for an archive.
        const isPlain = sources.every(
          ({ kind, word }) =>
            kind !== 'remote' && !word.text.includes('$') && !/[*?\]]$/.test(word.text) && !ARCHIVE.test(word.text),
        );
        // No fix: what ADD unpacks it tells from the content, which the name does not show.
        if (isPlain) yield { at: instruction.keywordRange, message: '`ADD` takes files that `COPY` can take' };
      }
    }
  },
};
