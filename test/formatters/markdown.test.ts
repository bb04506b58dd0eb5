import { format } from '../../src/formatters/markdown.ts';
import { assert, suite } from '../runner/suite.ts';
import { oddReport, reportOn } from './report.ts';

const test = suite('markdown');

test('counts, then a table a file', () => {
  const text = format(reportOn({ 'a/Dockerfile': 'from a:latest\nUSER root\n', b: 'FROM b\n' }));
  assert.equal(text.split('\n'), [
    '### ❌ 3 problems: 1 error, 1 warning, 1 info',
    '',
    '1 of them can be repaired with `--fix`. 1 with `--fix-unsafe`.',
    '',
    '<details>',
    '<summary>a/Dockerfile: 3 problems</summary>',
    '',
    '| line | | | rule |',
    '| --- | --- | --- | --- |',
    '| 1:1 | ⚠️ | from is in lower case | `upper-keyword` |',
    '| 1:6 | ℹ️ | the tag is latest | `no-latest` |',
    '| 2:1 | ❌ | the user is root | `no-root` |',
    '',
    '</details>',
    '',
  ]);
});

test('nothing found', () => {
  assert.is(format(reportOn({ a: 'FROM a\n' })), '### ✅ No problems\n');
});

test('no text of a file becomes a row, markup or a mention', () => {
  const report = reportOn({ 'a<b>|c': 'FROM a\nUSER root\n' });
  const file = report.files[0]!;
  const finding = { ...file.findings[0]!, message: 'said `x|y` to @all <b>*now*</b> | or\nnever' };
  const text = format({ ...report, files: [{ ...file, findings: [finding] }] });
  assert.match(text, /<summary>a&lt;b>\|c: 1 problem<\/summary>/);
  assert.match(
    text,
    /\| said `x\\\|y` to @\u200ball &lt;b\\>\\\*now\\\*&lt;\/b\\> \\\| or\\\\x0anever \| `no-root` \|/,
  );
  const rows = format(oddReport)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  for (const row of rows) assert.is(row.replaceAll('\\|', '').split('|').length, 6, row);
});
