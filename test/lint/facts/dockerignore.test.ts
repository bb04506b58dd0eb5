import { DockerIgnore } from '../../../src/lint/facts/dockerignore.ts';
import { assert, suite } from '../../runner/suite.ts';

const test = suite('dockerignore');

const ignores = (text: string, ...paths: string[]) => paths.filter((path) => new DockerIgnore(text).ignores(path));

test('a name means the path at the top, and everything below it', () => {
  assert.equal(ignores('node_modules', 'node_modules', 'node_modules/a/b.js', 'web/node_modules/x'), [
    'node_modules',
    'node_modules/a/b.js',
  ]);
});

test('one star stays in a folder, two cross them', () => {
  assert.equal(ignores('*.md', 'a.md', 'docs/b.md'), ['a.md']);
  assert.equal(ignores('**/*.md', 'a.md', 'docs/b.md', 'docs/deep/c.md', 'c.mdx'), [
    'a.md',
    'docs/b.md',
    'docs/deep/c.md',
  ]);
  assert.equal(ignores('docs/**', 'docs', 'docs/a', 'docs/a/b'), ['docs/a', 'docs/a/b']);
});

test('the last line that matches decides', () => {
  assert.equal(ignores('*\n!src\n!go.*\nsrc/*.tmp', 'a', 'src/main.go', 'src/x.tmp', 'go.mod'), ['a', 'src/x.tmp']);
});

test('comments, blank lines, slashes and line endings mean nothing', () => {
  assert.equal(ignores('# a\r\n\r\n/build/\r\n  ./tmp  \r\n', 'build/x', 'tmp', '# a', 'other'), ['build/x', 'tmp']);
});

test('classes, question marks and escapes', () => {
  assert.equal(ignores('[ab]?.txt\n\\*', 'a1.txt', 'c1.txt', '*', 'x'), ['a1.txt', '*']);
});

test('an empty file, a lone star and a lone exclamation mark', () => {
  assert.equal(ignores('', 'a'), []);
  assert.equal(ignores('!', 'a'), []);
  assert.equal(ignores('*', 'a', '.hidden'), ['a', '.hidden']);
});
