import type { ShellCommand } from '../src/dockerfile/index.ts';
import { commandRange, insertBehind, shellRuns } from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-wget-progress-bar',
  aliases: ['DL3047'],
  severity: 'info',
  fixable: 'unsafe',
  needs: ['wget'],
  summary: '`wget` fills the log of the build with its progress',
  why: 'Where there is no terminal wget prints a line for every 50 kilobytes. `--progress=dot:giga` prints one for 32 megabytes, `-nv` one for a file, `-q` none. The fix is safe on Debian and Ubuntu. The wget of busybox knows no `--progress`: there, and where the base is not known, the choice is yours.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN wget -O /tmp/x.tgz https://example.com/x.tgz\n',
      good: 'FROM debian:12\nRUN wget --progress=dot:giga -O /tmp/x.tgz https://example.com/x.tgz\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      for (const command of run.script.commands) {
        if (command.name !== 'wget' || isSilent(command) || command.args.length === 0) continue;
        const edits =
          systemOf(run.stage).libc === 'glibc'
            ? insertBehind(run, command.words[0]!, ' --progress=dot:giga')
            : undefined;
        // Debian's wget knows it whatever its version, and it changes the log alone, unless that goes somewhere else.
        const isSure =
          /^(?:debian|ubuntu)$/.test(systemOf(run.stage).suite?.distro ?? '') &&
          !/[2&]>|\|&/.test(run.script.text.text);
        yield {
          at: commandRange(command),
          message: '`wget` fills the log with its progress; give `--progress=dot:giga`, `-nv` or `-q`',
          fix: edits && { title: 'Add `--progress=dot:giga`', safety: isSure ? 'safe' : 'unsafe', edits },
        };
      }
    }
  },
};

/** Options of one letter that take a value: what follows is not an option. */
const TAKES_VALUE = 'oOaePtTwQUARDIXBil';

function isSilent({ args }: ShellCommand): boolean {
  return args.some(({ value }) => {
    if (/^--(?:progress|quiet|no-verbose|output-file|append-output|version|help)(?:=|$)/.test(value)) return true;
    if (!/^-[a-zA-Z]/.test(value)) return false;
    for (let at = 1; at < value.length; at++) {
      const letter = value[at]!;
      if ('qoahV'.includes(letter)) return true;
      // The negations have two letters: `-nv`, `-nc`.
      if (letter === 'n') {
        if (value[at + 1] === 'v') return true;
        at++;
      } else if (TAKES_VALUE.includes(letter)) return false;
    }
    return false;
  });
}
