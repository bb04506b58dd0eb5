import { format } from '../../src/formatters/gnu.ts';
import { assert, suite } from '../runner/suite.ts';
import { oddReport, reportOn } from './report.ts';

const test = suite('gnu');

test('a line for each finding', () => {
  const text = format(reportOn({ 'a/Dockerfile': 'from a:latest\nUSER root\n' }));
  assert.equal(text.split('\n'), [
    'a/Dockerfile:1:1: warning: from is in lower case [upper-keyword]',
    'a/Dockerfile:1:6: note: the tag is latest [no-latest]',
    'a/Dockerfile:2:1: error: the user is root [no-root]',
    '',
  ]);
});

test('what editors look for is in every line, and nothing can end one early', () => {
  const lines = format(oddReport).trimEnd().split('\n');
  const failed = lines.pop()!;
  assert.match(failed, /^bad\\x0aname.*: error: multi\\x0aline/);
  for (const line of lines) assert.match(line, /^(.+?):(\d+):(\d+): (error|warning|note): (.+) \[[a-z-]+\]$/);
});
