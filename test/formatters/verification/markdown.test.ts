import { format } from '../../../src/formatters/verification/markdown.ts';
import type { VerificationReport } from '../../../src/verify/model.ts';
import { assert, suite } from '../../runner/suite.ts';
import { bad, good, huge, odd, reports, unbuilt } from './reports.ts';

const test = suite('verification as markdown');
const show = (report: VerificationReport) => format({ version: '1', report });

test('begins with the verdict and the sizes', () => {
  assert.equal(show(good).split('\n').slice(0, 14), [
    '### ✅ `small.Dockerfile` is equivalent with differences to `Dockerfile`',
    '',
    'Known differences in: config.',
    '',
    '| | before | after | saved |',
    '| --- | ---: | ---: | --- |',
    '| **Size** | **784MB** | **1.82MB** | **782MB (99.8 %), 431 times smaller** |',
    '| Files | 25,089 | 1 | 25,088 |',
    '| Layers | 2 | 1 | 1 |',
    '| Wasted | 841kB | – |  |',
    '| Build | 83 s | 1.3 s |  |',
    '| Cached | 0.4 s | – |  |',
    '',
    '<details>',
  ]);
});

test('what is wrong stands open, the rest is to unfold', () => {
  const open = show(bad).replace(/<details>[\s\S]*?<\/details>/g, '');
  assert.match(open, /\*\*❌ linking\*\*\n\n- ❌ \/app is linked dynamically and its loader is not there<br>→ Link it/);
  assert.match(open, /\*\*❔ health\*\*/);
  assert.not.match(open, /scripts/);
  assert.match(
    show(unbuilt('disk-full')),
    /\*\*`broken.Dockerfile` cannot be built here, because the disk is full\*\*/,
  );
});

test('tables keep their columns and blocks are closed, whatever comes', () => {
  for (const report of Object.values(reports)) {
    const text = show(report);
    let columns = 0;
    for (const line of text.split('\n')) {
      const cells = line.startsWith('|') ? line.replace(/\\\|/g, '').split('|').length : 0;
      if (columns > 0 && cells > 0) assert.is(cells, columns, line);
      columns = cells;
    }
    assert.is(text.split('<details>').length, text.split('</details>').length);
  }
});

test('texts of others stay texts', () => {
  const text = show(odd);
  const outside = text.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '').replace(/(`+) [\s\S]*? \1/g, '');
  assert.not.match(outside, /<b>|@here|(?<!\\)[*]_/);
  assert.match(text, /^````text\n/m);
});

test('fits a comment', () => {
  assert.ok(show(huge).length < 65_000);
});
