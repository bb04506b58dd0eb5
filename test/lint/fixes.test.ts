import { type Edit, parseDocument, Source } from '../../src/dockerfile/index.ts';
import type { LintSettings } from '../../src/lint/engine.ts';
import { fixDocument } from '../../src/lint/fixes.ts';
import type { FixSafety, Rule } from '../../src/lint/types.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('fix loop');

/** A rule that flags each match of an expression and replaces it. */
function replacing(pattern: RegExp, text: string | ((match: string) => string), safety: FixSafety = 'safe'): Rule {
  return {
    id: `replace-${pattern.source}`,
    severity: 'warn',
    fixable: safety,
    summary: '',
    why: '',
    examples: [{ bad: '', good: '' }],
    *check({ source }) {
      for (const match of source.text.matchAll(new RegExp(pattern, 'g'))) {
        const at = { start: match.index, end: match.index + match[0].length };
        const edits: Edit[] = [{ ...at, text: typeof text === 'string' ? text : text(match[0]) }];
        yield { at, message: `found ${match[0]}`, fix: { title: 'Replace it', safety, edits } };
      }
    },
  };
}

function run(text: string, rules: Rule[], unsafe = false) {
  const settings: LintSettings = {
    rules: rules.map((rule) => ({ rule, severity: 'warn' })),
    book: rules,
    project: { readText: () => undefined, list: () => [] },
  };
  const result = fixDocument(parseDocument(new Source('Dockerfile', text)), settings, { unsafe });
  return { text: result.document.source.text, ...result };
}

test('all fixes that do not overlap are applied at once', () => {
  const result = run('FROM a\nRUN x\nRUN x\n', [replacing(/x/, 'y')]);
  assert.is(result.text, 'FROM a\nRUN y\nRUN y\n');
  assert.is(result.applied.length, 2);
  assert.equal(result.findings, []);
});

test('overlapping fixes are applied one after the other', () => {
  assert.is(run('FROM a\nRUN abc\n', [replacing(/ab/, 'x'), replacing(/[bx]c/, 'z')]).text, 'FROM a\nRUN z\n');
});

test('unsafe fixes wait to be asked for', () => {
  const rules = [replacing(/x/, 'y', 'unsafe')];
  assert.is(run('FROM a\nRUN x\n', rules).text, 'FROM a\nRUN x\n');
  assert.is(run('FROM a\nRUN x\n', rules).findings.length, 1);
  assert.is(run('FROM a\nRUN x\n', rules, true).text, 'FROM a\nRUN y\n');
});

test('a fix whose result does not parse is rolled back, the others stay', () => {
  const result = run('FROM a\nRUN x\nRUN bad\nRUN x\n', [replacing(/x/, 'y'), replacing(/bad/, '<<EOF')]);
  assert.is(result.text, 'FROM a\nRUN y\nRUN bad\nRUN y\n');
  assert.equal(
    result.rolledBack.map(({ message }) => message),
    ['found bad'],
  );
});

test('a fix whose result the builder refuses is rolled back', () => {
  assert.is(run('FROM a\nRUN x\n', [replacing(/RUN/, 'RUNN')]).text, 'FROM a\nRUN x\n');
});

test('a fix that swallows the next instruction is rolled back', () => {
  assert.is(run('FROM a\nRUN x\nRUN y\n', [replacing(/x/, 'x \\')]).text, 'FROM a\nRUN x\nRUN y\n');
  assert.is(run('FROM a\nRUN x\n\n# c\nCMD y\n', [replacing(/x$/m, 'x \\')]).text, 'FROM a\nRUN x\n\n# c\nCMD y\n');
});

test('a fix that adds an instruction in its own place is none the worse', () => {
  const once = replacing(/RUN x/, (match) => `RUN y\n${match.replace('x', 'z')}`);
  assert.is(run('FROM a\nRUN x\nCMD b\n', [once]).text, 'FROM a\nRUN y\nRUN z\nCMD b\n');
});

test('a fix that loses a comment is rolled back', () => {
  const text = 'FROM a\nRUN x \\\n  # why\n  y\n';
  assert.is(run(text, [replacing(/x \\\n {2}# why\n {2}y/, 'x y')]).text, text);
});

test('an ignore comment of ours may go, nothing else with it', () => {
  const text = 'FROM a\n# dockerfileopt ignore=x\n# why\nRUN y\n';
  assert.is(run(text, [replacing(/# dockerfileopt ignore=x\n/, '')]).text, 'FROM a\n# why\nRUN y\n');
  assert.is(run(text, [replacing(/# dockerfileopt ignore=x\n# why\n/, '')]).text, text);
  const other = 'FROM a\n# hadolint ignore=DL3006\nRUN y\n';
  assert.is(run(other, [replacing(/# hadolint .*\n/, '')]).text, other);
});

test('an ignore comment that keeps a comment from being a directive stays', () => {
  const text = '# dockerfileopt ignore=x\n# escape=`\nFROM a\nRUN y\n';
  assert.is(run(text, [replacing(/# dockerfileopt ignore=x\n/, '')]).text, text);
});

test('fixes that undo one another come to an end', () => {
  const result = run('FROM a\nRUN ping\n', [replacing(/ping/, 'pong'), replacing(/pong/, 'ping')]);
  assert.match(result.text, /^FROM a\nRUN p[io]ng\n$/);
});

test('a fix that always finds more work comes to an end', () => {
  const result = run('FROM a\nRUN x\n', [replacing(/x+/, (match) => `${match}x`)]);
  assert.match(result.text, /^FROM a\nRUN x{2,12}\n$/);
});

test('a file that does not parse is left alone', () => {
  const text = 'FROM a\nRUN <<EOF\nx\n';
  assert.is(run(text, [replacing(/x/, 'y')]).text, text);
});

test('a directive that a fix would make or break changes the file, so the fix is rolled back', () => {
  const text = '# escape=`\nFROM a\nRUN x `\n  y\n';
  assert.is(run(text, [replacing(/# escape/, '#  escaped')]).text, text);
});

test('twenty thousand fixes are no burden', () => {
  const text = `FROM a\n${'RUN x\n'.repeat(20_000)}`;
  assert.is(run(text, [replacing(/x/, 'y')]).applied.length, 20_000);
});
