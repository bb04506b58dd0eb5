/**
 * The part of JSON Schema that our configuration needs. `noun` and `ignoreCase` are for our own messages and are left
 * out of the published schema.
 */
export type Schema = { readonly description?: string } & (
  | { readonly enum: readonly string[] }
  | { readonly type: 'string'; readonly minLength?: number; readonly pattern?: string }
  | { readonly type: 'boolean' }
  | { readonly type: 'number' }
  | { readonly type: 'array'; readonly items: Schema; readonly minItems?: number }
  | {
      readonly type: 'array';
      readonly prefixItems: readonly Schema[];
      readonly minItems: number;
      readonly items: false;
    }
  | {
      readonly type: 'object';
      readonly properties?: Readonly<Record<string, Schema>>;
      /** For keys that are not among the properties, by a regular expression. */
      readonly patternProperties?: Readonly<Record<string, Schema>>;
      readonly required?: readonly string[];
      readonly additionalProperties: boolean | Schema;
      /** What the keys are called in a message: `key` unless given. */
      readonly noun?: string;
      readonly ignoreCase?: boolean;
    }
  | { readonly anyOf: readonly Schema[] }
);

export type ObjectSchema = Extract<Schema, { type: 'object' }>;

/** Something in a value that does not fit its schema. */
export interface SchemaProblem {
  /** `rules.no-numeric-from`; empty for the value as a whole. */
  readonly path: string;
  readonly message: string;
}

/** How names that are near to a misspelt one are found. */
export type Suggest = (name: string, candidates: readonly string[]) => string | undefined;

/** Checks a value against a schema; every problem names its place. */
export function checkSchema(value: unknown, schema: Schema, suggest: Suggest, path = ''): SchemaProblem[] {
  if ('anyOf' in schema) return checkAny(value, schema.anyOf, suggest, path);
  if ('enum' in schema) {
    if (schema.enum.some((item) => item === value)) return [];
    const near = typeof value === 'string' ? suggest(value, schema.enum) : undefined;
    return [{ path, message: near ? `"${value}" is unknown, did you mean ${near}?` : expected(schema, value) }];
  }
  if (schema.type === 'string') {
    const { minLength = 0, pattern } = schema;
    const fits =
      typeof value === 'string' && value.length >= minLength && (!pattern || new RegExp(pattern).test(value));
    return fits ? [] : [{ path, message: expected(schema, value) }];
  }
  if (schema.type === 'boolean' || schema.type === 'number')
    return typeof value === schema.type ? [] : [{ path, message: expected(schema, value) }];
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return [{ path, message: expected(schema, value) }];
    const most = 'prefixItems' in schema ? schema.prefixItems.length : Infinity;
    if (value.length < (schema.minItems ?? 0) || value.length > most) {
      return [{ path, message: `has ${value.length} items, ${expected(schema, value)}` }];
    }
    return value.flatMap((item, index) => {
      const inner = 'prefixItems' in schema ? schema.prefixItems[index]! : schema.items;
      return checkSchema(item, inner, suggest, `${path}[${index}]`);
    });
  }
  if (!isMapping(value)) return [{ path, message: expected(schema, value) }];
  return checkObject(value, schema, suggest, path);
}

function checkObject(
  value: Readonly<Record<string, unknown>>,
  schema: ObjectSchema,
  suggest: Suggest,
  path: string,
): SchemaProblem[] {
  const { properties = {}, patternProperties = {}, required = [], additionalProperties } = schema;
  const { noun = 'key', ignoreCase = false } = schema;
  const names = Object.keys(properties);
  const inside = (key: string) => (path === '' ? key : `${path}.${key}`);
  const problems: SchemaProblem[] = required
    .filter((key) => !Object.hasOwn(value, key))
    .map((key) => ({ path: inside(key), message: 'is missing' }));
  for (const [key, item] of Object.entries(value)) {
    const name = ignoreCase ? names.find((each) => each.toLowerCase() === key.toLowerCase()) : key;
    if (name !== undefined && Object.hasOwn(properties, name)) {
      problems.push(...checkSchema(item, properties[name]!, suggest, inside(key)));
      continue;
    }
    const pattern = Object.keys(patternProperties).find((each) => new RegExp(each).test(key));
    if (pattern !== undefined) {
      problems.push(...checkSchema(item, patternProperties[pattern]!, suggest, inside(key)));
    } else if (additionalProperties === false) {
      const near = suggest(key, names);
      problems.push({ path: inside(key), message: `unknown ${noun}${near ? `, did you mean ${near}?` : ''}` });
    } else if (additionalProperties !== true) {
      problems.push(...checkSchema(item, additionalProperties, suggest, inside(key)));
    }
  }
  return problems;
}

/** The problems of the alternative that the value was most likely meant to be: the one of its kind. */
function checkAny(value: unknown, schemas: readonly Schema[], suggest: Suggest, path: string): SchemaProblem[] {
  const tried = schemas.map((schema) => checkSchema(value, schema, suggest, path));
  if (tried.some((problems) => problems.length === 0)) return [];
  const alike = schemas.findIndex((schema) => isOfKind(value, schema));
  if (alike >= 0) return tried[alike]!;
  return [{ path, message: `expected ${schemas.map(describe).join(' or ')}, got ${show(value)}` }];
}

function isOfKind(value: unknown, schema: Schema): boolean {
  if ('anyOf' in schema) return false;
  if ('enum' in schema) return typeof value === 'string';
  if (schema.type === 'object') return isMapping(value);
  return schema.type === 'array' ? Array.isArray(value) : typeof value === schema.type;
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const expected = (schema: Schema, value: unknown) => `expected ${describe(schema)}, got ${show(value)}`;

function describe(schema: Schema): string {
  if ('anyOf' in schema) return schema.anyOf.map(describe).join(' or ');
  if ('enum' in schema) return `one of ${schema.enum.join(', ')}`;
  if (schema.type === 'object') return 'a mapping';
  if (schema.type === 'string' && schema.pattern) return `a text that matches ${schema.pattern}`;
  if (schema.type === 'string') return schema.minLength ? 'a text that is not empty' : 'a text';
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'number') return 'a number';
  if ('prefixItems' in schema) return `a list of ${schema.minItems} to ${schema.prefixItems.length}`;
  return schema.minItems ? 'a list that is not empty' : 'a list';
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isMapping(value)) return 'a mapping';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/**
 * The schema as it is published: without what only our messages need, and with the definitions written once.
 * @param definitions schemas by name; wherever one of them stands, whatever its description, a reference stands in
 */
export function publishSchema(schema: Schema, definitions: Readonly<Record<string, Schema>> = {}): object {
  const names = new Map(Object.entries(definitions).map(([name, each]) => [content(each), name]));
  const publish = (value: unknown, isDefinition: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => publish(item, false));
    if (!isMapping(value)) return value;
    const name = isDefinition ? undefined : names.get(content(value));
    const { description } = value;
    if (name !== undefined) return { ...(description !== undefined && { description }), $ref: `#/$defs/${name}` };
    const kept = Object.entries(value).filter(([key]) => key !== 'noun' && key !== 'ignoreCase');
    return Object.fromEntries(kept.map(([key, item]) => [key, publish(item, false)]));
  };
  const $defs = Object.fromEntries(Object.entries(definitions).map(([name, each]) => [name, publish(each, true)]));
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...(publish(schema, true) as object), $defs };
}

const content = ({ description: _, ...rest }: Readonly<Record<string, unknown>>) => JSON.stringify(rest);
