import { parseXml } from '@rgrove/parse-xml';
import { format } from '../../../src/formatters/verification/junit.ts';
import type { VerificationReport } from '../../../src/verify/model.ts';
import { assert, suite } from '../../runner/suite.ts';
import { checkJunit, elements } from '../junit-schema.ts';
import { bad, empty, good, odd, reports, unbuilt } from './reports.ts';

const test = suite('verification as junit');
const show = (report: VerificationReport) => format({ version: '1', report });
const root = (report: VerificationReport) => parseXml(show(report)).root!;

test('is well-formed and as the common schemas want it', () => {
  for (const report of Object.values(reports)) {
    const found = root(report);
    assert.is(found.name, 'testsuites');
    checkJunit(found);
  }
});

test('counts agree with the cases', () => {
  for (const report of Object.values(reports)) {
    for (const suite of elements(root(report))) {
      const cases = elements(suite);
      const having = (name: string) => cases.filter((one) => elements(one).some((child) => child.name === name)).length;
      const { tests, failures, errors } = suite.attributes;
      assert.equal([tests, failures, errors], [cases.length, having('failure'), having('error')].map(String));
    }
  }
});

test('one case a check: worse fails, unknown is an error', () => {
  const cases = elements(root(bad)).flatMap(elements);
  const kinds = Object.fromEntries(
    cases.map((one) => [
      one.attributes.name,
      elements(one)
        .map(({ name }) => name)
        .join(),
    ]),
  );
  assert.equal(kinds, {
    build: '',
    linking: 'failure',
    config: 'system-out',
    scripts: '',
    health: 'error',
    start: '',
  });
  const linking = cases.find((one) => one.attributes.name === 'linking')!;
  assert.match(linking.text, /is not there\n {2}Link it statically\n$/);
  assert.equal(elements(root(empty)), []);
  assert.is(root(good).attributes.failures, '0');
});

test('a build that failed carries the end of its log', () => {
  assert.match(root(unbuilt('dockerfile')).text, /make: \*\*\*\nError 2/);
});

test('keeps every character that XML can hold', () => {
  const message = elements(elements(elements(root(odd))[0]!)[0]!)[0]!.attributes.message!;
  assert.ok(message.startsWith(`<b>"q'&amp;]]>|*_\`x\`</b> @here #1 \ufffd[31m\ufffd\u2028`));
});
