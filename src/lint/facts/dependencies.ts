import type { Scope, ShellCommand } from '../../dockerfile/index.ts';
import { commandName } from './command-names.ts';
import { packageCall } from './installs.ts';

/** A command that installs what a manifest of the project lists. */
export interface DependencyInstall {
  readonly command: ShellCommand;
  /** As people call it: `npm ci`. */
  readonly name: string;
  readonly tool: 'npm' | 'yarn' | 'pnpm' | 'bundle' | 'composer' | 'pip' | 'poetry' | 'uv' | 'go' | 'cargo';
  /** The files it reads, as it is given them or as they are usually called; the first is always there. */
  readonly manifests: readonly string[];
}

/** The install of a manifest's dependencies that a command is; packages named one by one, and global ones, are not. */
export function dependencyInstall(command: ShellCommand): DependencyInstall | undefined {
  const words = command.args.map(({ value }) => value);
  const given = words.filter((word) => !word.startsWith('-'));
  const verb = given[0];
  const make = (tool: DependencyInstall['tool'], manifests: readonly string[]): DependencyInstall => ({
    command,
    name: commandName(command),
    tool,
    manifests,
  });
  const isGlobal = words.some((word) => word === '-g' || word === '--global' || word === 'global');
  switch (command.name) {
    case 'npm':
    case 'pnpm': {
      const operands = command
        .operands([
          '--prefix',
          '-C',
          '--dir',
          '--loglevel',
          '--registry',
          '--omit',
          '--include',
          '--cache',
          '--store-dir',
          '--filter',
          '-F',
          '--reporter',
          '--network-timeout',
        ])
        .map(({ value }) => value);
      if (isGlobal || !/^(?:ci|clean-install|install-clean|install|i)$/.test(operands[0] ?? '') || operands.length > 1)
        return undefined;
      return command.name === 'npm'
        ? make('npm', ['package.json', 'package-lock.json', 'npm-shrinkwrap.json'])
        : make('pnpm', ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']);
    }
    case 'yarn': {
      const operands = command
        .operands(['--cwd', '--registry', '--modules-folder', '--cache-folder', '--network-timeout', '--mutex'])
        .map(({ value }) => value);
      if (
        isGlobal ||
        operands.length > 1 ||
        (operands[0] ?? 'install') !== 'install' ||
        words.some((word) => /^--?v(?:ersion)?$/.test(word))
      )
        return undefined;
      return make('yarn', ['package.json', 'yarn.lock', '.yarnrc.yml', '.yarnrc']);
    }
    case 'bundle':
    case 'bundler':
      return (verb ?? 'install') === 'install' && !words.includes('--version')
        ? make('bundle', ['Gemfile', 'Gemfile.lock'])
        : undefined;
    case 'composer':
    case 'composer.phar':
      return verb === 'install' || verb === 'i' ? make('composer', ['composer.json', 'composer.lock']) : undefined;
    case 'php':
      return /composer(?:\.phar)?$/.test(verb ?? '') && given[1] === 'install'
        ? make('composer', ['composer.json', 'composer.lock'])
        : undefined;
    case 'poetry':
      return verb === 'install' || verb === 'sync' ? make('poetry', ['pyproject.toml', 'poetry.lock']) : undefined;
    case 'uv':
      if (verb === 'sync') return make('uv', ['pyproject.toml', 'uv.lock']);
      break;
    case 'go':
      return verb === 'mod' && given[1] === 'download' && given.length === 2
        ? make('go', ['go.mod', 'go.sum'])
        : undefined;
    case 'cargo':
      return verb === 'fetch' ? make('cargo', ['Cargo.toml', 'Cargo.lock']) : undefined;
  }
  const call = packageCall(command);
  if (call?.parsed.action !== 'install' || !/^pip/.test(call.manager)) return undefined;
  const args = call.args.map(({ value }) => value);
  const files = args.flatMap((word, index) =>
    word === '-r' || word === '--requirement'
      ? (args[index + 1] ?? [])
      : (/^(?:--requirement=|-r(?=.))(.+)/.exec(word)?.[1] ?? []),
  );
  return files.length > 0 ? make('pip', files) : undefined;
}

/** `read` gives the text of a manifest beside which the command runs. Why an install also brings what only developers need, as advice; undefined when it does not. */
export function developmentInstall(
  { command, tool, manifests }: DependencyInstall,
  scope: Scope | undefined,
  read: (manifest: string) => string | undefined,
): string | undefined {
  const words = command.args.map(({ value }) => value);
  const has = (pattern: RegExp) =>
    words.some((word, index) => pattern.test(word) || pattern.test(`${word}=${words[index + 1] ?? ''}`));
  const variable = (name: string) =>
    command.assignments.find((assignment) => assignment.name === name)?.value ?? scope?.lookup(name).value;
  const isSet = (...names: readonly string[]) => names.some((name) => !/^(?:|0|false)$/.test(variable(name) ?? ''));
  switch (tool) {
    case 'npm':
    case 'yarn':
    case 'pnpm': {
      if (has(/^--(?:include=dev|production=false|prod=false|also=dev)/)) return undefined;
      if (has(/^(?:--omit=dev|--production(?:=true|=.*)?$|--prod(?:=|$)|-P$|--only=prod|--no-dev)/)) return undefined;
      if (/^prod/.test(variable('NODE_ENV') ?? '') || scope?.variable('NODE_ENV')?.complete === false) return undefined;
      if (isSet('NPM_CONFIG_PRODUCTION', 'npm_config_production', 'YARN_PRODUCTION')) return undefined;
      if (/dev/.test(variable('NPM_CONFIG_OMIT') ?? variable('npm_config_omit') ?? '')) return undefined;
      if (hasNone(read('package.json'), /"devDependencies"\s*:\s*\{\s*"/)) return undefined;
      return tool === 'npm' ? '--omit=dev' : tool === 'yarn' ? '--production' : '--prod';
    }
    case 'bundle':
      if (has(/^--(?:without|deployment|path=vendor)/) || isSet('BUNDLE_WITHOUT', 'BUNDLE_DEPLOYMENT', 'BUNDLE_ONLY'))
        return undefined;
      if (hasNone(read('Gemfile'), /\bgroups?\b/)) return undefined;
      return 'BUNDLE_WITHOUT=development:test';
    case 'composer':
      if (words.includes('--no-dev') || isSet('COMPOSER_NO_DEV')) return undefined;
      if (hasNone(read('composer.json'), /"require-dev"\s*:\s*\{\s*"/)) return undefined;
      return '--no-dev';
    case 'poetry':
      if (has(/^--(?:no-dev|only|without|only-root|only-main)/)) return undefined;
      if (hasNone(read('pyproject.toml'), /^\[(?:tool\.poetry\.(?:dev-dependencies|group\.)|dependency-groups)/m))
        return undefined;
      return '--only main';
    case 'uv':
      if (has(/^--(?:no-dev|no-default-groups|only-group|no-group)/) || isSet('UV_NO_DEV')) return undefined;
      if (hasNone(read('pyproject.toml'), /^\[(?:dependency-groups|tool\.uv)\]|dev-dependencies/m)) return undefined;
      return '--no-dev';
    case 'pip':
      return manifests.some((file) => DEVELOPMENT_REQUIREMENTS.test(file))
        ? 'the requirements of production only'
        : undefined;
    default:
      return undefined;
  }
}

const DEVELOPMENT_REQUIREMENTS =
  /(?:^|[/_.-])(?:dev|devel|develop|development|test|tests|testing|lint)(?:[_.-]?requirements?)?\.(?:txt|pip|in)$|(?:^|\/)(?:dev|test|tests)[_-]requirements/;

function hasNone(text: string | undefined, pattern: RegExp): boolean {
  return text !== undefined && !pattern.test(text);
}
