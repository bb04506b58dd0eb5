import { cacheCleaning } from '../src/knowledge/package-caches.ts';
import { packageCall } from '../src/lint/facts/installs.ts';
import { mayRemoveProgram, removesFolder } from '../src/lint/facts/removals.ts';
import { isMountedAway } from '../src/lint/facts/run-mounts.ts';
import { appendCommand, commandRange, isWrapped, shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-package-manager-cache',
  aliases: ['DL3032', 'DL3036', 'DL3040'],
  parts: ['DL3032', 'DL3036', 'DL3040'],
  severity: 'warn',
  fixable: 'safe',
  needs: ['yum', 'dnf', 'zypper'],
  options: { stages: stagesOption },
  presetOptions: { hadolint: { stages: 'all' } },
  summary: 'yum, dnf, microdnf or zypper leaves its metadata and downloads in the image',
  why: 'The metadata of the repositories alone are often larger than what was installed. Only removing them in the same RUN helps: a later one cannot shrink the layer. A cache mount keeps them out as well.',
  examples: [
    {
      bad: 'FROM fedora:40\nRUN dnf install -y nginx\n',
      good: 'FROM fedora:40\nRUN dnf install -y nginx && dnf clean all\n',
    },
  ],
  *check(document, context) {
    for (const run of shippedRuns(document, context)) {
      const { commands } = run.script;
      const seen = new Set<string>();
      for (const [index, command] of commands.entries()) {
        const cleaning = cacheCleaning(command.name);
        const call = cleaning && !seen.has(command.name) ? packageCall(command) : undefined;
        if (!cleaning || !call || !cleaning.fills.includes(call.parsed.subcommand)) continue;
        const isCleaned = commands
          .slice(index + 1)
          .some(
            (later) =>
              (cacheCleaning(later.name) && cleaning.cleans.includes(packageCall(later)?.parsed.subcommand ?? '')) ||
              cleaning.folders.some((folder) => removesFolder(later, folder)),
          );
        if (isCleaned || cleaning.folders.some((folder) => isMountedAway(document, run.run, folder))) continue;
        seen.add(command.name);
        // Where it is not certain that the package manager is there, there is no saying how to clean up.
        const isUncertain =
          command.isConditional ||
          isWrapped(command) ||
          command.hasOption('--installroot') ||
          commands
            .slice(index + 1)
            .some((later) => later.name !== command.name && mayRemoveProgram(later, command.name));
        const edits = isUncertain ? undefined : appendCommand(document, run, cleaning.command);
        const subcommand = call.args.find(({ value }) => value === call.parsed.subcommand)!;
        yield {
          at: commandRange(command, subcommand),
          message: `\`${command.name} ${subcommand.value}\` leaves metadata and downloads in the image: no \`${cleaning.command}\` follows in the same RUN`,
          part: PARTS[command.name],
          fix: edits && { title: `Add \`${cleaning.command}\``, safety: 'safe', edits },
        };
      }
    }
  },
};

const PARTS: Readonly<Record<string, string>> = { yum: 'DL3032', zypper: 'DL3036', dnf: 'DL3040', microdnf: 'DL3040' };
