import { parseXml } from '@rgrove/parse-xml';
import { format } from '../../src/formatters/junit.ts';
import { assert, suite } from '../runner/suite.ts';
import { checkJunit, elements } from './junit-schema.ts';
import { oddReport, reportOn } from './report.ts';

const test = suite('junit');
const root = (report: Parameters<typeof format>[0]) => parseXml(format(report)).root!;

test('is as the common schemas want it, whatever is in the report', () => {
  for (const report of [oddReport, reportOn({})]) {
    const found = root(report);
    assert.is(found.name, 'testsuites');
    checkJunit(found);
  }
});

test('the counts are those of the cases', () => {
  const found = root(oddReport);
  const cases = elements(found).flatMap(elements);
  const holding = (name: string) => cases.filter((one) => elements(one).some((child) => child.name === name)).length;
  assert.is(found.attributes.tests, String(cases.length));
  assert.is(found.attributes.failures, String(holding('failure')));
  assert.is(found.attributes.errors, String(holding('error')));
  assert.is(holding('error'), 1);
});

test('errors and warnings fail, what only informs passes, and so does a clean file', () => {
  const [dirty, clean] = elements(root(reportOn({ a: 'from a:latest\nUSER root\n', b: 'FROM b\n' })));
  assert.equal(
    elements(dirty!).map((one) => [one.attributes.name, elements(one)[0]!.name]),
    [
      ['upper-keyword, line 1, column 1', 'failure'],
      ['no-latest, line 1, column 6', 'system-out'],
      ['no-root, line 2, column 1', 'failure'],
    ],
  );
  assert.equal({ ...clean!.attributes }, { name: 'b', tests: '1', failures: '0', errors: '0', time: '0.000' });
  assert.equal(elements(elements(clean!)[0]!), []);
});
