import { type FailOn, failures } from '../lint/fail-on.ts';
import type { Rule, Severity } from '../lint/types.ts';
import { presetNames } from './presets.ts';
import type { ObjectSchema, Schema } from './schema.ts';

/** How a rule is set: on its own, or with the rule's options. */
export type RuleSetting = Severity | readonly [Severity] | readonly [Severity, Readonly<Record<string, unknown>>];

/** What may be set for some of the files only. */
export interface Override {
  readonly files: string | readonly string[];
  readonly rules?: Readonly<Record<string, RuleSetting>>;
  readonly target?: string;
  readonly context?: string;
}

/** A configuration as it is written. */
export interface Config {
  readonly $schema?: string;
  readonly extends?: string | readonly string[];
  readonly rules?: Readonly<Record<string, RuleSetting>>;
  readonly overrides?: readonly Override[];
  readonly target?: string;
  readonly context?: string;
  readonly ignores?: string | readonly string[];
  readonly runtime?: string;
  readonly engine?: string;
  readonly shellcheck?: string;
  readonly plugins?: string | readonly string[];
  readonly trustedRegistries?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly strictLabels?: boolean;
  readonly failOn?: FailOn;
  readonly ignoreComments?: boolean;
}

/** The formats that a label's value may have to have. */
export const labelTypes = ['text', 'url', 'rfc3339', 'semver', 'hash', 'email', 'spdx'] as const;

const text: Schema = { type: 'string', minLength: 1 };
const texts: Schema = { anyOf: [text, { type: 'array', items: text }] };
const severity: Schema = { enum: ['error', 'warn', 'info', 'off'] };
/** How a rule with these options may be set. */
function settingOf(options: Rule['options'] = {}): Schema {
  const properties = Object.entries(options).map(([name, { description, schema }]) => [
    name,
    { description, ...schema },
  ]);
  const values: ObjectSchema = {
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    noun: 'option',
  };
  return { anyOf: [severity, { type: 'array', prefixItems: [severity, values], minItems: 1, items: false }] };
}

const setting = settingOf();

/** Schemas that stand in several places of the configuration's, by name. */
export function configDefinitions(book: readonly Rule[]): Record<string, Schema> {
  const ofRules = book.flatMap(({ id, options }) => (options ? [[id, settingOf(options)] as const] : []));
  return { setting, ...Object.fromEntries(ofRules), rules: rulesSchema(book), texts };
}

function rulesSchema(book: readonly Rule[]): Schema {
  const entries = new Map<string, Schema>();
  const settings = new Map(book.map(({ id, options }) => [id, options ? settingOf(options) : setting]));
  for (const { id, summary } of book) entries.set(id, { description: summary, ...settings.get(id)! });
  for (const { id, aliases = [], parts = [] } of book) {
    for (const alias of aliases) {
      const description = parts.includes(alias) ? `A part of ${id}` : `The same as ${id}`;
      if (!entries.has(alias)) entries.set(alias, { description, ...settings.get(id)! });
    }
  }
  return {
    description: 'How severe the findings of a rule are, by its id or alias; or a list of severity and options',
    type: 'object',
    properties: Object.fromEntries(entries),
    ...patternsOfCodes(book),
    additionalProperties: false,
    noun: 'rule',
    ignoreCase: true,
  };
}

/** Codes of other programs, of which there are too many to list. */
function patternsOfCodes(book: readonly Rule[]): { patternProperties?: Record<string, Schema> } {
  const patterns = book.flatMap(({ id, codes }) =>
    codes ? [[codes.source, { description: `A code that ${id} passes on`, ...setting }] as const] : [],
  );
  return patterns.length > 0 ? { patternProperties: Object.fromEntries(patterns) } : {};
}

/** The schema of a configuration, with the rules of a book. */
export function configSchema(book: readonly Rule[]): ObjectSchema {
  const rules = rulesSchema(book);
  const target: Schema = {
    description: 'The stage that is shipped, by name or number; the last one unless set',
    ...text,
  };
  const context: Schema = {
    description: 'The build context, relative to this file; the folder of the Dockerfile unless set',
    ...text,
  };
  const preset: Schema = { enum: presetNames };
  return {
    description: 'Configuration of dockerfileopt',
    type: 'object',
    properties: {
      $schema: { description: 'Where this schema is, for editors', type: 'string' },
      extends: {
        description: 'The sets of rules to start from; a later one wins. `recommended` unless set',
        anyOf: [preset, { type: 'array', items: preset }],
      },
      rules,
      overrides: {
        description: 'Settings for some files; a later one wins',
        type: 'array',
        items: {
          type: 'object',
          properties: {
            files: { description: 'Patterns as in .gitignore, relative to this file', ...texts },
            rules,
            target,
            context,
          },
          required: ['files'],
          additionalProperties: false,
        },
      },
      target,
      context,
      ignores: {
        description: 'Files that a search leaves out: patterns as in .gitignore, relative to this file',
        ...texts,
      },
      runtime: {
        description: 'The family of the final image where there is a choice; not used yet',
        enum: ['auto', 'scratch', 'distroless', 'alpine', 'slim'],
      },
      engine: {
        description: 'What builds images; the first that answers unless set',
        enum: ['auto', 'docker', 'podman', 'buildah'],
      },
      shellcheck: {
        description:
          'The executable of ShellCheck, which also checks what RUN runs: a name to look for on the path, or a path relative to this file; `shellcheck` unless set, and left out where there is none',
        ...text,
      },
      plugins: {
        description:
          'Modules with rules of your own, relative to this file; they are code, so this file has to be named with --config',
        ...texts,
      },
      trustedRegistries: {
        description: 'Registries that images may come from; any unless set',
        type: 'array',
        items: text,
      },
      labels: {
        description: 'Labels that images must have, and the formats of their values',
        type: 'object',
        additionalProperties: { enum: labelTypes },
      },
      strictLabels: { description: 'Whether there may be no other labels than these', type: 'boolean' },
      failOn: {
        description: 'The severity from which on findings make the exit code 1; `warn` unless set',
        enum: failures,
      },
      ignoreComments: {
        description: 'Whether ignore comments silence findings; true unless set',
        type: 'boolean',
      },
    },
    additionalProperties: false,
  };
}
