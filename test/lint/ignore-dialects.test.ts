import { rules as book } from '../../rules/index.ts';
import type { Config } from '../../src/config/keys.ts';
import { activateRules } from '../../src/config/settings.ts';
import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { lintText } from '../../src/index.ts';
import { lintDocument } from '../../src/lint/engine.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('ignore comments of all dialects');

const config: Pick<Config, 'extends'> = { extends: ['recommended', 'hadolint', 'buildkit'] };
const WATCHED = new Set(['no-latest-tag', 'no-uppercase-stage-name', 'no-useless-ignore', 'require-pinned-packages']);

/** What the rules that are looked at say: line and id, and the message of what is useless. */
function found(text: string, given = config): string[] {
  return lintText(text, { config: given })
    .filter(({ ruleId }) => WATCHED.has(ruleId))
    .map(({ ruleId, message, start, severity }) => {
      const line = text.slice(0, start).split('\n').length;
      return ruleId === 'no-useless-ignore' ? `${line} ${message}` : `${line} ${ruleId} ${severity}`;
    });
}

const BASE = 'FROM debian:latest AS Base\n';

test('a comment silences what it names, by id, code of hadolint or name of BuildKit', () => {
  assert.equal(found(BASE), ['1 no-latest-tag warn', '1 no-uppercase-stage-name warn']);
  for (const comment of [
    'dockerfileopt ignore=no-latest-tag,no-uppercase-stage-name',
    'dockerfileopt ignore=DL3007, StageNameCasing -- for a reason',
    'dockerfileopt global ignore=DL3007,StageNameCasing',
    'dockerfileopt stage ignore=DL3007,StageNameCasing',
    'hadolint ignore=DL3007,no-uppercase-stage-name',
    'hadolint global ignore=DL3007,StageNameCasing',
    'tally ignore=no-latest-tag,StageNameCasing',
    'check=skip=StageNameCasing,DL3007',
    'check=skip=StageNameCasing,DL3007;error=true',
    'check=error=true;skip=StageNameCasing,DL3007',
  ])
    assert.equal(found(`# ${comment}\n${BASE}`), [], comment);
});

test("BuildKit's own switches: all of its checks, and checks that fail the build", () => {
  assert.equal(found(`# check=skip=all\n${BASE}`), ['2 no-latest-tag warn']);
  assert.equal(found(`# check=error=true\n${BASE}`), ['2 no-latest-tag warn', '2 no-uppercase-stage-name error']);
  for (const value of ['error=1', 'error=T', 'skip=Other;error=TRUE', 'error=0;error=true', 'error=true why'])
    assert.equal(found(`# check=${value}\n${BASE}`)[1], '2 no-uppercase-stage-name error', value);
  for (const value of [
    'error=false',
    'error=yes',
    'error=true;other',
    'error=true;error=0',
    'error = true',
    'skip=A;skip=B;error=true;skip=C',
  ])
    assert.equal(found(`# check=${value}\n${BASE}`)[1], '2 no-uppercase-stage-name warn', value);
  // Only a directive has a say in the whole file.
  assert.equal(found(`${BASE}# check=error=true\nFROM debian:12 AS Next\n`)[2], '3 no-uppercase-stage-name warn');
});

test('a code that is a part of a rule is ignored by itself', () => {
  const run = 'FROM debian:12\nRUN apt-get install -y curl && pip install flask\n';
  assert.equal(found(run), ['2 require-pinned-packages warn', '2 require-pinned-packages warn']);
  assert.is(found(run.replace('RUN', '# hadolint ignore=DL3008\nRUN')).length, 1);
  assert.is(found(run.replace('RUN', '# hadolint ignore=DL3008,DL3013\nRUN')).length, 0);
  assert.is(found(run.replace('RUN', '# dockerfileopt ignore=require-pinned-packages\nRUN')).length, 0);
});

test('what ShellCheck finds is ignored by its code', () => {
  const comments = [{ code: 'SC2086', severity: 'warn', message: 'Quote it', start: 0, end: 4, edits: [] } as const];
  const checkShell = (snippets: readonly unknown[]) => snippets.map(() => comments);
  const project = { readText: () => undefined, list: () => [] };
  const lint = (text: string) =>
    lintDocument(parseDocument(new Source('Dockerfile', text)), {
      rules: activateRules(book, config).filter(({ rule }) => rule.codes || rule.phase === 'ignores'),
      book,
      project,
      checkShell,
    }).map(({ ruleId, message }) => (ruleId === 'no-useless-ignore' ? message : ruleId));
  assert.equal(lint('FROM a\nRUN echo $x\n'), ['SC2086']);
  for (const comment of [
    'hadolint ignore=SC2086',
    'dockerfileopt ignore=sc2086',
    'check=skip=SC2086',
    'hadolint ignore=no-shellcheck-finding',
  ])
    assert.equal(lint(`FROM a\n# ${comment}\nRUN echo $x\n`), [], comment);
  assert.equal(lint('FROM a\n# dockerfileopt ignore=SC2046\nRUN echo $x\n'), [
    'nothing here needs `ignore=SC2046`',
    'SC2086',
  ]);
});

test('a slip is reported in every dialect, with what was meant', () => {
  const told = (comment: string) =>
    found(`# ${comment}\nFROM debian:12\n`).map((message) => message.replace(/^\d+ /, ''));
  assert.equal(told('dockerfileopt ignore=no-lastest-tag'), [
    'no rule is called `no-lastest-tag`, did you mean no-latest-tag',
  ]);
  assert.equal(told('dockerfileopt ignore=DL30007'), ['no rule is called `DL30007`, did you mean DL3007']);
  assert.equal(told('hadolint ignore=DL30007'), ['no rule is called `DL30007`, did you mean DL3007']);
  assert.equal(told('check=skip=StageNameCasng'), ['no rule is called `StageNameCasng`, did you mean StageNameCasing']);
  assert.equal(told('hadolint ignore=DL3005,SC9999'), []);
  assert.equal(told('tally ignore=no-such-thing'), []);
  assert.equal(told('hadolint ignore=DL3007'), []);
  assert.equal(told('dockerfileopt ignore=DL3007'), ['nothing here needs `ignore=DL3007`']);
});

test('where comments do not count, none does', () => {
  const text = `# hadolint global ignore=DL3007\n# check=skip=StageNameCasing\n${BASE}`;
  assert.equal(found(text), []);
  assert.is(found(text, { ...config, ignoreComments: false } as Config).length, 2);
});
