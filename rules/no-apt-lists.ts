import type { Document, ShellCommand } from '../src/dockerfile/index.ts';
import { removesFolder } from '../src/lint/facts/removals.ts';
import { isMountedAway } from '../src/lint/facts/run-mounts.ts';
import {
  appendCommand,
  commandRange,
  isWrapped,
  type ShellRun,
  shellRuns,
  shippedRuns,
  stagesOption,
} from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

const LISTS = '/var/lib/apt/lists';

export const rule: Rule = {
  id: 'no-apt-lists',
  aliases: ['DL3009'],
  severity: 'info',
  fixable: 'unsafe',
  needs: ['apt'],
  options: { stages: stagesOption },
  presetOptions: { hadolint: { stages: 'bases' } },
  summary: 'The package lists that `apt-get update` fetched stay in the image',
  why: 'They are some tens of megabytes that are out of date within days. Only removing them in the same RUN helps: a later one cannot shrink the layer. A cache mount keeps them out as well. There is no fix where a later RUN installs packages without fetching the lists again.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n',
    },
  ],
  *check(document, context) {
    for (const run of shippedRuns(document, context)) {
      const { commands } = run.script;
      const at = commands.findLastIndex(isUpdate);
      if (at < 0 || isMountedAway(document, run.run, LISTS)) continue;
      if (commands.slice(at + 1).some((later) => removesFolder(later, LISTS) || isDistclean(later))) continue;
      const command = commands[at]!;
      const edits =
        isWrapped(command) || isNeeded(document, run) ? undefined : appendCommand(document, run, `rm -rf ${LISTS}/*`);
      yield {
        at: commandRange(command),
        message: `\`${command.name} update\` leaves the package lists in the image: nothing in the same RUN removes \`${LISTS}\``,
        fix: edits && { title: 'Remove the package lists', safety: 'unsafe', edits },
      };
    }
  },
};

function isApt({ name }: ShellCommand): boolean {
  return name === 'apt-get' || name === 'apt' || name === 'aptitude';
}

function isUpdate(command: ShellCommand): boolean {
  return isApt(command) && command.args.some(({ value }) => value === 'update');
}

function isDistclean(command: ShellCommand): boolean {
  return isApt(command) && command.subcommand === 'distclean';
}

/** Whether a later RUN installs from these lists, or may do so out of sight. */
function isNeeded(document: Document, { run, stage }: ShellRun): boolean {
  return shellRuns(document).some((later) => {
    if (later.run.index <= run.index || !later.stage.chain.includes(stage)) return false;
    const first = later.script.commands.find(
      (command) =>
        (isApt(command) && !/clean|^(?:auto)?remove|^purge/.test(command.subcommand ?? '')) || command.name === 'gdebi',
    );
    return first !== undefined && !isUpdate(first);
  });
}
