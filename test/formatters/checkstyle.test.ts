import { parseXml } from '@rgrove/parse-xml';
import { format } from '../../src/formatters/checkstyle.ts';
import { assert, suite } from '../runner/suite.ts';
import { elements } from './junit-schema.ts';
import { oddReport, reportOn } from './report.ts';

const test = suite('checkstyle');

test('files hold errors, and errors have the attributes that readers ask for', () => {
  for (const report of [oddReport, reportOn({})]) {
    const root = parseXml(format(report)).root!;
    assert.is(root.name, 'checkstyle');
    assert.equal(Object.keys(root.attributes), ['version']);
    for (const file of elements(root)) {
      assert.is(file.name, 'file');
      assert.equal(Object.keys(file.attributes), ['name']);
      for (const error of elements(file)) {
        assert.is(error.name, 'error');
        assert.equal(Object.keys(error.attributes), ['line', 'column', 'severity', 'message', 'source']);
        assert.match(error.attributes.line!, /^[1-9]\d*$/);
        assert.match(error.attributes.column!, /^[1-9]\d*$/);
        assert.match(error.attributes.severity!, /^(error|warning|info)$/);
        assert.equal(elements(error), []);
      }
    }
  }
});

test('a finding as it is written', () => {
  const text = format(reportOn({ 'a&b/Dockerfile': 'FROM a\nuser root\n' }));
  assert.equal(text.split('\n').slice(1, 4), [
    '<checkstyle version="4.3">',
    '<file name="a&amp;b/Dockerfile">',
    '<error line="2" column="1" severity="warning" message="user is in lower case" source="dockerfileopt.upper-keyword"/>',
  ]);
});

test('what could not be linted is an error of its file', () => {
  const files = elements(parseXml(format(oddReport)).root!);
  assert.equal(elements(files.at(-1)!)[0]!.attributes.message, 'multi\nline: 100%, "quoted"');
});
