import { rules as book } from '../../rules/index.ts';
import type { Config } from '../../src/config/keys.ts';
import { activateRules } from '../../src/config/settings.ts';
import { decodeSource, parseDocument } from '../../src/dockerfile/index.ts';
import { hadolintSeverities } from '../../src/knowledge/hadolint.ts';
import { lintDocument } from '../../src/lint/engine.ts';
import type { Rule } from '../../src/lint/types.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('presets');

const documented = {
  summary: 'An image is named',
  why: 'To see what happens.',
  examples: [{ bad: 'FROM a\n', good: 'FROM b\n' }],
} as const satisfies Partial<Rule>;

/** Finds `base-a` and `base-b`, which hadolint would call DL3022 and DL3023, and anything else. */
const partly: Rule = {
  ...documented,
  id: 'no-base',
  aliases: ['DL3022', 'DL3023', 'BaseNamed'],
  parts: ['DL3022', 'DL3023'],
  severity: 'info',
  options: {
    stages: { description: 'Which stages', schema: { enum: ['target', 'all'] }, default: 'target' },
    deep: { description: 'How deep', schema: { type: 'number' }, default: 1 },
  },
  presetOptions: { hadolint: { stages: 'all' }, buildkit: { deep: 2 } },
  *check({ stages }) {
    for (const { baseWord } of stages) {
      const part = { a: 'DL3022', b: 'DL3023' }[baseWord?.text ?? ''];
      if (baseWord) yield { at: baseWord, message: `\`${baseWord.text}\` is named`, part };
    }
  },
};

const health: Rule = { ...documented, id: 'require-health', aliases: ['DL3057'], severity: 'warn', *check() {} };

const active = (config: Config) =>
  activateRules([partly, health], config).map(({ rule, severity, codes, options }) => [
    rule.id,
    severity,
    Object.fromEntries(codes ?? []),
    options,
  ]);

test('hadolint: severities as theirs, each code its own; what is off there is off', () => {
  assert.equal(active({ extends: 'hadolint' }), [
    ['no-base', 'off', { DL3022: 'warn', DL3023: 'error' }, { stages: 'all', deep: 1 }],
  ]);
});

test('a later preset takes the place of an earlier one, and the user that of both', () => {
  const own = { stages: 'target', deep: 1 };
  assert.equal(active({ extends: ['hadolint', 'recommended'] })[0], ['no-base', 'info', {}, own]);
  const both = active({ extends: ['recommended', 'hadolint'] })[0];
  assert.equal(both, ['no-base', 'info', { DL3022: 'warn', DL3023: 'error' }, { stages: 'all', deep: 1 }]);
  assert.equal(active({ extends: ['hadolint', 'buildkit'] })[0], [
    'no-base',
    'warn',
    {},
    { stages: 'target', deep: 2 },
  ]);
  assert.equal(active({ extends: 'hadolint', rules: { BaseNamed: ['info', { deep: 3 }] } })[0], [
    'no-base',
    'info',
    {},
    { stages: 'all', deep: 3 },
  ]);
});

/** What is found in a file with all three, as severities by line. */
function found(config: Config, head = ''): (string | undefined)[] {
  const document = parseDocument(decodeSource('Dockerfile', Buffer.from(`${head}FROM a\nFROM b\nFROM c\n`)));
  const project = { readText: () => undefined, list: () => [] };
  const book = [partly, health];
  const findings = lintDocument(document, { rules: activateRules(book, config), book, project });
  return ['a', 'b', 'c'].map((name) => findings.find(({ message }) => message.startsWith(`\`${name}\``))?.severity);
}

test('a part is set and ignored by itself', () => {
  assert.equal(found({ extends: 'hadolint' }), ['warn', 'error', undefined]);
  assert.equal(found({ extends: ['recommended', 'hadolint'] }), ['warn', 'error', 'info']);
  assert.equal(found({ rules: { DL3022: 'off' } }), [undefined, 'info', 'info']);
  assert.equal(found({ rules: { dl3023: 'error' } }), ['info', 'error', 'info']);
  assert.equal(found({ rules: { 'no-base': 'off', DL3023: 'error' } }), [undefined, 'error', undefined]);
  assert.equal(found({ rules: { DL3023: 'error', 'no-base': 'off' } }), [undefined, undefined, undefined]);
  assert.equal(active({ extends: 'hadolint', rules: { DL3022: 'off', DL3023: 'off' } }), []);
  assert.equal(found({}, '# hadolint global ignore=DL3022\n'), [undefined, 'info', 'info']);
  assert.equal(found({}, '# dockerfileopt global ignore=no-base\n'), [undefined, undefined, undefined]);
  assert.equal(found({}, '# check=skip=BaseNamed\n'), [undefined, undefined, undefined]);
});

test('the parts of a rule are among its aliases', () => {
  for (const { id, parts = [], aliases = [] } of book) {
    for (const part of parts) assert.ok(aliases.includes(part), `${id}: ${part}`);
    // Who ignores one of several codes does not mean the others.
    const codes = aliases.filter((alias) => hadolintSeverities.has(alias));
    if (codes.length > 1)
      assert.equal(
        codes.filter((code) => !parts.includes(code)),
        [],
        id,
      );
  }
});
