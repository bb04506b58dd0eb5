import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { rules } from '../rules/index.ts';
import { generate } from '../scripts/generate.ts';
import { loadConfig } from '../src/config/load.ts';
import { activateRules } from '../src/config/settings.ts';
import { inFolder } from './commands/run.ts';
import { assert, suite } from './runner/suite.ts';

const test = suite('generated');
const root = new URL('..', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('the committed files are what `npm run generate` writes', () => {
  for (const [path, text] of Object.entries(generate())) assert.is(read(path), text, path);
});

test('the example is a configuration, and its rules are the recommended ones', async () => {
  const text = read('.dockerfileoptrc.example');
  await inFolder({ '.dockerfileoptrc': text }, async (folder) => {
    const { config } = (await loadConfig(`${folder}/.dockerfileoptrc`, rules))!;
    // Named they are, every one of them.
    const active = activateRules(rules, config).map((rule) => ({ ...rule, isNamed: false }));
    assert.equal(active, activateRules(rules, {}));
  });
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(read('schema/config.json')));
  validate(parse(text));
  assert.equal(validate.errors ?? [], []);
});

test('the schema refuses what the check refuses', () => {
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(read('schema/config.json')));
  assert.is(validate({ rules: { 'no-such-rule': 'warn' } }), false);
  assert.is(validate({ rules: { 'parse-error': 'loud' } }), false);
  assert.is(validate({ rules: { SC2086: 'off' } }), true);
  assert.is(validate({ rules: { SC2086: 'loud' } }), false);
  assert.is(validate({ rules: { 'parse-error': ['warn', {}, 1] } }), false);
  assert.is(validate({ rules: { 'parse-error': ['warn', {}] }, overrides: [{ files: 'a' }] }), true);
});
