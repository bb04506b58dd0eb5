import { hadolintSeverities } from '../knowledge/hadolint.ts';
import { isCheckName } from '../lint/engine.ts';
import { isExperimental } from '../lint/experiments.ts';
import type { Rule, Severity } from '../lint/types.ts';

/** A set of rules: the severity it gives a rule that has these aliases, or undefined when it says nothing of it. */
type Preset = (rule: Rule, aliases: readonly string[]) => Severity | undefined;

const FROM_STRONGEST: readonly Severity[] = ['error', 'warn', 'info', 'off'];

const presets = {
  recommended: ({ severity }) => severity,
  strict: ({ severity }) => (severity === 'error' ? 'error' : 'warn'),
  hadolint: ({ severity, codes: passedOn }, aliases) => {
    if (passedOn) return severity;
    const theirs = aliases.map((alias) => hadolintSeverities.get(alias));
    return FROM_STRONGEST.find((each) => theirs.includes(each));
  },
  // Every warning of BuildKit's counts, so none of ours is mere information.
  buildkit: (rule, aliases) => {
    const { severity } = rule;
    if (!aliases.some(isCheckName)) return undefined;
    if (isExperimental(rule)) return severity;
    return severity === 'error' ? 'error' : 'warn';
  },
} satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as readonly PresetName[];

/** What presets make of a rule together; a later one takes the place of an earlier one that speaks of the rule, too. */
export interface PresetRule {
  /** Of what is none of the rule's parts. */
  readonly severity: Severity;
  /** The parts that a preset tells apart, by name in upper case. */
  readonly parts: ReadonlyMap<string, Severity>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Most rules have none. */
export const NO_PARTS: ReadonlyMap<string, Severity> = new Map();

/** Puts presets together for a rule. A file that does not parse is never passed over in silence. */
export function presetRule(rule: Rule, names: readonly PresetName[]): PresetRule {
  const { aliases = [], parts = [] } = rule;
  const nothing: PresetRule = {
    severity: rule.phase === 'broken' ? rule.severity : 'off',
    parts: NO_PARTS,
    options: {},
  };
  const whole = parts.length === 0 ? aliases : aliases.filter((alias) => !parts.includes(alias));
  return names.reduce((before: PresetRule, name) => {
    const severity = presets[name](rule, whole);
    const options = (rule.presetOptions as Readonly<Record<string, PresetRule['options']>> | undefined)?.[name] ?? {};
    if (parts.length === 0) return severity === undefined ? before : { severity, parts: NO_PARTS, options };
    const told = parts.flatMap((part) => {
      const its = presets[name](rule, [part]);
      return its === undefined ? [] : [[part.toUpperCase(), its] as const];
    });
    if (severity === undefined && told.length === 0) return before;
    return {
      // A tool that has only parts of the rule says nothing of the rest.
      severity: severity ?? before.severity,
      parts: new Map(severity === undefined ? [...before.parts, ...told] : told.filter(([, its]) => its !== severity)),
      options,
    };
  }, nothing);
}
