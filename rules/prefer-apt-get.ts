import type { Document, Edit, ShellCommand } from '../src/dockerfile/index.ts';
import { commandRange, isEditable, type ShellRun, shellRuns } from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'prefer-apt-get',
  aliases: ['DL3027'],
  severity: 'warn',
  fixable: 'safe',
  needs: ['apt'],
  summary: '`apt` is made for people at a terminal; its options and output change from release to release',
  why: 'apt says so itself: "apt does not have a stable CLI interface". `apt-get` and `apt-cache` do the same, and stay as they are. The fix is given for the subcommands that mean the same in both, on images of Debian and Ubuntu: there apt-get removes what it downloaded, as apt does.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt update && apt install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n',
    },
  ],
  *check(document) {
    for (const run of shellRuns(document)) {
      for (const command of run.script.commands) {
        if (command.name !== 'apt') continue;
        const subcommand = command.args.find(({ value }) => value === command.subcommand);
        const edits = replacement(document, run, command);
        yield {
          at: commandRange(command, subcommand),
          message: `\`${['apt', command.subcommand].join(' ').trim()}\` has no stable interface; \`apt-get\` and \`apt-cache\` do`,
          fix: edits && { title: 'Use `apt-get`', safety: 'safe', edits },
        };
      }
    }
  },
};

const APT_GET =
  /^(?:update|install|reinstall|remove|purge|autoremove|clean|autoclean|build-dep|source|download|upgrade)$/;

function replacement(document: Document, run: ShellRun, command: ShellCommand): readonly Edit[] | undefined {
  const [program] = command.words;
  const { subcommand = '' } = command;
  if (!isEditable(run) || program!.text !== 'apt' || !APT_GET.test(subcommand)) return undefined;
  // Patterns are globs for one and regular expressions for the other.
  const operands = command.operands(['-o', '--option', '-t', '--target-release', '-c', '--config-file']).slice(1);
  if (operands.some(({ value }) => /[*?^|~[]/.test(value) && !value.includes('/'))) return undefined;
  if (!removesDownloads(document, run)) return undefined;
  const edits: Edit[] = [{ start: program!.start, end: program!.end, text: 'apt-get' }];
  const verb = command.args.find(({ value }) => value === 'upgrade');
  // apt installs new packages for an upgrade where it has to.
  if (subcommand === 'upgrade') edits.push({ start: verb!.end, end: verb!.end, text: ' --with-new-pkgs' });
  return edits;
}

/** apt removes what it downloaded; apt-get does in the images of Debian and Ubuntu, unless somebody took that away. */
function removesDownloads(document: Document, { stage }: ShellRun): boolean {
  if (!/^(?:debian|ubuntu)$/.test(systemOf(stage).suite?.distro ?? '')) return false;
  return !shellRuns(document).some(
    (other) =>
      stage.chain.includes(other.stage) &&
      other.script.commands.some(
        ({ name, args }) => WRITES.test(name) && args.some(({ value }) => /docker-clean|Keep-Downloaded/.test(value)),
      ),
  );
}

const WRITES = /^(?:rm|mv|echo|printf|sed|tee|truncate)$/;
