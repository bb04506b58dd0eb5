import { dirname, relative, resolve, sep } from 'node:path';
import { type ActiveRule, ruleNames } from '../lint/engine.ts';
import type { FailOn } from '../lint/fail-on.ts';
import type { Rule, Severity } from '../lint/types.ts';
import type { Config, Override } from './keys.ts';
import type { PresetName } from './presets.ts';
import { type RuleOptions, RuleState } from './rule-state.ts';
import { sharedOptions } from './shared-options.ts';

/** A configuration and the file it stands in, as an absolute path; without one there is only `recommended`. */
export interface LoadedConfig {
  readonly path: string | undefined;
  readonly config: Config;
  /** What the user is to be told about it, in lines. */
  readonly notes?: readonly string[];
}

/** What the command line adds to every configuration. */
export interface CommandLineSettings {
  readonly rules: readonly { readonly name: string; readonly severity: Severity | undefined }[];
  readonly target?: string | undefined;
  /** Absolute. */
  readonly context?: string | undefined;
  readonly failOn?: FailOn | undefined;
}

/** What holds for one file. */
export interface FileSettings {
  readonly rules: readonly ActiveRule[];
  readonly target: string | undefined;
  /** The build context, absolute. */
  readonly context: string;
  /** ShellCheck's executable, a name or an absolute path, if the configuration says. */
  readonly shellcheck: string | undefined;
  readonly failOn: FailOn;
  /** Whether ignore comments silence findings. */
  readonly honoursIgnores: boolean;
}

/** Says whether a path, relative to the configuration's folder, matches patterns. */
export type PatternMatcher = (patterns: readonly string[], path: string) => boolean;

/** Works out what holds for each file under one configuration. */
export class Settings {
  readonly #book: readonly Rule[];
  readonly #loaded: LoadedConfig;
  readonly #commandLine: CommandLineSettings;
  readonly #matches: PatternMatcher;
  readonly #rules = new Map<string, readonly ActiveRule[]>();

  constructor(
    book: readonly Rule[],
    loaded: LoadedConfig,
    commandLine: CommandLineSettings = { rules: [] },
    matches: PatternMatcher = () => false,
  ) {
    this.#book = book;
    this.#loaded = loaded;
    this.#commandLine = commandLine;
    this.#matches = matches;
  }

  /** @param path absolute */
  forFile(path: string): FileSettings {
    const { config, path: configPath } = this.#loaded;
    const overrides = (config.overrides ?? []).filter(({ files }) => this.#isMeant(files, path));
    const key = overrides.map((override) => config.overrides!.indexOf(override)).join();
    let rules = this.#rules.get(key);
    if (!rules) {
      rules = activateRules(this.#book, config, overrides, this.#commandLine);
      this.#rules.set(key, rules);
    }
    const last = (name: 'target' | 'context') => overrides.findLast((each) => each[name] !== undefined)?.[name];
    const context = last('context') ?? config.context;
    const base = dirname(configPath ?? path);
    const contextFolder = context === undefined ? dirname(path) : resolve(base, context);
    const { shellcheck } = config;
    return {
      rules,
      target: this.#commandLine.target ?? last('target') ?? config.target,
      context: this.#commandLine.context ?? contextFolder,
      shellcheck: shellcheck && (/[\\/]/.test(shellcheck) ? resolve(base, shellcheck) : shellcheck),
      failOn: this.#commandLine.failOn ?? config.failOn ?? 'warn',
      honoursIgnores: config.ignoreComments ?? true,
    };
  }

  /** Whether the configuration leaves a file out of searches. */
  ignores(path: string): boolean {
    return this.#loaded.config.ignores !== undefined && this.#isMeant(this.#loaded.config.ignores, path);
  }

  #isMeant(patterns: string | readonly string[], path: string): boolean {
    if (this.#loaded.path === undefined) return false;
    const inner = relative(dirname(this.#loaded.path), path).split(sep).join('/');
    if (inner === '' || inner === '..' || inner.startsWith('../')) return false;
    return this.#matches([patterns].flat(), inner);
  }
}

/** The rules that run: presets first, then the rules named, then the overrides, then the command line. */
export function activateRules(
  book: readonly Rule[],
  config: Config,
  overrides: readonly Override[] = [],
  commandLine: Pick<CommandLineSettings, 'rules'> = { rules: [] },
): ActiveRule[] {
  const presets = [config.extends ?? 'recommended'].flat() as PresetName[];
  const states = new Map(book.map((rule) => [rule.id, new RuleState(rule, presets, sharedOptions(rule, config))]));
  const codes = new Map<string, Severity>();
  const set = (name: string, severity: Severity | undefined, options?: RuleOptions) => {
    const ids = ruleNames(book).get(name.toLowerCase());
    if (!ids) codes.set(name.toUpperCase(), severity ?? 'warn');
    for (const id of ids ?? []) states.get(id)!.set(name, severity, options);
  };
  for (const rules of [config.rules, ...overrides.map((override) => override.rules)]) {
    for (const [name, setting] of Object.entries(rules ?? {})) {
      const [severity, options] = typeof setting === 'string' ? [setting] : setting;
      set(name, severity, options);
    }
  }
  for (const { name, severity } of commandLine.rules) set(name, severity);
  return book.flatMap((rule) => states.get(rule.id)!.activate(codes));
}
