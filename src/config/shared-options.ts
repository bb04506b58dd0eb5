import type { Rule } from '../lint/types.ts';
import type { Config } from './keys.ts';
import type { RuleOptions } from './rule-state.ts';

/** What a key of the configuration says to the rules that have one of the aliases. */
interface SharedOption {
  readonly aliases: RegExp;
  /** The option's name in these rules. */
  readonly option: string;
  read(config: Config): unknown;
}

const LABELS = /^DL30(?:48|49|5[0-68])$/;

const SHARED: readonly SharedOption[] = [
  { aliases: /^DL3026$/, option: 'registries', read: ({ trustedRegistries }) => trustedRegistries },
  {
    aliases: LABELS,
    option: 'schema',
    read: ({ labels }) => labels && Object.entries(labels).map(([name, type]) => `${name}:${type}`),
  },
  { aliases: LABELS, option: 'strict', read: ({ strictLabels }) => strictLabels },
];

/** The options of a rule that keys of the configuration stand for. */
export function sharedOptions({ aliases = [], options = {} }: Rule, config: Config): RuleOptions {
  const values: Record<string, unknown> = {};
  for (const { aliases: meant, option, read } of SHARED) {
    const value = Object.hasOwn(options, option) ? read(config) : undefined;
    if (value !== undefined && aliases.some((alias) => meant.test(alias))) values[option] = value;
  }
  return values;
}
