import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { YAMLException } from 'js-yaml';
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

/** Where hadolint keeps its own. */
const HADOLINT_PLACES = ['.hadolint.yaml', '.hadolint.yml'];

/** Whether a file is a configuration of hadolint, by its name; others may be called like this than those that are found. */
export const isHadolintConfig = (path: string) => /(?:^|\.)hadolint\.ya?ml$/.test(basename(path));

/**
 * Finds configurations: the nearest file from a folder upwards, up to the root of the repository. Where none of these
 * folders has one of ours, the nearest one of hadolint holds.
 */
export class ConfigSearch {
  readonly #own: UpwardSearch;
  readonly #hadolint: UpwardSearch;

  constructor(book: readonly Rule[]) {
    this.#own = new UpwardSearch(PLACES, async (path) =>
      basename(path) === 'package.json' && !mentionsUs(path) ? undefined : loadConfig(path, book),
    );
    this.#hadolint = new UpwardSearch(HADOLINT_PLACES, async (path) => {
      const { config, notes = [] } = await loadHadolint(path, book);
      return { path, config, notes: [READ, ...notes] };
    });
  }

  /** @param folder absolute. Rejects with a ConfigError. */
  async find(folder: string): Promise<LoadedConfig> {
    return (await this.#own.find(folder)) ?? (await this.#hadolint.find(folder)) ?? NONE;
  }
}

const READ =
  'read for want of a configuration of ours; `dockerfileopt init --from-hadolint` writes one that says the same';

const NONE: LoadedConfig = { path: undefined, config: {} };

/** Looks for files in a folder and those above it, up to the root of the repository, and remembers what it found. */
class UpwardSearch {
  readonly #places: readonly string[];
  readonly #load: (path: string) => Promise<LoadedConfig | undefined>;
  readonly #found = new Map<string, Promise<LoadedConfig | undefined>>();

  /** @param load undefined for a file that says nothing */
  constructor(places: readonly string[], load: (path: string) => Promise<LoadedConfig | undefined>) {
    this.#places = places;
    this.#load = load;
  }

  find(folder: string): Promise<LoadedConfig | undefined> {
    let found = this.#found.get(folder);
    if (!found) {
      found = this.#search(folder);
      this.#found.set(folder, found);
    }
    return found;
  }

  async #search(folder: string): Promise<LoadedConfig | undefined> {
    for (const place of this.#places) {
      const path = join(folder, place);
      const loaded = existsSync(path) ? await this.#load(path) : undefined;
      if (loaded) return loaded;
    }
    const outer = dirname(folder);
    return outer === folder || existsSync(join(folder, '.git')) ? undefined : this.find(outer);
  }
}

/**
 * Reads a configuration of hadolint as one of ours.
 * @param path absolute. Rejects with a ConfigError.
 */
export async function loadHadolint(path: string, book: readonly Rule[]): Promise<LoadedConfig> {
  const value = await readValue(path, false);
  const { translateHadolint } = await import('./hadolint.ts');
  const translation = translateHadolint(value, book);
  if (typeof translation === 'string') throw new ConfigError(path, translation);
  return { path, ...translation };
}

/** The file that configures a folder, by its name in there. Rejects with a ConfigError. */
export async function configIn(folder: string): Promise<string | undefined> {
  for (const place of PLACES) {
    const path = join(folder, place);
    if (!existsSync(path)) continue;
    if (place !== 'package.json' || (mentionsUs(path) && (await readValue(path, false)) !== undefined)) return place;
  }
  return undefined;
}

/** The file that configures hadolint in a folder, by its name in there. */
export function hadolintConfigIn(folder: string): string | undefined {
  return HADOLINT_PLACES.find((place) => existsSync(join(folder, place)));
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
  if (!options.code && (config as Config).plugins !== undefined)
    throw new ConfigError(path, 'plugins: they are code, and only run for a configuration named with --config');
  return { path, config: config as Config };
}

/** What a configuration says that the user named; it may be code. Rejects with a ConfigError. */
export const readConfigValue = (path: string): Promise<unknown> => readValue(path, true);

/** The value in a file: `undefined` when there is none. */
async function readValue(path: string, code: boolean): Promise<unknown> {
  try {
    const text = readFileSync(path, 'utf8');
    if (basename(path) === 'package.json') return ownPart(parseJson(text));
    if (text.trim() === '') return {};
    const extension = extname(path);
    if (extension === '.json') return parseJson(text);
    // The parser that cosmiconfig has its YAML from, and not by way of it: that takes thrice as long.
    if (/^(\.ya?ml)?$/.test(extension)) return (await import('js-yaml')).load(text);
    if (code && /^\.[cm]?js$/.test(extension)) {
      // Only the loader is cosmiconfig's. Its explorers run `.config/config.js` of the working folder when they are
      // made, and follow `$import` to any file.
      const { defaultLoaders } = await import('cosmiconfig');
      return await defaultLoaders['.js'](path, text);
    }
    throw new Error('only .json, .yaml, .yml, .js, .mjs and .cjs are read');
  } catch (error) {
    throw new ConfigError(path, describeLoadError(error));
  }
}

const ownPart = (manifest: unknown) => (isMapping(manifest) ? manifest.dockerfileopt : undefined);

/** The YAML parser shows the lines around; one line with the place is enough. */
function describeLoadError(error: unknown): string {
  if (!(error instanceof Error && error.name === 'YAMLException')) return describeFailure(error);
  const { reason, mark } = error as YAMLException;
  return mark ? `line ${mark.line + 1}, column ${mark.column + 1}: ${reason}` : reason;
}
