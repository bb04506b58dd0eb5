import { withoutFlag } from '../src/lint/facts/deletions.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-redundant-target-platform',
  aliases: ['RedundantTargetPlatform', 'DL3065'],
  severity: 'warn',
  fixable: 'safe',
  needs: ['--platform'],
  summary: 'FROM asks for the platform that it gets anyway',
  why: 'A stage is built for the target platform unless it says otherwise, so `--platform=$TARGETPLATFORM` changes nothing and hides the stages where a platform is chosen on purpose.',
  examples: [
    {
      bad: 'FROM --platform=$TARGETPLATFORM alpine:3.20\n',
      good: 'FROM alpine:3.20\n',
    },
  ],
  *check(document) {
    // A default of its own makes it a platform like any other.
    if (document.globals.declared('TARGETPLATFORM')?.value !== undefined) return;
    for (const { from } of document.stages) {
      const flag = from.flag('platform');
      const value = flag?.value?.replace(/^"(.*)"$/, '$1');
      if (!flag || !value || !/^\$(?:TARGETPLATFORM|\{TARGETPLATFORM(?::?-[^$}]*)?\})$/.test(value)) continue;
      yield {
        at: flag,
        message: 'a stage is built for `$TARGETPLATFORM` anyway',
        // A builder that does not set the variable takes the default.
        fix: value.includes('-')
          ? undefined
          : { title: 'Remove the flag', safety: 'safe', edits: [withoutFlag(document, flag)] },
      };
    }
  },
};
