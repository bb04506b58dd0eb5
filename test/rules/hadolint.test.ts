import { rules } from '../../rules/index.ts';
import { hadolintSeverities } from '../../src/knowledge/hadolint.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite("hadolint's codes");
const aliases = rules.flatMap((rule) => rule.aliases ?? []).filter((alias) => /^DL\d+$/.test(alias));

test('are all those of version 2.15', () => {
  const ranges = [...hadolintSeverities.keys()].map((code) => code.slice(0, 3));
  const count = (start: string) => ranges.filter((range) => range === start).length;
  assert.equal([count('DL1'), count('DL3'), count('DL4')], [1, 64, 6]);
});

test('are each an alias of a rule', () => {
  assert.equal(
    [...hadolintSeverities.keys()].filter((code) => !aliases.includes(code)),
    [],
  );
});

test('are the only aliases of their kind', () => {
  assert.equal(
    aliases.filter((alias) => !hadolintSeverities.has(alias)),
    [],
  );
});
