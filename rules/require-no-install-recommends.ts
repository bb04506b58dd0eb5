import type { ShellCommand } from '../src/dockerfile/index.ts';
import { commandRange, insertBehind, shellRuns, shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'require-no-install-recommends',
  aliases: ['DL3015'],
  severity: 'info',
  fixable: 'unsafe',
  needs: ['apt-get'],
  options: { stages: stagesOption },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'apt-get also installs what the packages only recommend',
  why: 'Recommended packages make an image larger without being needed: `--no-install-recommends` leaves them out. What is needed after all (often `ca-certificates`) has to be named, so the fix is for you to try. A setting `APT::Install-Recommends` in an earlier RUN of the chain counts as well.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install --no-install-recommends -y curl && rm -rf /var/lib/apt/lists/*\n',
    },
  ],
  *check(document, context) {
    const setting = shellRuns(document).filter(({ script }) => script.commands.some(setsRecommends));
    for (const run of shippedRuns(document, context)) {
      if (setting.some(({ stage, run: other }) => other.index <= run.run.index && run.stage.chain.includes(stage)))
        continue;
      for (const command of run.script.commands) {
        if (command.name !== 'apt-get') continue;
        const subcommand = command.args.find(({ value }) => value === 'install');
        if (!subcommand || command.hasOption('--no-install-recommends') || setsRecommends(command)) continue;
        const edits = insertBehind(run, subcommand, ' --no-install-recommends');
        yield {
          at: commandRange(command, subcommand),
          message: '`apt-get install` without `--no-install-recommends` also installs what the packages only recommend',
          fix: edits && { title: 'Leave out recommended packages', safety: 'unsafe', edits },
        };
      }
    }
  },
};

/** `-o APT::Install-Recommends=false`, or the setting written to a file of apt's configuration. */
function setsRecommends({ args }: ShellCommand): boolean {
  return args.some(({ value }) => /APT::Install-Recommends/i.test(value));
}
