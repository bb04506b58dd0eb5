import type { ActiveRule } from '../lint/engine.ts';
import { isExperimental } from '../lint/experiments.ts';
import type { Rule, Severity } from '../lint/types.ts';
import { NO_PARTS, type PresetName, presetRule } from './presets.ts';

/** Values of options, by name. */
export type RuleOptions = Readonly<Record<string, unknown>>;

/** What a rule is set to while the presets and the settings by name are gone through, one after the other. */
export class RuleState {
  readonly #rule: Rule;
  readonly #presetOptions: RuleOptions;
  #parts: ReadonlyMap<string, Severity>;
  #severity: Severity;
  #options: RuleOptions = {};
  #isNamed = false;

  /** @param shared values of options from elsewhere; they count for more than the presets' */
  constructor(rule: Rule, presets: readonly PresetName[], shared: RuleOptions) {
    const { severity, parts, options } = presetRule(rule, presets);
    this.#rule = rule;
    this.#presetOptions = { ...options, ...shared };
    this.#parts = parts;
    this.#severity = severity;
  }

  /**
   * @param name the id, or one of the aliases; that of a part leaves the other parts as they are
   * @param given the rule's own unless given; a rule that is asked for runs, even one that is off by itself
   */
  set(name: string, given: Severity | undefined, options: RuleOptions | undefined): void {
    const own = this.#rule.severity;
    const severity = given ?? (own === 'off' ? 'warn' : own);
    const part = this.#rule.parts?.find((each) => each.toLowerCase() === name.toLowerCase());
    if (part !== undefined) this.#parts = new Map([...this.#parts, [part.toUpperCase(), severity]]);
    else {
      this.#parts = NO_PARTS;
      this.#severity = severity;
    }
    this.#isNamed = true;
    if (options !== undefined) this.#options = options;
  }

  /**
   * The rule as it runs, if it does.
   * @param codes severities of codes that another program gives, in upper case
   */
  activate(codes: ReadonlyMap<string, Severity>): readonly ActiveRule[] {
    const rule = this.#rule;
    const parts = this.#parts;
    const isOff = this.#severity === 'off' && ![...parts.values()].some((severity) => severity !== 'off');
    // A file may ask for it all the same.
    const isExperiment = isOff && isExperimental(rule);
    if (isOff && !isExperiment) return [];
    const single = rule.codes ? codes : parts.size > 0 ? parts : undefined;
    return [
      {
        rule,
        severity: isExperiment ? 'warn' : this.#severity,
        options: rule.options && { ...defaults(rule.options), ...this.#presetOptions, ...this.#options },
        isNamed: this.#isNamed,
        ...(single && { codes: single }),
        ...(isExperiment && { isExperiment }),
      },
    ];
  }
}

function defaults(options: NonNullable<Rule['options']>): RuleOptions {
  const values: Record<string, unknown> = {};
  for (const name in options) values[name] = options[name]!.default;
  return values;
}
