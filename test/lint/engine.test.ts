import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { type LintSettings, lintDocument } from '../../src/lint/engine.ts';
import type { Report, Rule } from '../../src/lint/types.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('engine');

const project = { readText: () => undefined, list: () => [] };

function makeRule(id: string, check: Rule['check'], more: Partial<Rule> = {}): Rule {
  return { id, severity: 'warn', summary: id, why: id, examples: [{ bad: '', good: '' }], check, ...more };
}

/** Flags every RUN. */
const noRun = makeRule(
  'no-run',
  (document) =>
    document.instructions
      .filter(({ keyword }) => keyword === 'RUN')
      .map((instruction) => ({ at: instruction, message: 'a RUN' })),
  { aliases: ['DL9001', 'RunFound'] },
);
const useless = makeRule(
  'no-useless-ignore',
  (_document, context) =>
    context.uselessIgnores.map((ignore) => ({ at: ignore, message: `${ignore.reason} ${ignore.id}` })),
  { phase: 'ignores' },
);
const broken = makeRule('parse-error', ({ problems }) => problems.map((at) => ({ at, message: at.message })), {
  phase: 'broken',
});

function settings(...rules: Rule[]): LintSettings {
  return { rules: rules.map((rule) => ({ rule, severity: 'warn' })), book: rules, project };
}

function lint(text: string, ...rules: Rule[]): string[] {
  const document = parseDocument(new Source('Dockerfile', text));
  return lintDocument(document, settings(...rules)).map(
    ({ ruleId, message, start }) => `${document.source.position(start).line} ${ruleId}: ${message}`,
  );
}

test('findings come in the order of the file, whatever the order of the rules', () => {
  const backwards = makeRule('backwards', (document) => [
    { at: document.instructions[2]!, message: 'third' },
    { at: document.instructions[0]!, message: 'first' },
  ]);
  assert.equal(lint('FROM a\nRUN b\nRUN c\n', backwards, noRun), [
    '1 backwards: first',
    '2 no-run: a RUN',
    '3 backwards: third',
    '3 no-run: a RUN',
  ]);
});

test('a file that does not parse gets nothing but its syntax errors', () => {
  assert.equal(lint('FROM a\nRUN <<EOF\nx\n', noRun, broken), ['2 parse-error: unterminated heredoc `EOF`']);
});

test('an instruction that the builder refuses does not hide the rest', () => {
  assert.equal(lint('FROM a\nRUNN x\nRUN y\n', noRun, broken).length, 2);
});

test('an ignore comment silences its rule for the next instruction, by id or alias', () => {
  for (const comment of [
    '# dockerfileopt ignore=no-run',
    '# dockerfileopt ignore=dl9001 -- reason',
    '# hadolint ignore=DL9001',
    '# tally ignore=RunFound',
    '# check=skip=RunFound',
    '# check=skip=all',
    '# dockerfileopt ignore=all',
  ]) {
    assert.equal(lint(`FROM a\n${comment}\nRUN b\nRUN c\n`, noRun), ['4 no-run: a RUN'], comment);
  }
});

test('an ignore comment of the stage or the file goes further', () => {
  const rest = 'RUN b\nFROM c\nRUN d\n';
  assert.equal(lint(`# dockerfileopt stage ignore=no-run\nFROM a\n${rest}`, noRun), ['5 no-run: a RUN']);
  assert.equal(lint(`FROM a\n${rest}# hadolint global ignore=DL9001\n`, noRun), []);
});

test('only our own comments are held to be of use', () => {
  const text =
    '# dockerfileopt ignore=no-run\nFROM a\n# hadolint ignore=DL9001\nWORKDIR /\n# dockerfileopt ignore=no-rnu\nRUN b\n';
  assert.equal(lint(text, noRun, useless), [
    '1 no-useless-ignore: unused no-run',
    '5 no-useless-ignore: unknown no-rnu',
    '6 no-run: a RUN',
  ]);
});

test('an ignore for a rule that is switched off is not called unused', () => {
  const document = parseDocument(new Source('f', '# dockerfileopt ignore=no-run\nFROM a\n'));
  const all = { ...settings(useless), book: [noRun, useless] };
  assert.equal(lintDocument(document, all), []);
});

test('a rule that reports something impossible is named', () => {
  const wrong: [string, Report, Partial<Rule>][] = [
    ['outside', { at: { start: 0, end: 999 }, message: 'x' }, {}],
    ['no message', { at: { start: 0, end: 1 }, message: '' }, {}],
    ['a full stop', { at: { start: 0, end: 1 }, message: 'x.' }, {}],
    ['an unannounced fix', { at: { start: 0, end: 1 }, message: 'x', fix: fix('safe', [0, 1]) }, {}],
    ['a fix too bold', { at: { start: 0, end: 1 }, message: 'x', fix: fix('unsafe', [0, 1]) }, { fixable: 'safe' }],
    ['an empty fix', { at: { start: 0, end: 1 }, message: 'x', fix: fix('safe') }, { fixable: 'safe' }],
    [
      'overlapping edits',
      { at: { start: 0, end: 1 }, message: 'x', fix: fix('safe', [0, 3], [2, 4]) },
      { fixable: 'safe' },
    ],
  ];
  for (const [, report, more] of wrong) {
    assert.throws(
      () =>
        lint(
          'FROM a\n',
          makeRule('bad-rule', () => [report], more),
        ),
      /rule bad-rule failed on Dockerfile/,
    );
  }
});

test('a rule that throws is named with the file', () => {
  const crash = makeRule('crash', () => {
    throw new TypeError('oops');
  });
  assert.throws(() => lint('FROM a\n', crash), /rule crash failed on Dockerfile: oops/);
});

function fix(safety: 'safe' | 'unsafe', ...spans: [number, number][]) {
  return { title: 'Fix it', safety, edits: spans.map(([start, end]) => ({ start, end, text: '' })) };
}
