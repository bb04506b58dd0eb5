import { findRules } from '../lint/engine.ts';
import { nearest } from '../lint/nearest.ts';
import type { Rule, Severity } from '../lint/types.ts';
import { type Config, labelTypes } from './keys.ts';
import { checkSchema, type ObjectSchema, type Schema } from './schema.ts';

/** What a configuration of hadolint says, in ours. */
export interface Translation {
  readonly config: Config;
  /** What has no counterpart, one line each. */
  readonly notes: readonly string[];
}

/** Its levels, in the order in which a later one wins. */
const LEVELS = { style: 'info', info: 'info', warning: 'warn', error: 'error' } as const;
const THRESHOLDS = { ...LEVELS, ignore: 'info', none: 'info' } as const;

/** What `format` is called here, where it has another name. */
const FORMATS: Readonly<Record<string, string>> = { tty: 'stylish', gitlab_codeclimate: 'gitlab' };
const UNKNOWN_FORMATS = new Set(['codacy']);

/** A configuration of hadolint, as it reads one: without the keys that it does not know. */
interface HadolintConfig {
  readonly ignored?: readonly string[] | null;
  readonly override?: Readonly<Partial<Record<keyof typeof LEVELS, readonly string[] | null>>> | null;
  readonly trustedRegistries?: string | readonly string[] | null;
  readonly 'label-schema'?: Readonly<Record<string, string>> | null;
  readonly 'strict-labels'?: boolean;
  readonly 'disable-ignore-pragma'?: boolean;
  readonly 'failure-threshold'?: keyof typeof THRESHOLDS;
  readonly 'no-fail'?: boolean;
  readonly 'no-color'?: boolean;
  readonly format?: string;
}

const texts: Schema = { type: 'array', items: { type: 'string', minLength: 1 } };
const bool: Schema = { type: 'boolean' };
const schema: ObjectSchema = {
  type: 'object',
  properties: {
    ignored: texts,
    override: {
      type: 'object',
      properties: Object.fromEntries(Object.keys(LEVELS).map((level) => [level, texts])),
      additionalProperties: true,
    },
    trustedRegistries: { anyOf: [{ type: 'string' }, texts] },
    'label-schema': { type: 'object', additionalProperties: { enum: [...labelTypes, ''] } },
    'strict-labels': bool,
    'disable-ignore-pragma': bool,
    'failure-threshold': { enum: Object.keys(THRESHOLDS) },
    'no-fail': bool,
    'no-color': bool,
    format: { type: 'string' },
  },
  additionalProperties: true,
};

/** Translates a configuration of hadolint; a text says what is wrong with it, in one line. */
export function translateHadolint(value: unknown, book: readonly Rule[]): Translation | string {
  const [problem] = checkSchema(withoutNothing(value ?? {}), schema, nearest);
  if (problem) return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
  const theirs = withoutNothing(value ?? {}) as HadolintConfig;
  const { rules, notes } = translateRules(theirs, book);
  const { trustedRegistries, 'label-schema': labels } = theirs;
  const { 'no-fail': noFail, 'failure-threshold': threshold = 'info' } = theirs;
  const config: Config = {
    extends: 'hadolint',
    failOn: noFail ? 'never' : THRESHOLDS[threshold],
    ...(Object.keys(rules).length > 0 && { rules }),
    ...(trustedRegistries && { trustedRegistries: [trustedRegistries].flat() }),
    ...(labels && { labels: Object.fromEntries(Object.entries(labels).map(([name, type]) => [name, type || 'text'])) }),
    ...(theirs['strict-labels'] && { strictLabels: true }),
    ...(theirs['disable-ignore-pragma'] && { ignoreComments: false }),
  };
  return { config, notes: [...notes, ...missing(theirs)] };
}

function translateRules({ ignored, override = {} }: HadolintConfig, book: readonly Rule[]) {
  const rules: Record<string, Severity> = {};
  const notes: string[] = [];
  const set = (code: string, severity: Severity, place: string) => {
    if (findRules(book, code)) rules[code] = severity;
    else notes.push(`${place}: no rule is called ${code}`);
  };
  for (const [level, severity] of Object.entries(LEVELS)) {
    for (const code of override?.[level as keyof typeof LEVELS] ?? []) set(code, severity, `override.${level}`);
  }
  for (const code of ignored ?? []) set(code, 'off', 'ignored');
  return { rules, notes };
}

/** What is decided on the command line here, or nowhere. */
function missing(theirs: HadolintConfig): string[] {
  const { format, override } = theirs;
  const notes: string[] = [];
  const isStyle = (override?.style ?? []).length > 0;
  if (isStyle && THRESHOLDS[theirs['failure-threshold'] ?? 'info'] === 'info' && !theirs['no-fail'])
    notes.push('override.style: there is no `style` here but `info`, which counts for the exit code');
  if (format !== undefined && format !== 'tty') {
    const name = FORMATS[format] ?? format;
    notes.push(
      UNKNOWN_FORMATS.has(format) ? `format: there is no ${format} here` : `format: say \`--format ${name}\` instead`,
    );
  }
  if (theirs['no-color']) notes.push('no-color: say `--no-color` instead, or set NO_COLOR');
  const known = Object.keys(schema.properties ?? {});
  for (const key of Object.keys(theirs)) if (!known.includes(key)) notes.push(describeUnknown(key, known));
  for (const key of Object.keys(override ?? {}))
    if (!Object.hasOwn(LEVELS, key)) notes.push(describeUnknown(`override.${key}`, []));
  return notes;
}

function describeUnknown(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return `${key}: hadolint has no such key${near ? `, did you mean ${near}?` : ''}`;
}

/** A key without a value is as good as none. */
function withoutNothing(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNothing(item)]));
}
