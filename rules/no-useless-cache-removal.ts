import type { ShellCommand, Stage } from '../src/dockerfile/index.ts';
import { withoutCommand } from '../src/lint/facts/deletions.ts';
import { commandRange, isWrapped, type ShellRun, shellRuns } from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-useless-cache-removal',
  severity: 'off',
  fixable: 'safe',
  needs: ['apt', 'apk'],
  summary: 'A command removes a cache of packages that is empty anyway',
  why: 'The official images of Debian and Ubuntu, and those that stand on them, are set up so that apt keeps no package it has installed: `apt-get clean` finds nothing (`/var/lib/apt/lists` is another matter). `apk add --no-cache` leaves nothing in /var/cache/apk. Images that nothing is known of are left alone, and files that speak of `docker-clean`, which is that very setting.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends curl \\\n    && apt-get clean \\\n    && rm -rf /var/lib/apt/lists/*\n',
      good: 'FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends curl \\\n    && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      bad: 'FROM alpine:3.20\nRUN apk add --no-cache curl && rm -rf /var/cache/apk/*\n',
      good: 'FROM alpine:3.20\nRUN apk add --no-cache curl\n',
    },
  ],
  *check(document) {
    const filled = new Set<Stage>();
    for (const run of shellRuns(document)) {
      const { stage, script } = run;
      const { suite, repository } = systemOf(stage);
      if (repository?.includes('/') !== false) continue;
      const isDebian = suite?.distro === 'debian' || suite?.distro === 'ubuntu';
      if (!isDebian && suite?.distro !== 'alpine') continue;
      if (isDebian ? keepsDebs(run) : keepsIndex(run)) filled.add(stage);
      if (run.run.flags.length > 0) continue;
      for (const command of script.commands) {
        if (!(isDebian ? cleansApt(command) : removesApk(command)) || command.isConditional) continue;
        if (stage.chain.some((part) => filled.has(part)) || (isDebian && bringsSettings(stage))) break;
        const edits = isWrapped(command) ? undefined : withoutCommand(document, run, command);
        const text = script.text.text.slice(command.words[0]!.at, command.words.at(-1)!.endAt);
        yield {
          at: commandRange(command),
          message: `\`${text}\` removes nothing: the cache is empty anyway`,
          fix: edits && { title: `Remove \`${text}\``, safety: 'safe', edits },
        };
      }
    }
  },
};

function cleansApt({ name, args }: ShellCommand): boolean {
  const words = args.filter(({ value }) => !/^-(?:y+|q+|qy|yq|-yes|-quiet)$/.test(value));
  return /^apt(?:-get)?$/.test(name) && words.length === 1 && /^(?:auto-?)?clean$/.test(words[0]!.text);
}

/** Downloads without installing, and other settings. */
function keepsDebs({ script, isTrigger }: ShellRun): boolean {
  if (isTrigger || /docker-clean|Keep-Downloaded|apt\.conf/.test(script.text.text)) return true;
  return script.commands.some(
    (command) =>
      /^apt(?:-get|itude)?$/.test(command.name) &&
      (command.subcommand === 'download' || command.hasOption('-d', '--download-only')),
  );
}

/** Files from outside may hold settings of apt. */
function bringsSettings({ chain }: Stage): boolean {
  return chain.some(({ instructions }) =>
    instructions.some(
      ({ keyword, operands }) =>
        /^(?:COPY|ADD)$/.test(keyword) && /^\/?(?:etc(?:\/apt.*)?)?\/?$/.test(operands.at(-1)?.text ?? ''),
    ),
  );
}

function removesApk({ name, args }: ShellCommand): boolean {
  const paths = args.filter(({ value }) => !/^-[rfv]+$/.test(value));
  return name === 'rm' && paths.length === 1 && /^\/var\/cache\/apk\/\*$/.test(paths[0]!.text);
}

/** Calls of apk that leave something there, and programs that may do so out of sight. */
function keepsIndex({ script, isTrigger }: ShellRun): boolean {
  return (
    isTrigger ||
    script.commands.some((command) => (command.name === 'apk' ? !isWithoutCache(command) : isOpaque(command)))
  );
}

function isOpaque({ name, words }: ShellCommand): boolean {
  return /^(?:|\.|source|eval|make|(?:ba|da|a)?sh)$/.test(name) ? words.length > 0 : words[0]!.text.includes('/');
}

function isWithoutCache({ args }: ShellCommand): boolean {
  return args.some(({ value }) => /^(?:--no-cache|del|info)$/.test(value));
}
