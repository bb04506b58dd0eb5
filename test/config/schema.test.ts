import { checkSchema, publishSchema, type Schema } from '../../src/config/schema.ts';
import { nearest } from '../../src/lint/nearest.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('schema');

const color: Schema = { enum: ['red', 'green'] };
const schema: Schema = {
  type: 'object',
  properties: {
    color: { description: 'Of the thing', ...color },
    names: {
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: { type: 'string' } },
      ],
    },
    pair: {
      type: 'array',
      prefixItems: [color, { type: 'object', additionalProperties: true }],
      minItems: 1,
      items: false,
    },
    free: { type: 'object', additionalProperties: color },
    Loud: { type: 'object', properties: { Key: color }, additionalProperties: false, noun: 'word', ignoreCase: true },
  },
  required: ['color'],
  additionalProperties: false,
};

const check = (value: unknown) =>
  checkSchema(value, schema, nearest).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));

test('takes what fits', () => {
  assert.equal(
    check({ color: 'red', names: 'a', pair: ['red', { x: 1 }], free: { a: 'green' }, Loud: { KEY: 'red' } }),
    [],
  );
  assert.equal(check({ color: 'red', names: ['a'], pair: ['green'] }), []);
});

test('names the place and what is wrong', () => {
  assert.equal(check([]), ['expected a mapping, got a list']);
  assert.equal(check(null), ['expected a mapping, got null']);
  assert.equal(check({}), ['color: is missing']);
  assert.equal(check({ color: 'redd' }), ['color: "redd" is unknown, did you mean red?']);
  assert.equal(check({ color: 7 }), ['color: expected one of red, green, got 7']);
  const fine = { color: 'red' };
  assert.equal(check({ ...fine, colour: 'red' }), ['colour: unknown key, did you mean color?']);
  assert.equal(check({ ...fine, x: 1 }), ['x: unknown key']);
  assert.equal(check({ ...fine, names: 7 }), ['names: expected a text that is not empty or a list, got 7']);
  assert.equal(check({ ...fine, names: '' }), ['names: expected a text that is not empty, got ""']);
  assert.equal(check({ ...fine, names: ['a', 7] }), ['names[1]: expected a text, got 7']);
  assert.equal(check({ ...fine, pair: [] }), ['pair: has 0 items, expected a list of 1 to 2, got a list']);
  assert.equal(check({ ...fine, pair: ['red', 7] }), ['pair[1]: expected a mapping, got 7']);
  assert.equal(check({ ...fine, free: { a: 'blue' } }), ['free.a: expected one of red, green, got "blue"']);
  assert.equal(check({ ...fine, Loud: { Kye: 'red' } }), ['Loud.Kye: unknown word, did you mean Key?']);
});

test('is not misled by names that every object has', () => {
  const value = JSON.parse('{"color":"red","__proto__":{},"constructor":1}');
  assert.equal(check(value), ['__proto__: unknown key', 'constructor: unknown key']);
});

test('is published with references and without what only our messages need', () => {
  const published = JSON.stringify(publishSchema(schema, { color }));
  assert.match(published, /"color":\{"description":"Of the thing","\$ref":"#\/\$defs\/color"\}/);
  assert.match(published, /"\$defs":\{"color":\{"enum":\["red","green"\]\}\}/);
  assert.ok(!/noun|ignoreCase/.test(published));
});
