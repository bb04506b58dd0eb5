import type { ShellCommand, ShellWord } from '../src/dockerfile/index.ts';
import { type CacheUses, isCacheUsed, variablesAt } from '../src/lint/facts/cache-uses.ts';
import { cleanUpAfter, lastCall } from '../src/lint/facts/cleanups.ts';
import { removesFolder } from '../src/lint/facts/removals.ts';
import { isMountedAway } from '../src/lint/facts/run-mounts.ts';
import { commandRange, shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-composer-cache',
  severity: 'info',
  fixable: 'safe',
  needs: ['composer'],
  options: { stages: stagesOption },
  summary: 'Composer leaves a second copy of every package in its cache',
  why: 'Composer keeps the archives it fetched and the metadata of Packagist in `~/.composer/cache` or `~/.cache/composer`, where nothing in the image needs them. `composer clear-cache` in the same RUN removes them with every release of Composer 1 and 2; `--no-cache`, which Composer knows from 1.9 on, or a cache mount keeps them out. There is nothing to find where the cache is removed, copied, switched off by COMPOSER_CACHE_DIR=/dev/null, or used again without the network.',
  examples: [
    {
      bad: 'FROM php:8.3-cli\nCOPY --from=composer:2 /usr/bin/composer /usr/bin/composer\nWORKDIR /app\nCOPY composer.* ./\nRUN composer install --no-dev\n',
      good: 'FROM php:8.3-cli\nCOPY --from=composer:2 /usr/bin/composer /usr/bin/composer\nWORKDIR /app\nCOPY composer.* ./\nRUN composer install --no-dev && composer clear-cache\n',
    },
  ],
  *check(document, context) {
    for (const run of shippedRuns(document, context)) {
      const last = lastCall(run, installCall);
      if (!last) continue;
      const { command, call, later } = last;
      const variable = variablesAt(document, run, command);
      const home = variable('COMPOSER_HOME');
      const isOfficial = systemOf(run.stage).repository === 'composer';
      const set = variable('COMPOSER_CACHE_DIR') ?? (isOfficial ? '/tmp/cache' : home && `${home}/cache`);
      if (set === '/dev/null') continue;
      const folders = set?.startsWith('/') ? [set] : ['.composer/cache', '.cache/composer'];
      const isCleaned = later.some((each) => cleans(each) || folders.some((folder) => removesFolder(each, folder)));
      if (isCleaned || folders.some((folder) => isMountedAway(document, run.run, folder))) continue;
      if (isCacheUsed(document, context.target, run, USES)) continue;
      const { name, words, verb } = call;
      // Clearing the cache loads plugins, which may be what was to be kept from running.
      const isUnsure = command.hasOption('--no-plugins') || later.some(unlinks);
      const cleanUp = { program: 'composer', words, args: 'clear-cache' };
      const edits = isUnsure ? undefined : cleanUpAfter(document, run, command, cleanUp);
      yield {
        at: commandRange(command, verb),
        message: `\`${name}\` leaves a second copy of every package in its cache: no \`composer clear-cache\` follows in the same RUN`,
        fix: edits && { title: 'Clear the cache', safety: 'safe', edits },
      };
    }
  },
};

const PROGRAM = /^(?:composer(?:\.phar)?|php[\d.]*)$/;
const USES: CacheUses = {
  folder: /\/(?:\.composer\/cache|\.cache\/composer)\//,
  program: PROGRAM,
  variables: ['COMPOSER_DISABLE_NETWORK'],
  starts:
    /^(?:php[\d.]* )?(?:\S*\/)?composer(?:\.phar)? (?:.* )?(?:i|install|r|require|u|update|upgrade|create-project)\b/,
};
const VERBS = /^(?:i|install|r|req|require|u|update|upgrade|create-project)$/;

interface Call {
  /** As people call it: `composer global require`. */
  readonly name: string;
  /** From the program, or the interpreter it is given to, to Composer itself. */
  readonly words: readonly ShellWord[];
  readonly verb: ShellWord;
}

/** The call of Composer that fills its cache; `php composer.phar` is one, too. */
function installCall(command: ShellCommand): Call | undefined {
  if (!PROGRAM.test(command.name) || command.hasOption('--no-cache')) return undefined;
  const place = command.words.findIndex(({ value }) => /(?:^|\/)composer(?:\.phar)?$/.test(value));
  if (place < 0) return undefined;
  const isArgument = ({ start }: ShellWord) => start > command.words[place]!.start;
  const operands = command.operands(['-d', '--working-dir']).filter(isArgument);
  const verb = operands[operands[0]?.value === 'global' ? 1 : 0];
  if (!verb || !VERBS.test(verb.value)) return undefined;
  const name = operands[0] === verb ? `composer ${verb.value}` : `composer global ${verb.value}`;
  return { name, words: command.words.slice(0, place + 1), verb };
}

function cleans({ name, args }: ShellCommand): boolean {
  return PROGRAM.test(name) && args.some(({ value }) => /^(?:clear-?cache|cc)$/.test(value));
}

/** `php -r "unlink('composer.phar');"` */
function unlinks({ name, args }: ShellCommand): boolean {
  return name.startsWith('php') && args.some(({ value }) => value.includes('unlink'));
}
