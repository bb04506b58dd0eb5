import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { format } from '../../../src/formatters/verification/json.ts';
import { assert, suite } from '../../runner/suite.ts';
import { good, reports, unbuilt } from './reports.ts';

const test = suite('verification as json');
const schema = JSON.parse(readFileSync(new URL('../../../schema/verification.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);

test('is as its schema says', () => {
  for (const report of [...Object.values(reports), unbuilt('base-unavailable', { exitCode: 1, logFile: '/x' })]) {
    validate(JSON.parse(format({ version: '1', report })));
    assert.equal(validate.errors ?? [], []);
  }
});

test('the schema refuses what is not', () => {
  const value = JSON.parse(format({ version: '1', report: good }));
  assert.is(validate({ ...value, more: 1 }), false);
  assert.is(validate({ ...value, verdict: 'fine' }), false);
  assert.is(validate({ ...value, before: { ...value.before, layers: undefined } }), false);
  assert.is(validate({ ...value, checks: [{ ...value.checks[0], evidence: [{ outcome: 'same' }] }] }), false);
});
