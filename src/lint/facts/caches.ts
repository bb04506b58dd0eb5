import type { Document, Instruction, ShellCommand, Stage } from '../../dockerfile/index.ts';
import { commandName } from './command-names.ts';
import { packageCall, ScriptVariables } from './installs.ts';
import { systemOf } from './systems.ts';

/** The caches that a command fills and that a later build could use again. */
export interface CommandCaches {
  readonly command: ShellCommand;
  /** As people call it: `npm ci`. */
  readonly name: string;
  /** Absolute folders. */
  readonly folders: readonly string[];
  /** Two builds at a time must not use them together. */
  readonly isExclusive: boolean;
}

/** The caches of the commands of a RUN; empty where a command says that it keeps none, or runs as another user. */
export function cachesOf(document: Document, stage: Stage, run: Instruction): readonly CommandCaches[] {
  const script = document.shell(run);
  const scope = document.scope(run);
  if (script?.dialect !== 'sh' || !scope || !/^(?:root|0)?(?::|$)/.test(scope.user ?? '')) return [];
  const variables = new ScriptVariables(scope);
  const found: CommandCaches[] = [];
  for (const command of script.commands) {
    variables.take(command);
    const own = new Map(command.assignments.map(({ name, value }) => [name, value]));
    const variable = (name: string) => own.get(name) ?? variables.get(name);
    const folders = foldersOf(command, stage, variable);
    if (folders.length === 0 || folders.some((folder) => !/^\/[\w./-]+$/.test(folder))) continue;
    found.push({
      command,
      name: commandName(command),
      folders,
      isExclusive: folders.includes('/var/cache/apt'),
    });
  }
  return found;
}

type Variable = (name: string) => string | undefined;

function foldersOf(command: ShellCommand, stage: Stage, variable: Variable): string[] {
  const words = command.args.map(({ value }) => value);
  const verb = command.subcommand ?? '';
  const { repository, sdk } = systemOf(stage);
  switch (command.name) {
    case 'go': {
      if (
        !/^(?:build|install|test|get|vet|generate|run|mod|list)$/.test(verb) ||
        (verb === 'mod' && words[1] !== 'download')
      )
        return [];
      if (sdk?.ecosystem !== 'go' && variable('GOPATH') === undefined) return [];
      const modules = variable('GOMODCACHE') ?? `${variable('GOPATH') ?? '/go'}/pkg/mod`;
      const build = variable('GOCACHE') ?? '/root/.cache/go-build';
      if (verb === 'mod') return [modules];
      return words.some((word) => word === '-mod=vendor') ? [build] : [modules, build];
    }
    case 'cargo': {
      if (
        !/^(?:build|b|fetch|install|test|check|clippy|run)$/.test(verb) ||
        words.some((word) => /^--(?:offline|frozen)$/.test(word))
      )
        return [];
      const home = variable('CARGO_HOME') ?? (repository === 'rust' ? '/usr/local/cargo' : undefined);
      return home === undefined ? [] : [`${home}/registry`];
    }
    case 'npm':
      if (!/^(?:ci|install|i)$/.test(verb) || words.includes('--cache')) return [];
      return [variable('NPM_CONFIG_CACHE') ?? variable('npm_config_cache') ?? '/root/.npm'];
    case 'composer':
      return verb === 'install' && !words.includes('--no-cache')
        ? [variable('COMPOSER_CACHE_DIR') ?? '/root/.cache/composer']
        : [];
  }
  const call = packageCall(command);
  if (call?.parsed.action !== 'install') return [];
  if (/^pip/.test(call.manager)) {
    if (words.includes('--no-cache-dir') || variable('PIP_NO_CACHE_DIR') !== undefined || command.name === 'uv')
      return [];
    return [variable('PIP_CACHE_DIR') ?? '/root/.cache/pip'];
  }
  return /^apt(?:-get)?$/.test(call.manager) ? ['/var/cache/apt', '/var/lib/apt/lists'] : [];
}
