import { Ajv } from 'ajv';
import { format as codeclimate } from '../../src/formatters/codeclimate.ts';
import { format as gitlab } from '../../src/formatters/gitlab.ts';
import { format as sonarqube } from '../../src/formatters/sonarqube.ts';
import { assert, suite } from '../runner/suite.ts';
import { oddReport, reportOn } from './report.ts';

const test = suite('reports for services');

const text = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 1 };
const object = (properties: Record<string, unknown>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const severity = { enum: ['info', 'minor', 'major', 'critical', 'blocker'] };
const place = object({ line: count, column: count });

/** What https://docs.gitlab.com/ci/testing/code_quality/ asks of a report. */
const GITLAB = {
  type: 'array',
  items: object({
    description: text,
    check_name: text,
    fingerprint: text,
    severity,
    location: object({ path: text, lines: object({ begin: count, end: count }) }),
  }),
};

/** An issue as the specification of Code Climate's engines has it, as far as we use it. */
const CODE_CLIMATE = object(
  {
    type: { const: 'issue' },
    check_name: text,
    description: text,
    content: object({ body: text }),
    categories: { type: 'array', minItems: 1, items: { enum: ['Bug Risk', 'Compatibility', 'Security', 'Style'] } },
    location: object({ path: text, positions: object({ begin: place, end: place }) }),
    severity,
    fingerprint: text,
  },
  ['type', 'check_name', 'description', 'categories', 'location', 'severity', 'fingerprint'],
);

/** SonarQube's generic issue import format since 10.3. */
const SONARQUBE = object({
  rules: {
    type: 'array',
    items: object({
      id: text,
      name: text,
      description: text,
      engineId: text,
      cleanCodeAttribute: { enum: ['CONVENTIONAL', 'FORMATTED', 'CLEAR', 'LOGICAL', 'COMPLETE', 'TRUSTWORTHY'] },
      type: { enum: ['BUG', 'VULNERABILITY', 'CODE_SMELL'] },
      severity: { enum: ['BLOCKER', 'CRITICAL', 'MAJOR', 'MINOR', 'INFO'] },
      impacts: {
        type: 'array',
        minItems: 1,
        items: object({
          softwareQuality: { enum: ['SECURITY', 'RELIABILITY', 'MAINTAINABILITY'] },
          severity: { enum: ['BLOCKER', 'HIGH', 'MEDIUM', 'LOW', 'INFO'] },
        }),
      },
    }),
  },
  issues: {
    type: 'array',
    items: object({
      ruleId: text,
      primaryLocation: object(
        {
          message: text,
          filePath: text,
          textRange: object(
            {
              startLine: count,
              endLine: count,
              startColumn: { type: 'integer', minimum: 0 },
              endColumn: { type: 'integer', minimum: 1 },
            },
            ['startLine'],
          ),
        },
        ['message', 'filePath'],
      ),
    }),
  },
});

function check(schema: object, value: unknown): void {
  const validate = new Ajv({ allErrors: true }).compile(schema);
  validate(value);
  assert.equal(validate.errors ?? [], []);
}

/** Two files with the same findings, one of them twice. */
const twins = reportOn({ a: 'FROM a\nUSER root\nUSER root\n', b: 'FROM a\nUSER root\n' });

test('gitlab: valid, and no two fingerprints are the same', () => {
  for (const report of [oddReport, twins, reportOn({})]) {
    const issues = JSON.parse(gitlab(report)) as { fingerprint: string }[];
    check(GITLAB, issues);
    assert.is(new Set(issues.map(({ fingerprint }) => fingerprint)).size, issues.length);
  }
  assert.is(JSON.parse(gitlab(twins)).length, 3);
});

test('codeclimate: each issue is valid and ends with a zero byte', () => {
  for (const report of [oddReport, twins]) {
    const parts = codeclimate(report).split('\0');
    assert.is(parts.pop(), '\n');
    assert.ok(parts.length > 0);
    for (const part of parts) check(CODE_CLIMATE, JSON.parse(part));
  }
  assert.is(codeclimate(reportOn({})), '');
});

test('sonarqube: valid, every issue has its rule, and no range is empty', () => {
  for (const report of [oddReport, twins, reportOn({})]) {
    const { rules, issues } = JSON.parse(sonarqube(report));
    check(SONARQUBE, { rules, issues });
    const ids = new Set(rules.map(({ id }: { id: string }) => id));
    for (const { ruleId, primaryLocation } of issues) {
      assert.ok(ids.has(ruleId), ruleId);
      const { startLine, endLine, startColumn, endColumn } = primaryLocation.textRange ?? {};
      if (startLine === endLine && startColumn !== undefined) assert.ok(endColumn > startColumn);
    }
  }
});

test('sonarqube: a code that another program gave is a rule as well', () => {
  const report = reportOn({ a: 'FROM a\nUSER root\n' });
  const [finding] = report.files[0]!.findings;
  const shellcheck = { ...finding!, ruleId: 'SC2086' };
  const { rules } = JSON.parse(sonarqube({ ...report, files: [{ ...report.files[0]!, findings: [shellcheck] }] }));
  assert.is(rules.filter(({ id }: { id: string }) => id === 'SC2086').length, 1);
});

test('sonarqube: columns count from 0', () => {
  const { issues } = JSON.parse(sonarqube(reportOn({ a: 'FROM a:latest\n' })));
  assert.equal(issues[0].primaryLocation.textRange, { startLine: 1, endLine: 1, startColumn: 5, endColumn: 13 });
});
