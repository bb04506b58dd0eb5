import type { Document, Stage } from '../src/dockerfile/index.ts';
import { canDoWithoutCache } from '../src/knowledge/package-caches.ts';
import { packageCall, ScriptVariables } from '../src/lint/facts/installs.ts';
import { removesFolder } from '../src/lint/facts/removals.ts';
import { isMountedAway } from '../src/lint/facts/run-mounts.ts';
import {
  commandRange,
  exceptionsOption,
  insertBehind,
  optionOf,
  shellRuns,
  shippedRuns,
  stagesOption,
} from '../src/lint/facts/runs.ts';
import { systemOf } from '../src/lint/facts/systems.ts';
import type { Rule } from '../src/lint/types.ts';

const PIP = /^(?:pip|python)[\d.]*$/;

export const rule: Rule = {
  id: 'no-pip-cache',
  aliases: ['DL3042'],
  severity: 'warn',
  fixable: 'safe',
  needs: ['pip'],
  options: { stages: stagesOption, exceptions: exceptionsOption },
  presetOptions: { hadolint: { stages: 'all', exceptions: false } },
  summary: 'pip leaves what it downloaded in the image',
  why: 'pip keeps every package it fetched or built in `~/.cache/pip`, where nothing in the image needs it. `--no-cache-dir`, PIP_NO_CACHE_DIR in the environment or a cache mount keep it out. Where the same RUN removes the cache again, or pip was configured to keep none, there is nothing to find. pip knows the flag from 6.0 on: for base images with an older one, and for unknown ones, there is no fix.',
  examples: [
    {
      bad: 'FROM python:3.12-slim\nRUN pip install flask\n',
      good: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir flask\n',
    },
  ],
  *check(document, context) {
    for (const run of shippedRuns(document, context)) {
      if (!run.script.commands.some(({ name }) => PIP.test(name))) continue;
      const variables = new ScriptVariables(document.scope(run.run));
      const { commands } = run.script;
      for (const [index, command] of commands.entries()) {
        variables.take(command);
        const call = PIP.test(command.name) ? packageCall(command) : undefined;
        if (call?.parsed.subcommand !== 'install' || call.parsed.manager.family !== 'language') continue;
        const off =
          command.assignments.find(({ name }) => name === 'PIP_NO_CACHE_DIR')?.value ??
          variables.get('PIP_NO_CACHE_DIR');
        const isOff = off !== undefined ? !/^(?:|0|false|no|off)$/i.test(off) : variables.has('PIP_NO_CACHE_DIR');
        if (isOff || command.hasOption('--no-cache-dir', '--no-cache')) continue;
        const folder = command.optionValue('--cache-dir')?.value ?? variables.get('PIP_CACHE_DIR');
        if (
          folder?.startsWith('/')
            ? isMountedAway(document, run.run, folder)
            : isMountedAway(document, run.run, '.cache/pip')
        )
          continue;
        const isHarmless = commands
          .slice(index)
          .some((later) => removesFolder(later, folder ?? '.cache/pip') || purges(later.name, later.subcommand));
        if (optionOf(context, 'exceptions') !== false && (isHarmless || isConfigured(document, run.stage))) continue;
        const install = call.args.find(({ value }) => value === 'install')!;
        // Somebody who names a folder or switches the cache on wants it.
        const { suite, repository = '' } = systemOf(run.stage);
        const isKnown = suite
          ? canDoWithoutCache('pip', suite.distro, suite.order)
          : /^(?:python|pypy)$/.test(repository);
        const isWanted = folder !== undefined || off !== undefined;
        const edits = isKnown && !isWanted ? insertBehind(run, install, ' --no-cache-dir') : undefined;
        yield {
          at: commandRange(command, install),
          message: '`pip install` leaves what it downloaded in the image',
          fix: edits && { title: 'Add `--no-cache-dir`', safety: 'safe', edits },
        };
      }
    }
  },
};

function purges(name: string, subcommand: string | undefined): boolean {
  return /^pip/.test(name) && subcommand === 'cache';
}

/** `pip config set global.no-cache-dir true`, or the setting written to a file. */
function isConfigured(document: Document, stage: Stage): boolean {
  return shellRuns(document).some(
    (other) =>
      stage.chain.includes(other.stage) &&
      other.script.commands.some(
        ({ name, args }) =>
          !args.some(({ value }) => value === 'install') &&
          args.some(({ value }) => /no-cache-dir/.test(value) && !/^python|^-/.test(name)),
      ),
  );
}
