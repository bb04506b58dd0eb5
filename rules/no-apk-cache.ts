import { canDoWithoutCache } from '../src/knowledge/package-caches.ts';
import { isIndexUsed } from '../src/lint/facts/apk-index.ts';
import { removesFolder } from '../src/lint/facts/removals.ts';
import { isMountedAway } from '../src/lint/facts/run-mounts.ts';
import {
  commandRange,
  exceptionsOption,
  insertBehind,
  optionOf,
  shippedRuns,
  stagesOption,
} from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-apk-cache',
  aliases: ['DL3019'],
  severity: 'info',
  fixable: 'safe',
  needs: ['apk'],
  options: { stages: stagesOption, exceptions: exceptionsOption },
  presetOptions: { hadolint: { stages: 'all', exceptions: false } },
  summary: 'apk leaves its package index in the image',
  why: '`apk add --no-cache` fetches the index for itself and keeps none, so that neither `apk update` nor `--update` nor removing /var/cache/apk is needed. Where the same RUN removes the cache again, or mounts one, there is nothing to find. Alpine knows the flag from 3.3 on: for older and for unknown base images there is no fix.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN apk add --update curl\n',
      good: 'FROM alpine:3.20\nRUN apk add --no-cache --update curl\n',
    },
  ],
  *check(document, context) {
    for (const run of shippedRuns(document, context)) {
      for (const [index, command] of run.script.commands.entries()) {
        if (command.name !== 'apk') continue;
        const add = command.args.find(({ value }) => value === 'add');
        if (!add || command.hasOption('--no-cache')) continue;
        if (isMountedAway(document, run.run, '/var/cache/apk') || isMountedAway(document, run.run, '/etc/apk/cache'))
          break;
        const isRemoved = run.script.commands.slice(index).some((later) => removesFolder(later, '/var/cache/apk'));
        if (isRemoved && optionOf(context, 'exceptions') !== false) continue;
        // Without the network there is only the cache; one in a folder of its own is there on purpose.
        const isWanted = command.hasOption('--no-network', '--cache-dir');
        const { suite } = systemOf(run.stage);
        const isKnown = suite !== undefined && canDoWithoutCache('apk', suite.distro, suite.order);
        const edits =
          isWanted || !isKnown || isIndexUsed(document, run, command)
            ? undefined
            : insertBehind(run, add, ' --no-cache');
        yield {
          at: commandRange(command, add),
          message: isRemoved
            ? '`apk add` writes an index that has to be removed again; with `--no-cache` it writes none'
            : '`apk add` without `--no-cache` leaves the package index in the image',
          fix: edits && { title: 'Add `--no-cache`', safety: 'safe', edits },
        };
      }
    }
  },
};
