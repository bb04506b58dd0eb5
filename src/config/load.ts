import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Loader } from 'cosmiconfig';
import { describeFailure } from '../failure.ts';
import { nearest } from '../lint/nearest.ts';
import type { Rule } from '../lint/types.ts';
import { parseJson } from './json.ts';
import { type Config, configSchema } from './keys.ts';
import { checkSchema, isMapping } from './schema.ts';
import type { LoadedConfig } from './settings.ts';

/** A configuration that cannot be used; the message is one line and does not name the file. */
export class ConfigError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** Where a folder may keep its configuration. No JavaScript: a linter runs on strangers' repositories. */
const PLACES = [
  'package.json',
  ...['.dockerfileoptrc', '.config/dockerfileoptrc'].flatMap((name) => [
    name,
    `${name}.json`,
    `${name}.yaml`,
    `${name}.yml`,
  ]),
];

/** Finds configurations: the nearest file from a folder upwards, up to the root of the repository. */
export class ConfigSearch {
  readonly #book: readonly Rule[];
  readonly #found = new Map<string, Promise<LoadedConfig>>();

  constructor(book: readonly Rule[]) {
    this.#book = book;
  }

  /** @param folder absolute. Rejects with a ConfigError. */
  find(folder: string): Promise<LoadedConfig> {
    let found = this.#found.get(folder);
    if (!found) {
      found = this.#search(folder);
      this.#found.set(folder, found);
    }
    return found;
  }

  async #search(folder: string): Promise<LoadedConfig> {
    for (const place of PLACES) {
      const path = join(folder, place);
      if (!existsSync(path) || (place === 'package.json' && !mentionsUs(path))) continue;
      const loaded = await loadConfig(path, this.#book);
      if (loaded) return loaded;
    }
    const outer = dirname(folder);
    if (outer === folder || existsSync(join(folder, '.git'))) return { path: undefined, config: {} };
    return this.find(outer);
  }
}

/** Most package.json have nothing to say, and reading one as JSON takes longer than this. */
function mentionsUs(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes('"dockerfileopt"');
  } catch {
    return false;
  }
}

/**
 * Reads and checks a configuration; undefined for a package.json without one. Code runs only when it is allowed to.
 * @param path absolute. Rejects with a ConfigError.
 */
export async function loadConfig(
  path: string,
  book: readonly Rule[],
  options: { code: boolean } = { code: false },
): Promise<LoadedConfig | undefined> {
  const value = await readValue(path, options.code);
  if (value === undefined && basename(path) === 'package.json') return undefined;
  const config = value ?? {};
  const [problem] = checkSchema(config, configSchema(book), nearest);
  if (problem)
    throw new ConfigError(path, problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`);
  return { path, config: config as Config };
}

async function readValue(path: string, code: boolean): Promise<unknown> {
  const { cosmiconfig, defaultLoaders } = await import('cosmiconfig');
  const refuse = () => {
    throw new Error('only .json, .yaml, .yml, .js, .mjs and .cjs are read');
  };
  // cosmiconfig would follow `$import` to files outside the repository.
  const data = (load: (path: string, content: string) => unknown) => (file: string, content: string) => {
    const value = load(file, content);
    if (isMapping(value) && '$import' in value) throw new Error('$import: unknown key');
    return value;
  };
  const json = data((_, content) => parseJson(content));
  const yaml = data(defaultLoaders['.yaml']);
  const script = code ? runScript(defaultLoaders['.js']) : refuse;
  const explorer = cosmiconfig('dockerfileopt', {
    searchPlaces: [...PLACES],
    cache: false,
    loaders: {
      '.json': json,
      '.yaml': yaml,
      '.yml': yaml,
      noExt: yaml,
      '.js': script,
      '.mjs': script,
      '.cjs': script,
      '.ts': refuse,
      default: refuse,
    },
  });
  try {
    return (await explorer.load(path))?.config;
  } catch (error) {
    throw new ConfigError(path, describeLoadError(error));
  }
}

/** A script may throw anything, but only an Error gets through cosmiconfig. */
function runScript(load: Loader): Loader {
  return async (path, content) => {
    try {
      return await load(path, content);
    } catch (error) {
      throw error instanceof Error ? error : new Error(`threw ${String(error)}`);
    }
  };
}

/** The YAML parser shows the lines around; what is wrong, and where, stands in the line after the first. */
function describeLoadError(error: unknown): string {
  const message = describeFailure(error);
  const yaml = /^YAML Error in .*?: (.*?) \((\d+):(\d+)\)/.exec(message);
  return yaml ? `line ${yaml[2]}, column ${yaml[3]}: ${yaml[1]}` : message;
}
