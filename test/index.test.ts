import { fixText, folderProject, formatNames, lintText, rules, version } from '../src/index.ts';
import { assert, suite } from './runner/suite.ts';

const test = suite('library');
const ids = (...args: Parameters<typeof lintText>) => lintText(...args).map(({ ruleId }) => ruleId);

test('checks a text', () => {
  assert.equal(ids('RUNX\n', { path: 'x' }), ['parse-error']);
  assert.equal(ids('RUNX\n', { config: { extends: [], rules: { 'parse-error': 'off' } } }), []);
});

test('repairs a text', () => {
  const { document, findings } = fixText('FROM scratch\n', { config: { extends: [] } });
  assert.equal([document.source.text, findings], ['FROM scratch\n', []]);
});

test('a wrong configuration is an error', () => {
  assert.throws(
    () => lintText('', { config: { rules: { 'parse-eror': 'warn' } } }),
    /^rules\.parse-eror: unknown rule, did you mean parse-error\?$/,
  );
});

test('has what it takes to do the rest', () => {
  assert.ok(rules.length > 0 && formatNames.includes('sarif'));
  assert.match(version, /^\d/);
  assert.equal(folderProject('nowhere').list('.'), []);
});
