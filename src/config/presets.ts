import type { Rule, Severity } from '../lint/types.ts';

/** A set of rules: the severity it gives a rule, or undefined when it says nothing of it. */
type Preset = (rule: Rule) => Severity | undefined;

/** hadolint has them, switched off; what else is off in our book is on there. */
const OFF_IN_HADOLINT = new Set(['DL1001', 'DL3057']);

/** BuildKit runs it only where it is asked for. */
const OFF_IN_BUILDKIT = 'InvalidDefinitionDescription';

const isHadolintCode = (alias: string) => /^DL\d+$/.test(alias);
const isBuildKitCheck = (alias: string) => /^[A-Z][A-Za-z]+$/.test(alias);

const presets = {
  recommended: ({ severity }) => severity,
  strict: ({ severity }) => (severity === 'error' ? 'error' : 'warn'),
  hadolint: ({ aliases = [], severity, codes: passedOn }) => {
    if (passedOn) return severity;
    const codes = aliases.filter(isHadolintCode);
    if (codes.length === 0) return undefined;
    return severity === 'off' && !codes.every((code) => OFF_IN_HADOLINT.has(code)) ? 'warn' : severity;
  },
  // Every warning of BuildKit's counts, so none of ours is mere information.
  buildkit: ({ aliases = [], severity }) => {
    if (!aliases.some(isBuildKitCheck)) return undefined;
    if (aliases.includes(OFF_IN_BUILDKIT)) return severity;
    return severity === 'error' ? 'error' : 'warn';
  },
} satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as readonly PresetName[];

/** The severity that the presets give a rule together. A file that does not parse is never passed over in silence. */
export function presetSeverity(rule: Rule, names: readonly PresetName[]): Severity {
  const start: Severity = rule.phase === 'broken' ? rule.severity : 'off';
  return names.reduce((severity, name) => presets[name](rule) ?? severity, start);
}
