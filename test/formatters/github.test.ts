import { format } from '../../src/formatters/github.ts';
import { assert, suite } from '../runner/suite.ts';
import { oddReport, reportOn } from './report.ts';

const test = suite('github');

test('one command for each finding', () => {
  const text = format(reportOn({ 'a/Dockerfile': 'from a:latest\nUSER root\n' }));
  assert.equal(text.split('\n'), [
    '::warning file=a/Dockerfile,line=1,endLine=1,col=1,endColumn=5,title=upper-keyword::from is in lower case',
    '::notice file=a/Dockerfile,line=1,endLine=1,col=6,endColumn=14,title=no-latest::the tag is latest',
    '::error file=a/Dockerfile,line=2,endLine=2,col=1,endColumn=10,title=no-root::the user is root',
    '',
  ]);
});

test('a finding over several lines has no columns', () => {
  const report = reportOn({ a: 'FROM a\nUSER \\\n root\n' });
  assert.is(format(report), '::error file=a,line=2,endLine=3,title=no-root::the user is root\n');
});

test('says nothing about clean files', () => {
  assert.is(format(reportOn({ a: 'FROM a\n' })), '');
});

test('escapes what would end a property or a line', () => {
  const lines = format(oddReport).split('\n');
  assert.match(lines[0]!, /^::warning file=a b\/ü%25%2C%3A#\?\.Dockerfile,line=1,/);
  assert.match(lines.at(-2)!, /^::error file=bad%0Aname.,title=dockerfileopt::multi%0Aline: 100%25, "quoted"$/);
  assert.ok(lines.slice(0, -1).every((line) => /^::(warning|error|notice) file=/.test(line)));
});
