import ignore from 'ignore';
import type { Config, RuleSetting } from '../../src/config/keys.ts';
import { type CommandLineSettings, Settings } from '../../src/config/settings.ts';
import { testBook } from '../commands/run.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('settings');

const settings = (config: Config, commandLine: CommandLineSettings = { rules: [] }) =>
  new Settings(testBook, { path: '/repo/.dockerfileoptrc', config }, commandLine, (patterns, path) =>
    ignore().add(patterns).ignores(path),
  );

/** The severities of the rules that run, by id. */
function severities(config: Config, path = '/repo/Dockerfile', commandLine?: CommandLineSettings) {
  const { rules } = settings(config, commandLine).forFile(path);
  return Object.fromEntries(rules.map(({ rule, severity }) => [rule.id, severity]));
}

const recommended = { 'parse-error': 'error', 'upper-keyword': 'warn', 'no-latest': 'info', 'no-root': 'error' };

test('starts from presets', () => {
  assert.equal(severities({}), recommended);
  assert.equal(severities({ extends: 'recommended' }), recommended);
  assert.equal(severities({ extends: [] }), { 'parse-error': 'error' });
  assert.equal(severities({ extends: 'strict' }), { ...recommended, 'no-latest': 'warn', crash: 'warn' });
  assert.equal(severities({ extends: ['buildkit'] }), { 'parse-error': 'error', 'upper-keyword': 'warn' });
  assert.equal(severities({ extends: ['strict', 'recommended'] }), recommended);
});

test('rules win over presets, overrides over rules, the command line over all', () => {
  const config: Config = {
    rules: { 'no-root': 'off', dl9002: 'error', 'parse-error': 'off' },
    overrides: [
      { files: '*.dev', rules: { 'no-root': 'info', 'upper-keyword': 'off' }, target: 'dev' },
      { files: ['sub/', '!sub/x.dev'], rules: { 'no-root': 'error' }, context: 'ctx' },
    ],
    target: 'release',
    context: 'outer',
  };
  assert.equal(severities(config), { 'upper-keyword': 'warn', 'no-latest': 'error' });
  assert.equal(severities(config, '/repo/a/x.dev'), { 'no-latest': 'error', 'no-root': 'info' });
  assert.equal(severities(config, '/repo/sub/y.dev'), { 'no-latest': 'error', 'no-root': 'error' });
  const commandLine = {
    rules: [
      { name: 'no-root', severity: undefined },
      { name: 'CRASH', severity: undefined },
      { name: 'DL9002', severity: 'off' as const },
    ],
  };
  assert.equal(severities(config, '/repo/Dockerfile', commandLine), {
    'upper-keyword': 'warn',
    'no-root': 'error',
    crash: 'warn',
  });
  const places = (path: string) => {
    const { target, context } = settings(config).forFile(path);
    return [target, context];
  };
  assert.equal(places('/repo/Dockerfile'), ['release', '/repo/outer']);
  assert.equal(places('/repo/x.dev'), ['dev', '/repo/outer']);
  assert.equal(places('/repo/sub/y.dev'), ['dev', '/repo/ctx']);
  const told = settings(config, { rules: [], target: 't', context: '/c' }).forFile('/repo/x.dev');
  assert.equal([told.target, told.context], ['t', '/c']);
  assert.equal(settings({}).forFile('/repo/a/Dockerfile').context, '/repo/a');
});

test('keeps options until others are given, and fills in the rest', () => {
  const options = (config: Config, id = 'no-root') =>
    settings(config)
      .forFile('/repo/Dockerfile')
      .rules.find(({ rule }) => rule.id === id)?.options;
  const own = { names: ['root'], strict: false };
  assert.equal(options({}), own);
  assert.is(options({}, 'no-latest'), undefined);
  const names = { names: ['0'] };
  assert.equal(options({ rules: { 'no-root': ['warn', names] } }), { ...own, ...names });
  const rules = { 'no-root': ['warn', names] } as const;
  const others = (setting: RuleSetting) =>
    options({ rules, overrides: [{ files: '*', rules: { 'no-root': setting } }] });
  assert.equal(others('error'), { ...own, ...names });
  assert.equal(others(['error', { strict: true }]), { ...own, strict: true });
  assert.is(others('off'), undefined);
});

test('patterns are relative to the configuration and reach no file outside its folder', () => {
  const ignoring = settings({ ignores: ['/a/', '*.old'] });
  assert.equal(
    ['/repo/a/Dockerfile', '/repo/b/a/Dockerfile', '/repo/b/Dockerfile.old', '/elsewhere/x.old'].map((path) =>
      ignoring.ignores(path),
    ),
    [true, false, true, false],
  );
});
