import { format } from '../../../src/formatters/verification/html.ts';
import type { VerificationReport } from '../../../src/verify/model.ts';
import { assert, suite } from '../../runner/suite.ts';
import { bad, empty, good, huge, odd, reports, unbuilt } from './reports.ts';

const test = suite('verification as html');
const show = (report: VerificationReport) => format({ version: '1', report });

const VOID = ['meta'];

/** Throws where tags are not closed in order. */
function checkTags(html: string): void {
  const body = html.replace(/<style>[\s\S]*?<\/style>/, '').replace('<!doctype html>', '');
  const open: string[] = [];
  for (const [tag, slash, name = '', closed] of body.matchAll(/<(\/?)([a-z0-9]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (slash) assert.is(open.pop(), name, tag);
    else if (!closed && !VOID.includes(name)) open.push(name);
  }
  assert.equal(open, []);
  assert.not.match(body.replace(/<\/?[a-z0-9]+(?:\s[^<>]*?)?\/?>/g, ''), /[<>]/);
}

test('tags are closed, ids are one of a kind, nothing is undefined', () => {
  for (const report of Object.values(reports)) {
    const html = show(report);
    checkTags(html);
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    assert.is(new Set(ids).size, ids.length);
    assert.not.match(html, /undefined|NaN|Infinity/);
  }
});

test('needs nothing from elsewhere and runs nothing', () => {
  for (const report of Object.values(reports)) {
    const html = show(report);
    assert.not.match(html, /<script|<link|<img|<iframe|url\(|@import|\ssrc=|\shref=|\son[a-z]+=/i);
    assert.not.match(html.replace(/"[^"]*"/g, ''), /https?:/);
  }
});

test('texts of others stay texts', () => {
  const html = show(odd);
  assert.not.match(html, /<b>/);
  assert.match(html, /&lt;b&gt;&quot;q&#39;&amp;amp;/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  assert.not.match(html, /[\0-\x09\x0b-\x1f\u2028\u202e]/);
});

test('draws what was left behind in proportion', () => {
  const html = show(good);
  assert.match(html, /<svg [^>]*role="img" aria-label="11,579 files, 300MB: toolchain 300MB, source 741B"/);
  assert.match(html, />\/usr\/local\/go<\/text>/);
  assert.match(show(empty), /Nothing: every file of the original is in the rewrite/);
});

test('thousands of entries make a page that opens', () => {
  assert.ok(show(huge).length < 1_000_000);
});

test('shows what is worse unfolded, and failures with their log', () => {
  assert.match(show(bad), /<details class="check worse" open>/);
  assert.match(show(unbuilt('dockerfile')), /<pre [^>]*>make: \*\*\*\nError 2<\/pre>/);
});
