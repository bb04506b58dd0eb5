import { parsePlatform } from '../src/knowledge/image-platforms.ts';
import { withoutFlag } from '../src/lint/facts/deletions.ts';
import { exceptionsOption, optionOf } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-constant-platform',
  aliases: ['FromPlatformFlagConstDisallowed', 'DL3029'],
  severity: 'warn',
  fixable: 'unsafe',
  needs: ['--platform'],
  options: { exceptions: exceptionsOption },
  presetOptions: { hadolint: { exceptions: false } },
  summary: 'FROM asks for one platform that never changes',
  why: 'Whoever builds the image for another platform gets this one all the same: it runs under emulation, or not at all. Leave the choice to `docker build --platform`, or take a variable: `$BUILDPLATFORM` for a stage that cross-compiles. A stage that is there for one platform has the platform in its name, as in `build-arm64`.',
  examples: [{ bad: 'FROM --platform=linux/amd64 node:22\n', good: 'FROM node:22\n' }],
  *check(document, context) {
    const anyValue = optionOf(context, 'exceptions') === false;
    for (const { from, name = '' } of document.stages) {
      const flag = from.flag('platform');
      if (!flag?.value) continue;
      const { value, names } = document.globals.expand(flag.value);
      if (anyValue ? /^\$\{?(?:BUILD|TARGET)PLATFORM\b/.test(flag.value) : names.length > 0) continue;
      const platform = parsePlatform(value);
      const isNamed = platform && (name.includes(platform.os) || name.includes(platform.architecture));
      if (!anyValue && (!platform || isNamed)) continue;
      yield {
        at: flag,
        message: `the stage is built for \`${flag.value}\`, whatever the platform of the build`,
        fix: {
          title: 'Remove the flag',
          safety: 'unsafe',
          edits: [withoutFlag(document, flag)],
        },
      };
    }
  },
};
