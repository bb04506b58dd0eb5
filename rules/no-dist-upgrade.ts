import { commandRange, shellRuns } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-dist-upgrade',
  aliases: ['DL3035'],
  severity: 'warn',
  needs: ['zypper'],
  summary: '`zypper dist-upgrade` may turn the image into another release of its distribution',
  why: 'It takes whatever the repositories hold, downgrades and changes of vendor included, so that the image no longer is what its base says. Choose a newer base image, or `zypper patch` for security updates.',
  examples: [
    {
      bad: 'FROM opensuse/leap:15.6\nRUN zypper --non-interactive dist-upgrade\n',
      good: 'FROM opensuse/leap:15.6\nRUN zypper --non-interactive patch\n',
    },
  ],
  *check(document) {
    for (const { script } of shellRuns(document)) {
      for (const command of script.commands) {
        const word =
          command.name === 'zypper'
            ? command.args.find(({ value }) => /^(?:dist-upgrade|dup)$/.test(value))
            : undefined;
        if (!word) continue;
        yield {
          at: commandRange(command, word),
          message: `\`zypper ${word.value}\` may turn the image into another release than its base says`,
        };
      }
    }
  },
};
