import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { format } from '../../src/formatters/sarif.ts';
import { fixDocument } from '../../src/lint/fixes.ts';
import { run } from '../commands/run.ts';
import { assert, suite } from '../runner/suite.ts';
import { oddReport, reportOn, testSettings } from './report.ts';

const test = suite('sarif');
const require = createRequire(import.meta.url);
const path = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(path, 'utf8')); // draft 4, of which it uses nothing special
const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, allErrors: true }).compile(
  schema,
);

interface Region {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}

interface Log {
  runs: {
    tool: { driver: { rules: { id: string; help: { text: string } }[] } };
    artifacts: { location: { uri: string } }[];
    invocations: { executionSuccessful: boolean; toolExecutionNotifications: unknown[] }[];
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations: { physicalLocation: { artifactLocation: { uri: string; index: number }; region: Region } }[];
      partialFingerprints: Record<string, string>;
      fixes?: {
        artifactChanges: { replacements: { deletedRegion: Region; insertedContent: { text: string } }[] }[];
      }[];
    }[];
  }[];
}

function check(text: string): Log['runs'][number] {
  const value = JSON.parse(text) as Log;
  validate(value);
  assert.equal(validate.errors ?? [], []);
  return value.runs[0]!;
}

test('is valid, whatever is in the report', async () => {
  check(format(reportOn({})));
  check(format(oddReport));
  check((await run(['-f', 'sarif', 'missing', '.'], { files: { Dockerfile: 'from a:latest\n' } })).out);
  assert.is(validate({ version: '2.1.0' }), false);
});

test('refers to rules, artifacts and places', () => {
  const { tool, artifacts, results, invocations } = check(
    format(reportOn({ a: 'FROM a\n', b: 'FROM b\nuser root\n' })),
  );
  const [keyword, root] = results;
  assert.equal(
    [root!.ruleId, root!.level, keyword!.ruleId, keyword!.level],
    ['no-root', 'error', 'upper-keyword', 'warning'],
  );
  for (const { ruleId, ruleIndex, locations } of results) {
    assert.is(tool.driver.rules[ruleIndex]!.id, ruleId);
    const { artifactLocation } = locations[0]!.physicalLocation;
    assert.is(artifacts[artifactLocation.index]!.location.uri, artifactLocation.uri);
  }
  const region = { startLine: 2, startColumn: 1, endLine: 2, endColumn: 10 };
  assert.equal(root!.locations[0]!.physicalLocation.region, region);
  assert.match(tool.driver.rules.at(-1)!.help.text, /Crashes on LABEL/);
  assert.is(invocations[0]!.executionSuccessful, true);
});

test('paths become URIs', () => {
  const { artifacts, invocations } = check(format(oddReport));
  assert.equal(
    artifacts.map(({ location }) => location.uri),
    ['a%20b/%C3%BC%25%2C%3A%23%3F.Dockerfile', 'file:///abs/Dockerfile', 'file:///C:/x/Dockerfile', 'empty'],
  );
  assert.is(invocations[0]!.executionSuccessful, false);
  assert.is(invocations[0]!.toolExecutionNotifications.length, 1);
});

test('the replacements give what --fix-unsafe gives', () => {
  for (const text of [
    'from a:latest\nrun x',
    '\uFEFFfrom a:latest\r\n# 😀é\r\nrun x\r\n',
    'from a:latest\n# \r x \u2028\nuser y',
  ]) {
    const { results } = check(format(reportOn({ a: text })));
    const replacements = results.flatMap(({ fixes }) => fixes?.[0]?.artifactChanges[0]?.replacements ?? []);
    const lines = text.replace(/^\uFEFF/, '').split(/(?<=\n)/);
    const offset = (line: number, column: number) =>
      lines.slice(0, line - 1).reduce((sum, { length }) => sum + length, text.startsWith('\uFEFF') ? 1 : 0) +
      column -
      1;
    let result = text;
    for (const { deletedRegion, insertedContent } of replacements.reverse()) {
      const start = offset(deletedRegion.startLine, deletedRegion.startColumn);
      const end = offset(deletedRegion.endLine, deletedRegion.endColumn);
      result = result.slice(0, start) + insertedContent.text + result.slice(end);
    }
    const document = parseDocument(new Source('a', text));
    assert.is(result, fixDocument(document, testSettings, { unsafe: true }).document.source.text);
  }
});
