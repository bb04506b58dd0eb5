import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { format } from '../../src/formatters/json.ts';
import { run } from '../commands/run.ts';
import { assert, suite } from '../runner/suite.ts';
import { oddReport, reportOn } from './report.ts';

const test = suite('json');
const schema = JSON.parse(readFileSync(new URL('../../schema/report.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);

function check(text: string): unknown {
  const value: unknown = JSON.parse(text);
  validate(value);
  assert.equal(validate.errors ?? [], []);
  return value;
}

test('is as its schema says', async () => {
  check(format(reportOn({})));
  check(format(oddReport));
  const files = { Dockerfile: 'from a:latest\nUSER root\n' };
  check((await run(['-f', 'json', 'missing', '.'], { files })).out);
  check((await run(['-f', 'json', '--diff'], { files })).out);
  check((await run(['-f', 'json', '--fix'], { files })).out);
});

test('the schema refuses what is not', () => {
  assert.is(validate({ version: '1', files: [], errors: [] }), false);
  assert.is(validate({ ...JSON.parse(format(reportOn({}))), more: 1 }), false);
});

test('tells everything about a finding', () => {
  const { files } = JSON.parse(format(reportOn({ Dockerfile: '\uFEFFFROM a:latest\n' })));
  const { fingerprint, ...finding } = files[0].findings[0];
  assert.match(fingerprint, /^[0-9a-f]{16}$/);
  assert.equal(finding, {
    ruleId: 'no-latest',
    severity: 'info',
    message: 'the tag is latest',
    line: 1,
    column: 6,
    endLine: 1,
    endColumn: 14,
    start: 6,
    end: 14,
    fix: { title: 'Name a version', safety: 'unsafe', edits: [{ start: 7, end: 14, text: ':1' }] },
  });
});

test('fingerprints follow the text, not the line, and tell twins apart', () => {
  const fingerprints = (text: string) =>
    reportOn({ a: text }).files[0]!.findings.map(({ ruleId, fingerprint }) => `${ruleId} ${fingerprint}`);
  const one = fingerprints('FROM a\nUSER root\n');
  assert.equal(fingerprints('# x\nFROM a\nRUN x\nUSER root\n'), one);
  const two = fingerprints('FROM a\nUSER root\nUSER root\n');
  assert.equal([two.length, new Set(two).size, two[0]], [2, 2, one[0]]);
});
