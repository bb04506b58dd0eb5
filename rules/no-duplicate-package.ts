import { withoutWord } from '../src/lint/facts/deletions.ts';
import { packageCall } from '../src/lint/facts/installs.ts';
import { shellRuns } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

/** They take the packages as a set, whatever the order. */
const SETS = /^(?:apt|apt-get|apk|yum|dnf|microdnf|zypper)$/;

export const rule: Rule = {
  id: 'no-duplicate-package',
  severity: 'info',
  fixable: 'safe',
  needs: ['apt', 'apk', 'yum', 'dnf', 'zypper'],
  summary: 'One command is to install the same package twice',
  why: 'A long list grew, or two were joined. The second one changes nothing, and whoever removes or pins the first one misses it. Lists sorted by the alphabet do not get there.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n    curl \\\n    git \\\n    curl \\\n    && rm -rf /var/lib/apt/lists/*\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n    curl \\\n    git \\\n    && rm -rf /var/lib/apt/lists/*\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      for (const command of run.script.commands) {
        const call = SETS.test(command.name) ? packageCall(command) : undefined;
        if (call?.parsed.action !== 'install') continue;
        const seen = new Set<string>();
        for (const at of call.parsed.packages) {
          const word = call.args[at]!;
          // A trailing sign may be a wish of its own: `vim-`, `vim+`. What is expanded may be several words.
          if (!word.isLiteral || !/^[a-z0-9][\w.:=~@/-]*[\w*]$/i.test(word.value)) continue;
          if (!seen.has(word.value)) {
            seen.add(word.value);
            continue;
          }
          const before = command.allWords[command.allWords.indexOf(word) - 1]!;
          const edits = withoutWord(document, run, before, word);
          yield {
            at: word,
            message: `\`${word.value}\` stands in the list already`,
            fix: edits && { title: `Remove the second \`${word.value}\``, safety: 'safe', edits },
          };
        }
      }
    }
  },
};
