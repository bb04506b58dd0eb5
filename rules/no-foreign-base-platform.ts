import { onlyPlatform, platformsDiffer } from '../src/knowledge/image-platforms.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-foreign-base-platform',
  aliases: ['InvalidBaseImagePlatform'],
  severity: 'warn',
  needs: ['--platform'],
  summary: 'FROM asks for one platform, and the image is there for another only',
  why: 'The builder either finds no image for the platform, or takes the wrong one and warns: the programs in it then run under emulation or not at all. Take the image that has all platforms (`alpine` for `arm64v8/alpine`), or ask for the one it has. Which platform a build is for is not known from the file, so only what `--platform` says is looked at.',
  examples: [
    {
      bad: 'FROM --platform=linux/amd64 arm64v8/alpine:3.20\n',
      good: 'FROM --platform=linux/amd64 alpine:3.20\n',
    },
  ],
  *check(document) {
    for (const { from, base, baseWord } of document.stages) {
      const flag = from.flag('platform');
      if (base.kind !== 'image' || !flag?.value) continue;
      const { value, complete } = document.globals.expand(flag.value);
      const only = onlyPlatform(base.image.repository, base.image.tag);
      // A system or an architecture alone leaves the other to the builder.
      if (!complete || only === undefined || !/^\w+\/\w/.test(value) || !platformsDiffer(value, only)) continue;
      yield { at: baseWord!, message: `\`${base.image.text}\` is an image for ${only}, and FROM asks for ${value}` };
    }
  },
};
