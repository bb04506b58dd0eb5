import { rules } from '../../rules/index.ts';
import type { RuleOption } from '../../src/lint/types.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('options of rules');

function fits({ schema }: RuleOption, value: unknown): boolean {
  if ('enum' in schema) return schema.enum.includes(String(value));
  if (schema.type === 'array') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return typeof value === schema.type;
}

test('a default, and what a preset sets, is a value that the option may have', () => {
  for (const { id, options = {}, presetOptions = {} } of rules) {
    for (const [name, option] of Object.entries(options)) {
      if (option.default !== undefined) assert.ok(fits(option, option.default), `${id}: the default of ${name}`);
    }
    for (const set of Object.values(presetOptions)) {
      for (const [name, value] of Object.entries(set)) {
        assert.ok(options[name] && fits(options[name], value), `${id}: a preset sets ${name}`);
      }
    }
  }
});
