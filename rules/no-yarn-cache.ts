import { joinPath, type ShellCommand, type ShellWord } from '../src/dockerfile/index.ts';
import { cleanUpAfter, lastCall } from '../src/lint/facts/cleanups.ts';
import { contextText } from '../src/lint/facts/context-files.ts';
import { removesFolder } from '../src/lint/facts/removals.ts';
import { isMountedAway } from '../src/lint/facts/run-mounts.ts';
import { commandRange, shellRuns, shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-yarn-cache',
  aliases: ['DL3060'],
  severity: 'info',
  fixable: 'safe',
  needs: ['yarn'],
  options: { stages: stagesOption },
  presetOptions: { hadolint: { stages: 'bases' } },
  summary: 'yarn leaves a second copy of every package in its cache',
  why: '`yarn cache clean` in the same RUN removes it, and a cache mount keeps it out of the image. From Yarn 2 on the cache may be where the program loads its packages from: projects that use it are left alone, and the fix is only given where the flags or the lock file are those of Yarn 1.',
  examples: [
    {
      bad: 'FROM node:20\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile --production\n',
      good: 'FROM node:20\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile --production && yarn cache clean\n',
    },
  ],
  *check(document, context) {
    for (const run of shippedRuns(document, context)) {
      const last = lastCall(run, installWord);
      if (!last) continue;
      const { command, call: install, later } = last;
      const isCleaned = later.some(
        (each) => cleans(each) || removesFolder(each, '/usr/local/share/.cache') || removesFolder(each, '.cache/yarn'),
      );
      const folder =
        command.optionValue('--cache-folder')?.value ?? document.scope(run.run)?.variable('YARN_CACHE_FOLDER')?.value;
      if (isCleaned || isMountedAway(document, run.run, folder?.startsWith('/') ? folder : '.cache/yarn')) continue;
      const lock = contextText(
        document,
        run.stage,
        context.project,
        joinPath(document.scope(run.run)?.workdir, 'yarn.lock') ?? '/yarn.lock',
      );
      if (lock?.includes('__metadata:') || command.hasOption('--immutable', '--mode')) continue;
      const isOffline = shellRuns(document).some(({ script }) =>
        script.commands.some((other) => other.name === 'yarn' && other.hasOption('--offline')),
      );
      const isFirst = command.hasOption(...ONLY_YARN_1) || lock?.includes('# yarn lockfile v1') === true;
      const cleanUp = { program: 'yarn', words: [command.words[0]!], args: 'cache clean' };
      const edits = isFirst && !isOffline ? cleanUpAfter(document, run, command, cleanUp) : undefined;
      yield {
        at: commandRange(command, install),
        message:
          '`yarn install` leaves a second copy of every package in its cache: no `yarn cache clean` follows in the same RUN',
        fix: edits && { title: 'Clean the cache', safety: 'safe', edits },
      };
    }
  },
};

/** Yarn 2 and later refuse them. */
const ONLY_YARN_1 = [
  '--production',
  '--prod',
  '--pure-lockfile',
  '--non-interactive',
  '--ignore-engines',
  '--ignore-optional',
];

function installWord({ name, args }: ShellCommand): ShellWord | undefined {
  return name === 'yarn' ? args.find(({ value }) => value === 'install') : undefined;
}

function cleans({ name, args }: ShellCommand): boolean {
  return name === 'yarn' && args[0]?.value === 'cache' && args[1]?.value === 'clean';
}
