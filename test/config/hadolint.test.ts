import { rules as book } from '../../rules/index.ts';
import { type Translation, translateHadolint } from '../../src/config/hadolint.ts';
import { activateRules } from '../../src/config/settings.ts';
import { findRules } from '../../src/lint/engine.ts';
import type { Rule } from '../../src/lint/types.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('configurations of hadolint');

const rule = (id: string, aliases: readonly string[], options?: Rule['options']): Rule => ({
  id,
  aliases,
  severity: 'warn',
  ...(options && { options }),
  summary: 'Something',
  why: 'To see what happens.',
  examples: [{ bad: 'FROM a\n', good: 'FROM b\n' }],
  *check() {},
});

const list = { description: 'A list', schema: { type: 'array', items: { type: 'string' } }, default: [] } as const;
const strict = { description: 'Strictly', schema: { type: 'boolean' }, default: false } as const;

const ours: readonly Rule[] = [
  rule('no-a', ['DL3006']),
  rule('no-b', ['DL3008']),
  rule('no-registry', ['DL3026'], { registries: list }),
  rule('no-label', ['DL3049', 'DL3050'], { schema: list, strict }),
  // Has the same names, and is meant by none of the keys.
  rule('no-other', ['DL3066'], { schema: list, registries: list }),
  { ...rule('no-shell', []), codes: /^SC\d+$/ },
];

const translate = (value: unknown) => {
  const translation = translateHadolint(value, ours);
  if (typeof translation === 'string') throw new Error(translation);
  return translation;
};

test('every key is translated, and what is there decides like hadolint', () => {
  const { config, notes } = translate({
    ignored: ['DL3006', 'SC2086'],
    override: { error: ['DL3008'], warning: ['DL3008', 'DL3006'], info: ['DL3026'], style: null },
    trustedRegistries: 'docker.io',
    'label-schema': { author: '', contact: 'email' },
    'strict-labels': true,
    'disable-ignore-pragma': true,
    'failure-threshold': 'error',
    format: 'tty',
    'no-color': false,
  });
  assert.equal(notes, []);
  assert.equal(config, {
    extends: 'hadolint',
    failOn: 'error',
    rules: { DL3006: 'off', SC2086: 'off', DL3008: 'error', DL3026: 'info' },
    trustedRegistries: ['docker.io'],
    labels: { author: 'text', contact: 'email' },
    strictLabels: true,
    ignoreComments: false,
  });
  const active = new Map(activateRules(ours, config).map((each) => [each.rule.id, each]));
  assert.is(active.has('no-a'), false);
  assert.is(active.get('no-b')?.severity, 'error');
  assert.equal(active.get('no-registry')?.options, { registries: ['docker.io'] });
  assert.equal(active.get('no-label')?.options, { schema: ['author:text', 'contact:email'], strict: true });
  assert.equal(active.get('no-other')?.options, { schema: [], registries: [] });
  assert.is(active.get('no-shell')?.codes?.get('SC2086'), 'off');
});

test('from info on everything fails, unless it says otherwise', () => {
  assert.equal(translate({}).config, { extends: 'hadolint', failOn: 'info' });
  assert.equal(translate(null).config, translate({ ignored: null }).config);
  for (const [threshold, failOn] of Object.entries({ warning: 'warn', style: 'info', ignore: 'info', none: 'info' }))
    assert.is(translate({ 'failure-threshold': threshold }).config.failOn, failOn);
  assert.is(translate({ 'failure-threshold': 'error', 'no-fail': true }).config.failOn, 'never');
});

test('what has no counterpart is told', () => {
  const { notes } = translate({
    ignored: ['DL9999'],
    ignore: ['DL3006'],
    override: { style: ['DL3006'], eror: [] },
    format: 'gitlab_codeclimate',
    'no-color': true,
  });
  assert.equal(notes, [
    'ignored: no rule is called DL9999',
    'override.style: there is no `style` here but `info`, which counts for the exit code',
    'format: say `--format gitlab` instead',
    'no-color: say `--no-color` instead, or set NO_COLOR',
    'ignore: hadolint has no such key, did you mean ignored?',
    'override.eror: hadolint has no such key',
  ]);
  assert.equal(translate({ format: 'codacy' }).notes, ['format: there is no codacy here']);
});

test('what hadolint itself refuses is an error', () => {
  const refused = (value: unknown) => translateHadolint(value, ours);
  assert.is(refused({ ignored: 'DL3006' }), 'ignored: expected a list, got "DL3006"');
  assert.is(refused({ 'label-schema': { a: 'txt' } }), 'label-schema.a: "txt" is unknown, did you mean text?');
  assert.is(
    refused({ 'failure-threshold': 'warn' }),
    `failure-threshold: expected one of style, info, warning, error, ignore, none, got "warn"`,
  );
  assert.is(refused(['DL3006']), 'expected a mapping, got a list');
});

test('the rules of registries and labels take what the configuration says of them', () => {
  const { config } = translateHadolint(
    { trustedRegistries: ['docker.io'], 'label-schema': { a: 'url' }, 'strict-labels': true },
    book,
  ) as Translation;
  const options = new Map(activateRules(book, config).map(({ rule: { id }, options }) => [id, options]));
  const of = (code: string) => findRules(book, code)?.map((id) => options.get(id) as Record<string, unknown>) ?? [];
  assert.equal(of('DL3026')[0]?.registries, ['docker.io']);
  for (const code of ['DL3049', 'DL3050', 'DL3051', 'DL3058']) assert.equal(of(code)[0]?.schema, ['a:url'], code);
  assert.is(of('DL3050')[0]?.strict, true);
});
