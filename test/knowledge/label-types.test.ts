import { labelTypes } from '../../src/knowledge/label-types.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('types of labels');

const VALUES: Readonly<Record<string, { readonly good: readonly string[]; readonly bad: readonly string[] }>> = {
  text: { good: ['a', ' '], bad: [] },
  url: {
    good: ['https://a.example/b?c=d#e', 'mailto:a@b.example', 'ssh://git@host/a.git', 'http://[::1]/', 'http://a/%20'],
    bad: ['a.example', '/a', 'git@host:a/b', 'http://', 'http://a b', 'http://a/%zz', 'http://a/{b}'],
  },
  rfc3339: {
    good: ['2024-02-29T00:00:00Z', '2024-01-01t10:00:00.5+01:00', '2024-12-31T23:59:60Z'],
    bad: ['2024-01-01', '2023-02-29T00:00:00Z', '2024-13-01T00:00:00Z', '2024-01-01T24:00:00Z', '2024-01-01 00:00:00Z'],
  },
  spdx: {
    good: ['MIT', '(MIT OR Apache-2.0+) AND LicenseRef-own', 'GPL-2.0-or-later WITH Classpath-exception-2.0'],
    bad: ['mit', 'MIT OR', 'OR MIT', '()', 'MIT Apache-2.0', 'MIT WITH MIT', '('.repeat(50_000)],
  },
  hash: { good: ['0123abc', 'a'.repeat(40), 'a'.repeat(64)], bad: ['abc', 'a'.repeat(41), '0123ABC', 'v1.2.3abc'] },
  semver: {
    good: ['1.2.3', '0.0.0', '1.2.3-rc.1+01', '1.2.3--', '1.2.3-01a'],
    bad: ['1.2', 'v1.2.3', '01.2.3', '1.2.3-01', '1.2.3-a..b', '1.2.3-', '1.2.3+', '1.2.3.4'],
  },
  email: { good: ['a@b', "o'b+c.d@e-f.example"], bad: ['a', '@b', 'a@', 'a..b@c', 'a@-b', 'A <a@b.example>'] },
};

for (const [name, type] of labelTypes) {
  test(name, () => {
    for (const value of VALUES[name]!.good) assert.ok(type.accepts(value), value);
    for (const value of VALUES[name]!.bad) assert.not(type.accepts(value), value.slice(0, 80));
  });
}
