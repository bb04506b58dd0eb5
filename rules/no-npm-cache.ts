import type { ShellCommand, ShellWord } from '../src/dockerfile/index.ts';
import { type CacheUses, isCacheUsed, variablesAt } from '../src/lint/facts/cache-uses.ts';
import { cleanUpAfter, lastCall } from '../src/lint/facts/cleanups.ts';
import { removesFolder } from '../src/lint/facts/removals.ts';
import { isMountedAway } from '../src/lint/facts/run-mounts.ts';
import { commandRange, shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-npm-cache',
  severity: 'info',
  fixable: 'safe',
  needs: ['npm'],
  options: { stages: stagesOption },
  summary: 'npm leaves a second copy of every package in its cache',
  why: 'npm keeps the archive of every package it fetched in `~/.npm/_cacache`, where nothing in the image needs it. `npm cache clean --force` in the same RUN removes it, and a cache mount keeps it out. There is nothing to find where the cache is removed, put elsewhere by `--cache`, copied, or used again: by a later call without the network, or by the container that runs npm or npx.',
  examples: [
    {
      bad: 'FROM node:22-slim\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\n',
      good: 'FROM node:22-slim\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\n',
    },
  ],
  *check(document, context) {
    for (const run of shippedRuns(document, context)) {
      const last = lastCall(run, installVerb);
      if (!last) continue;
      const { command, call: verb, later } = last;
      const set = variablesAt(document, run, command)('npm_config_cache', 'NPM_CONFIG_CACHE');
      const folder = set?.startsWith('/') ? set : '.npm/_cacache';
      const isCleaned = later.some((each) => cleans(each) || removesFolder(each, folder));
      if (isCleaned || isMountedAway(document, run.run, folder)) continue;
      if (isCacheUsed(document, context.target, run, USES)) continue;
      // Another npm, or another Node.js, and the two may not get along.
      const isReplaced =
        command.args.some(({ value }) => /^npm(?:@|$)/.test(value)) || later.some((each) => replacesNode(each));
      const cleanUp = { program: 'npm', words: [command.words[0]!], args: 'cache clean --force' };
      const edits = isReplaced ? undefined : cleanUpAfter(document, run, command, cleanUp);
      yield {
        at: commandRange(command, verb),
        message: `\`npm ${verb.value}\` leaves a second copy of every package in its cache: no \`npm cache clean --force\` follows in the same RUN`,
        fix: edits && { title: 'Clean the cache', safety: 'safe', edits },
      };
    }
  },
};

const USES: CacheUses = {
  folder: /\/\.npm\//,
  program: /^npm$/,
  offline: /^--(?:prefer-)?offline\b/,
  variables: ['npm_config_offline', 'NPM_CONFIG_OFFLINE', 'npm_config_prefer_offline', 'NPM_CONFIG_PREFER_OFFLINE'],
  starts: /^(?:\S*\/)?(?:npx|npm (?:-\S+ )*(?:exec|x|i|install|ci|add|update))(?: |$)/,
};
const VERBS = /^(?:i|in|install|add|ci|ic|clean-install|it|install-test|cit|install-ci-test|up|update|upgrade)$/;
const VALUE_OPTIONS = ['--prefix', '-C', '--registry', '--loglevel', '--userconfig', '-w', '--workspace', '--omit'];

/** The word that has npm fill its cache. */
function installVerb(command: ShellCommand): ShellWord | undefined {
  if (command.name !== 'npm' || command.hasOption('--cache', '--offline')) return undefined;
  const [verb] = command.operands(VALUE_OPTIONS);
  return verb && VERBS.test(verb.value) ? verb : undefined;
}

function cleans(command: ShellCommand): boolean {
  if (command.name === 'rm') return command.args.some(({ value }) => /(?:^|\/)\.npm\//.test(value));
  const [first, second] = command.operands();
  return command.name === 'npm' && first?.value === 'cache' && /^(?:clean|clear|rm)$/.test(second?.value ?? '');
}

function replacesNode({ name, args }: ShellCommand): boolean {
  if (/^(?:n|nvm|nave|nodenv|fnm|volta|asdf|mise)$/.test(name)) return true;
  const isLost = (part: string) => part.startsWith('node') && part !== 'node_modules';
  return (
    name === 'rm' && args.some(({ value }) => value.split('/').some(isLost) || /\/lib\/node_modules\/?\*?$/.test(value))
  );
}
