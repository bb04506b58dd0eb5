import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-image-tag',
  aliases: ['DL3006'],
  severity: 'warn',
  summary: 'A FROM names an image without a tag or digest',
  why: 'Without a tag the builder takes whatever `latest` is on that day, so two builds of one file stand on different images. Name the version. Defaults of ARGs are filled in first; stages and `scratch` have no tags.',
  examples: [{ bad: 'FROM debian\n', good: 'FROM debian:12\n' }],
  *check(document) {
    for (const { base, baseWord, baseText } of document.stages) {
      if (base.kind !== 'image' || !baseWord || baseText === 'scratch') continue;
      if (base.image.tag === undefined && base.image.digest === undefined)
        yield { at: baseWord, message: `image \`${baseText}\` has no tag` };
    }
  },
};
