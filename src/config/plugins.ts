import { dirname, resolve } from 'node:path';
import { describeFailure } from '../failure.ts';
import { ruleNames } from '../lint/engine.ts';
import type { Rule } from '../lint/types.ts';
import { ConfigError, readConfigValue } from './load.ts';
import { isMapping } from './schema.ts';

/**
 * The rules that the plug-ins of a configuration add to a book. A plug-in is a module whose export `rules`, or that of its
 * default export, is a list of rules.
 * @param path of the configuration, absolute; one that the user named, because plug-ins are code. Rejects with a ConfigError.
 */
export async function loadPlugins(path: string, book: readonly Rule[]): Promise<readonly Rule[]> {
  const value = await readConfigValue(path);
  const named = isMapping(value) && value.plugins !== undefined ? [value.plugins].flat() : [];
  const added: Rule[] = [];
  for (const name of named) {
    if (typeof name !== 'string') continue; // The schema says what is wrong.
    for (const rule of await readPlugin(resolve(dirname(path), name), path, name)) {
      const problem = findProblem(rule, [...book, ...added]);
      if (problem !== undefined) throw new ConfigError(path, `plugins: ${name}: ${problem}`);
      added.push(rule as Rule);
    }
  }
  return added;
}

async function readPlugin(file: string, path: string, name: string): Promise<readonly unknown[]> {
  let module: { readonly rules?: unknown; readonly default?: unknown };
  try {
    const { importModule } = await import('./import-module.ts');
    module = await importModule(file);
  } catch (error) {
    throw new ConfigError(path, `plugins: ${name}: ${describeFailure(error)}`);
  }
  const rules = module.rules ?? (isMapping(module.default) ? module.default.rules : undefined);
  if (!Array.isArray(rules)) throw new ConfigError(path, `plugins: ${name}: exports no list of \`rules\``);
  return rules;
}

const SEVERITIES: readonly unknown[] = ['error', 'warn', 'info', 'off'];
const FIXABLE: readonly unknown[] = [undefined, 'safe', 'unsafe', 'rewrite', 'migrate'];

const TYPES: readonly unknown[] = ['boolean', 'string', 'number', 'array'];

function isOption(option: unknown): boolean {
  if (!isMapping(option) || typeof option.description !== 'string' || !isMapping(option.schema)) return false;
  return Array.isArray(option.schema.enum) || TYPES.includes(option.schema.type);
}

/** What is wrong with a rule, as a clause. */
function findProblem(rule: unknown, book: readonly Rule[]): string | undefined {
  if (!isMapping(rule)) return 'a rule is not an object';
  const { id, aliases = [], severity, summary, why, examples, fixable, needs = [], check } = rule;
  const { parts = [], options = {} } = rule;
  if (typeof id !== 'string' || !/^[a-z0-9]+(?:[-/][a-z0-9]+)*$/.test(id))
    return `the id ${JSON.stringify(id)} is not in lower case with hyphens`;
  const wrong = (name: string) => `${id}: \`${name}\` is missing or wrong`;
  if (!Array.isArray(aliases) || aliases.some((alias) => typeof alias !== 'string')) return wrong('aliases');
  if (!SEVERITIES.includes(severity)) return wrong('severity');
  if (!FIXABLE.includes(fixable)) return wrong('fixable');
  if (!Array.isArray(needs) || needs.some((piece) => typeof piece !== 'string' || piece !== piece.toLowerCase()))
    return wrong('needs');
  if (typeof summary !== 'string' || summary === '') return wrong('summary');
  if (typeof why !== 'string' || why === '') return wrong('why');
  if (!Array.isArray(examples) || examples.length === 0) return wrong('examples');
  if (typeof check !== 'function') return wrong('check');
  if (!Array.isArray(parts) || parts.some((part) => !aliases.includes(part))) return wrong('parts');
  if (!isMapping(options) || !Object.values(options).every(isOption)) return wrong('options');
  const names = ruleNames(book);
  const taken = [id, ...(aliases as string[])].find((name) => names.has(name.toLowerCase()));
  return taken === undefined ? undefined : `another rule is called ${taken}`;
}
