import type { Edit, ShellCommand } from '../src/dockerfile/index.ts';
import { isEditable, type ShellRun, shellRuns } from '../src/lint/facts/runs.ts';
import { isRoot } from '../src/lint/facts/users.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-sudo',
  aliases: ['DL3004'],
  severity: 'error',
  fixable: 'unsafe',
  needs: ['sudo'],
  summary: '`sudo` in a RUN: the builder can be told the user instead',
  why: 'sudo has a terminal and signals of its own, drops the environment, and is one more program with the root bit in the image. `USER root` before, and `USER app` behind the commands that need it, say the same. As root it does nothing but change the environment: there the fix takes it away, which is safe in front of commands such as `mkdir` that do not look at that.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && sudo apt-get install -y curl\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      for (const command of run.script.commands) {
        const sudo = command.allWords.find(
          ({ value, isLiteral }) => isLiteral && /^(?:\/usr\/bin\/)?sudo$/.test(value),
        );
        const isProgram =
          sudo &&
          (sudo === command.words[0] || command.allWords.indexOf(sudo) < command.allWords.indexOf(command.words[0]!));
        if (!isProgram) continue;
        const edits = isRoot(document, run.stage, run.run) ? removal(run, command) : undefined;
        yield {
          at: sudo,
          message: '`sudo` does in a build what USER is for',
          fix: edits && { title: 'Remove `sudo`', safety: isIndifferent(run, command) ? 'safe' : 'unsafe', edits },
        };
      }
    }
  },
};

/** Without options of its own, or with those that mean nothing for root. */
function removal(run: ShellRun, { allWords, words }: ShellCommand): readonly Edit[] | undefined {
  const [sudo] = allWords;
  const next = allWords.findIndex(({ value }, index) => index > 0 && !/^-[EHn]+$/.test(value));
  const command = allWords[next];
  if (!isEditable(run) || sudo!.value !== 'sudo' || !command || command.value.startsWith('-') || words[0] === sudo)
    return undefined;
  return run.script.text.isVerbatim(sudo!.at, command.at + 1)
    ? [{ start: sudo!.start, end: command.start, text: '' }]
    : undefined;
}

/** Whether the command does the same whatever the environment, which `sudo` changes. */
function isIndifferent({ script }: ShellRun, { name, words }: ShellCommand): boolean {
  const isPlain = /^(?:mkdir|rmdir|rm|cp|mv|ln|chmod|chown|chgrp|touch)$/.test(name) && words[0]!.text === name;
  return isPlain && !script.commands.some((other) => other.name === 'umask');
}
