import { type Document, joinPath, type ShellCommand, type ShellWord } from '../src/dockerfile/index.ts';
import { type CacheUses, isCacheUsed, variablesAt } from '../src/lint/facts/cache-uses.ts';
import { contextText } from '../src/lint/facts/context-files.ts';
import { removesFolder } from '../src/lint/facts/removals.ts';
import { isMountedAway } from '../src/lint/facts/run-mounts.ts';
import { commandRange, insertBehind, type ShellRun, shippedRuns, stagesOption } from '../src/lint/facts/runs.ts';
import type { Project, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-uv-cache',
  severity: 'info',
  fixable: 'safe',
  needs: ['uv'],
  options: { stages: stagesOption },
  summary: 'uv leaves its cache in the image',
  why: 'uv keeps indexes, what it built and every package it unpacked in `~/.cache/uv`. What was installed is linked to those files, or copied where the two lie on different file systems; with `--no-cache` it is the same, and the rest goes. UV_NO_CACHE or a cache mount does as well. Packages that are symbolic links need the cache; so may a container that is started by uv, and a later call without the network: there is nothing to find.',
  examples: [
    {
      bad: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir uv\nRUN uv pip install --system flask\n',
      good: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir uv\nRUN uv pip install --no-cache --system flask\n',
    },
  ],
  *check(document, context) {
    for (const run of shippedRuns(document, context)) {
      const { commands } = run.script;
      for (const [index, command] of commands.entries()) {
        const call = installCall(command);
        if (!call || command.hasOption('--no-cache', '--no-cache-dir', '-n', '--offline')) continue;
        const variable = variablesAt(document, run, command);
        const off = variable('UV_NO_CACHE');
        const isLinked = (command.optionValue('--link-mode')?.value ?? variable('UV_LINK_MODE')) === 'symlink';
        if ((off !== undefined && !/^(?:0|false|f|no|n|off|)$/i.test(off)) || isLinked) continue;
        const caches = variable('XDG_CACHE_HOME');
        const set = command.optionValue('--cache-dir')?.value ?? variable('UV_CACHE_DIR') ?? (caches && `${caches}/uv`);
        const folder = set?.startsWith('/') ? set : '.cache/uv';
        const isCleaned = commands.slice(index + 1).some((later) => cleans(later) || removesFolder(later, folder));
        if (isCleaned || isMountedAway(document, run.run, folder)) continue;
        if (isConfigured(document, run, context.project) || isCacheUsed(document, context.target, run, USES)) continue;
        // Somebody who names a folder or switches the cache on wants it.
        const edits = set === undefined && off === undefined ? insertBehind(run, call.verb, ' --no-cache') : undefined;
        yield {
          at: commandRange(command, call.verb),
          message: `\`${call.name}\` leaves its cache in the image`,
          fix: edits && { title: 'Add `--no-cache`', safety: 'safe', edits },
        };
      }
    }
  },
};

const USES: CacheUses = {
  folder: /\/\.cache\/uv\//,
  program: /^uvx?$/,
  offline: /^--offline$/,
  variables: ['UV_OFFLINE'],
  starts: /^(?:\S*\/)?uvx? /,
};
const INSTALLS = /^uv (?:pip (?:install|sync)|sync|add|tool (?:install|upgrade))$/;
const VALUE_OPTIONS = ['--directory', '--project', '--config-file', '--cache-dir', '--python-preference', '--color'];

/** `uv pip install`, with the word behind which options of its own may stand. */
function installCall(command: ShellCommand): { readonly name: string; readonly verb: ShellWord } | undefined {
  if (command.name !== 'uv') return undefined;
  const operands = command.operands(VALUE_OPTIONS);
  for (const count of [1, 2]) {
    const words = operands.slice(0, count);
    const name = ['uv', ...words.map(({ value }) => value)].join(' ');
    if (words.length === count && INSTALLS.test(name)) return { name, verb: words.at(-1)! };
  }
  return undefined;
}

function cleans({ name, subcommand }: ShellCommand): boolean {
  return name === 'uv' && subcommand === 'cache';
}

/** Whether the project itself says where the cache is, that there is none, or that packages are links to it. */
function isConfigured(document: Document, { run, stage }: ShellRun, project: Project): boolean {
  return ['pyproject.toml', 'uv.toml'].some((name) => {
    const path = joinPath(document.scope(run)?.workdir, name) ?? `/${name}`;
    return CONFIGURED.test(contextText(document, stage, project, path) ?? '');
  });
}

const CONFIGURED = /^\s*(?:no-cache\s*=\s*true|cache-dir\s*=|link-mode\s*=\s*["']symlink)/m;
