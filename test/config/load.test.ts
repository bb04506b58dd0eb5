import { resolve } from 'node:path';
import { ConfigError, ConfigSearch, loadConfig } from '../../src/config/load.ts';
import { inFolder, testBook } from '../commands/run.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('load');

/** Where the configuration for a folder is found, and the target it names. */
async function find(files: Record<string, string>, folder = 'a/b'): Promise<unknown> {
  return inFolder({ 'a/b/': '', ...files }, async (root) => {
    const { path, config } = await new ConfigSearch(testBook).find(resolve(folder));
    return path === undefined ? undefined : [path.slice(root.length + 1), config.target];
  });
}

async function fail(name: string, text: string, options?: { code: boolean }): Promise<string> {
  return inFolder({ [name]: text }, async () => {
    try {
      await loadConfig(resolve(name), testBook, options);
      return 'no error';
    } catch (error) {
      assert.instance(error, ConfigError);
      assert.is((error as ConfigError).path, resolve(name));
      return (error as ConfigError).message;
    }
  });
}

test('reads every place', async () => {
  for (const prefix of ['.dockerfileoptrc', '.config/dockerfileoptrc']) {
    for (const name of [prefix, `${prefix}.yaml`, `${prefix}.yml`]) {
      assert.equal(await find({ [`a/${name}`]: 'target: x' }), [`a/${name}`, 'x']);
    }
    for (const name of [prefix, `${prefix}.json`]) {
      assert.equal(await find({ [`a/${name}`]: '{"target": "x"}' }), [`a/${name}`, 'x']);
    }
  }
  assert.equal(await find({ 'package.json': '{"dockerfileopt": {"target": "x"}}' }), ['package.json', 'x']);
});

test('takes the nearest, and goes on where a package.json says nothing', async () => {
  const outer = { '.dockerfileoptrc': 'target: outer' };
  assert.equal(await find({ ...outer, 'a/b/.dockerfileoptrc.yml': 'target: inner' }), [
    'a/b/.dockerfileoptrc.yml',
    'inner',
  ]);
  assert.equal(await find({ ...outer, 'a/package.json': '{"devDependencies": {"dockerfileopt": "1"}}' }), [
    '.dockerfileoptrc',
    'outer',
  ]);
  assert.equal(await find({ ...outer, 'a/package.json': '{ broken' }), ['.dockerfileoptrc', 'outer']);
  assert.equal(await find({ 'a/.dockerfileoptrc': '', ...outer }), ['a/.dockerfileoptrc', undefined]);
});

test('does not leave the repository', async () => {
  const files = { '.dockerfileoptrc': 'target: outer' };
  assert.is(await find({ ...files, 'a/.git/': '' }), undefined);
  assert.is(await find({ ...files, 'a/.git': 'gitdir: elsewhere' }), undefined);
  assert.equal(await find({ ...files, '.git/': '' }), ['.dockerfileoptrc', 'outer']);
});

test("takes hadolint's where there is none of ours", async () => {
  const inner = { 'a/b/.hadolint.yml': 'trustedRegistries: inner' };
  const outer = { '.hadolint.yaml': 'trustedRegistries: [outer]' };
  const registries = (files: Record<string, string>) =>
    inFolder({ 'a/b/': '', ...files }, async () => {
      const { config, notes = [] } = await new ConfigSearch(testBook).find(resolve('a/b'));
      return [config.trustedRegistries?.[0], notes.length];
    });
  assert.equal(await registries(outer), ['outer', 1]);
  assert.equal(await registries({ ...outer, ...inner }), ['inner', 1]);
  // One that is further off is not even read.
  assert.equal(await registries({ '.hadolint.yaml': 'ignored: [', ...inner }), ['inner', 1]);
  assert.equal(await registries({ ...inner, '.dockerfileoptrc': 'target: x' }), [undefined, 0]);
  assert.equal(await registries({ ...outer, 'a/.git/': '' }), [undefined, 0]);
  assert.equal(await registries({ ...outer, '.hadolint.yaml': 'ignored: [DL1]' }), [undefined, 2]);
});

test('runs no code unless the file was named for it', async () => {
  const code = 'process.exit(3)';
  for (const name of [
    '.dockerfileoptrc.js',
    'dockerfileopt.config.js',
    '.dockerfileoptrc.cjs',
    '.dockerfileoptrc.ts',
  ]) {
    assert.is(await find({ [`a/${name}`]: code }), undefined);
    assert.is(await fail(name, code), 'only .json, .yaml, .yml, .js, .mjs and .cjs are read');
  }
  assert.is(await fail('x.ts', code, { code: true }), 'only .json, .yaml, .yml, .js, .mjs and .cjs are read');
  for (const [name, text] of [
    ['x.mjs', 'export default { target: "x" }'],
    ['x.cjs', 'module.exports = { target: "x" }'],
  ] as const) {
    await inFolder({ [name]: text }, async () => {
      assert.is((await loadConfig(resolve(name), testBook, { code: true }))?.config.target, 'x');
    });
  }
});

test('follows no import, and nothing that cosmiconfig would run by itself', async () => {
  assert.is(await fail('x.yaml', '$import: other.yaml'), '$import: unknown key');
  assert.is(await fail('x.json', '{"$import": "other.json"}'), '$import: unknown key');
  const files = {
    '.config/config.js': 'process.exit(3)',
    '.config/config.cjs': 'process.exit(3)',
    'package.yaml': ':',
  };
  assert.equal(await find({ ...files, 'a/.dockerfileoptrc': 'target: x' }), ['a/.dockerfileoptrc', 'x']);
});

test('says in one line where a file is broken', async () => {
  assert.is(
    await fail('x.yaml', 'a: [\nb: 1\n'),
    'line 3, column 1: unexpected end of the stream within a flow collection',
  );
  assert.is(await fail('x.yaml', 'a: 1\na: 2'), 'line 2, column 1: duplicated mapping key');
  const json = (text: string) => fail('x.json', text);
  assert.is(await json('{\n  "target": \n}'), 'line 3, column 1: unexpected }');
  assert.is(await json('{'), 'line 1, column 2: unexpected end of the file');
  assert.is(await json('nonsense'), 'line 1, column 1: unexpected n');
  assert.is(await json('{"a": [1, true,]}'), 'line 1, column 16: unexpected ]');
  assert.is(await json('{"a": "x" "b": 1}'), 'line 1, column 11: unexpected "b"');
  assert.is(await json('{"a": {}, b: 1}'), 'line 1, column 11: unexpected b');
  assert.is(await json('[] []'), 'line 1, column 4: unexpected [');
  assert.is(await json('{"a": "x\ny"}'), 'line 1, column 7: unexpected "');
  assert.match(await fail('x.mjs', 'export default {', { code: true }), /^\S.*$/);
  assert.match(await fail('x.cjs', 'throw 1', { code: true }), /^\S.*$/);
});

test('says in one line what does not fit', async () => {
  assert.is(await fail('x.yaml', 'rules:\n  no-rot: warn'), 'rules.no-rot: unknown rule, did you mean no-root?');
  assert.is(
    await fail('x.yaml', 'rules:\n  no-root: warning'),
    'rules.no-root: expected one of error, warn, info, off, got "warning"',
  );
  assert.is(await fail('x.yaml', 'rule: {}'), 'rule: unknown key, did you mean rules?');
  assert.is(
    await fail('x.yaml', 'extends: [recomended]'),
    'extends[0]: "recomended" is unknown, did you mean recommended?',
  );
  assert.is(await fail('x.yaml', 'overrides: [{rules: {}}]'), 'overrides[0].files: is missing');
  const options = (text: string) => fail('x.yaml', `rules:\n  no-root: [warn, ${text}]`);
  assert.is(await options('{stric: true}'), 'rules.no-root[1].stric: unknown option, did you mean strict?');
  assert.is(await options('{strict: 1}'), 'rules.no-root[1].strict: expected true or false, got 1');
  assert.is(await options('{names: root}'), 'rules.no-root[1].names: expected a list, got "root"');
  assert.is(await options('{names: [1]}'), 'rules.no-root[1].names[0]: expected a text, got 1');
  assert.is(await options('{names: [], strict: true}'), 'no error');
  assert.is(await fail('x.yaml', 'rules: {no-latest: [warn, {a: 1}]}'), 'rules.no-latest[1].a: unknown option');
  assert.is(await fail('x.yaml', '- a'), 'expected a mapping, got a list');
});
