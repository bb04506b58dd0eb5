import { askingCommand } from '../src/knowledge/questions.ts';
import { packageCall, ScriptVariables } from '../src/lint/facts/installs.ts';
import { commandRange, insertBehind, shellRuns } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-assume-yes',
  aliases: ['DL3014', 'DL3030', 'DL3034', 'DL3038'],
  parts: ['DL3014', 'DL3030', 'DL3034', 'DL3038'],
  severity: 'warn',
  fixable: 'safe',
  needs: ['apt-get', 'yum', 'dnf', 'zypper'],
  summary: 'A package manager asks before it installs, and nobody answers in a build',
  why: 'apt-get, yum, dnf, microdnf and zypper ask whether to go on as soon as they would install more than was named, and give up when there is no answer. A build that passes today fails when a package gets a new dependency. Where they did not ask, the flag changes nothing.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install --no-install-recommends \\\n    ca-certificates\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n    ca-certificates\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      const variables = new ScriptVariables(document.scope(run.run));
      for (const command of run.script.commands) {
        variables.take(command);
        const call = askingCommand(command.name) && packageCall(command);
        const asking = call && askingCommand(call.manager);
        if (!call || !asking?.subcommands.includes(call.parsed.subcommand)) continue;
        const words = call.args.map(({ value }) => value);
        const { yes } = call.parsed.manager;
        if (
          command.hasOption(...yes) ||
          call.args.some((word) => variables.words(word).some((each) => yes.includes(each))) ||
          isQuiet(words) ||
          words.some((word) => ANSWERED.test(word))
        )
          continue;
        const subcommand = call.args[words.indexOf(call.parsed.subcommand)]!;
        const edits = insertBehind(
          run,
          asking.behind === 'program' ? command.words[0]! : subcommand,
          ` ${asking.flag}`,
        );
        yield {
          at: commandRange(command, subcommand),
          message: `\`${call.manager} ${call.parsed.subcommand}\` asks before it goes on, and nobody answers in a build`,
          part: PARTS[call.manager],
          fix: edits && { title: `Add \`${asking.flag}\``, safety: 'safe', edits },
        };
      }
    }
  },
};

const PARTS: Readonly<Record<string, string>> = {
  'apt-get': 'DL3014',
  yum: 'DL3030',
  zypper: 'DL3034',
  dnf: 'DL3038',
  microdnf: 'DL3038',
};

/** Settings given on the command line: `-o APT::Get::Assume-Yes=true`, `--setopt=assumeyes=1`. */
const ANSWERED = /assume-?(?:yes|no)\b/i;

/** apt-get takes two times quiet for a yes. */
function isQuiet(words: readonly string[]): boolean {
  return words.includes('-q=2') || words.filter((word) => /^(?:-q|--quiet)$/.test(word)).length > 1;
}
