import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-latest-tag',
  aliases: ['DL3007'],
  severity: 'warn',
  needs: ['latest'],
  summary: 'A FROM names an image by the tag `latest`',
  why: 'What `latest` stands for changes with every release, and a build that worked fails without a change to the file. Name the version, or add a digest, which decides alone. Defaults of ARGs are filled in first.',
  examples: [{ bad: 'FROM debian:latest\n', good: 'FROM debian:12\n' }],
  *check(document) {
    for (const { base, baseWord, baseText } of document.stages) {
      if (base.kind !== 'image' || !baseWord) continue;
      if (base.image.tag === 'latest' && base.image.digest === undefined)
        yield { at: baseWord, message: `image \`${baseText}\` has a tag that moves` };
    }
  },
};
