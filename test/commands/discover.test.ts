import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { discoverFiles } from '../../src/commands/discover.ts';
import { isDockerfileName } from '../../src/commands/names.ts';
import { assert, suite } from '../runner/suite.ts';
import { dockerfileNames, otherNames } from './names.ts';
import { inFolder } from './run.ts';

const test = suite('discover');

async function find(files: readonly string[], paths = ['.'], prepare: (folder: string) => void = () => {}) {
  const contents = Object.fromEntries(files.map((file) => [file, 'FROM a\n']));
  return inFolder(contents, async (folder) => {
    prepare(folder);
    const { files: found, errors } = await discoverFiles(paths);
    return { found, errors: errors.map(({ path, message }) => `${path}: ${message}`) };
  });
}

test('knows Dockerfiles by name', () => {
  assert.equal(dockerfileNames.filter(isDockerfileName), dockerfileNames);
  assert.equal(otherNames.filter(isDockerfileName), []);
});

test('searches folders, files first, each in order', async () => {
  const files = [
    'b/Dockerfile',
    'Dockerfile.b',
    'Dockerfile.a',
    'a/x/Dockerfile',
    'readme',
    'a/Dockerfile',
    '.ci/Dockerfile',
  ];
  const found = ['Dockerfile.a', 'Dockerfile.b', '.ci/Dockerfile', 'a/Dockerfile', 'a/x/Dockerfile', 'b/Dockerfile'];
  assert.equal(await find(files), { found, errors: [] });
});

test('takes a file that is named, whatever its name, and each file once', async () => {
  const { found } = await find(
    ['build.txt', 'a/Dockerfile'],
    ['build.txt', './build.txt', 'a/Dockerfile', 'a', '.'],
    () => symlinkSync('Dockerfile', 'a/Dockerfile.link'),
  );
  assert.equal(found, ['build.txt', 'a/Dockerfile']);
});

test('leaves out vendored folders unless they are named', async () => {
  const files = ['node_modules/x/Dockerfile', 'vendor/Dockerfile', 'a/third_party/Dockerfile', 'Dockerfile'];
  assert.equal((await find(files)).found, ['Dockerfile']);
  assert.equal((await find(files, ['vendor'])).found, ['vendor/Dockerfile']);
});

test('a folder called Dockerfile is a folder', async () => {
  assert.equal((await find(['Dockerfile/Dockerfile'])).found, ['Dockerfile/Dockerfile']);
});

test('does not follow links to folders, so that it ends', async () => {
  const loop = () => symlinkSync('..', 'a/up');
  assert.equal(await find(['a/Dockerfile'], ['.'], loop), { found: ['a/Dockerfile'], errors: [] });
});

test('says what it cannot read, and leaves out pipes', async () => {
  const { found, errors } = await find(['Dockerfile'], ['.'], () => {
    symlinkSync('nothing', 'Dockerfile.gone');
    execFileSync('mkfifo', ['Dockerfile.pipe']);
  });
  assert.equal(found, ['Dockerfile']);
  assert.equal(errors, ['Dockerfile.gone: the symbolic link points to nothing']);
});

test('leaves out what git ignores, as git does', async () => {
  const files = {
    '.gitignore': '# comment\n/out/\n*.tmp.Dockerfile\nsecret*\n!secret-not/\n',
    'a/.gitignore': '!keep.tmp.Dockerfile\n/local/\nDockerfile.mine\n',
    Dockerfile: '',
    'out/Dockerfile': '',
    'x.tmp.Dockerfile': '',
    'a/keep.tmp.Dockerfile': '',
    'a/other.tmp.Dockerfile': '',
    'a/local/Dockerfile': '',
    'a/out/Dockerfile': '',
    'a/b/Dockerfile.mine': '',
    'local/Dockerfile': '',
    'secret-x/Dockerfile': '',
    'secret-not/Dockerfile': '',
    'excluded/Dockerfile': '',
    '.git/info/exclude': 'excluded\n',
  };
  await inFolder(files, async (folder) => {
    execFileSync('git', ['init', '-q', '--template='], { cwd: folder });
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: folder, encoding: 'utf8' });
    const expected = listed.split('\n').filter((path) => isDockerfileName(path.split('/').at(-1)!));
    assert.is(expected.length, 5);
    assert.equal([...(await discoverFiles(['.'])).files].sort(), expected.sort());
    // From below, the patterns above still hold.
    assert.equal((await discoverFiles(['a'])).files, ['a/keep.tmp.Dockerfile', 'a/out/Dockerfile']);
    // A folder that is named is wanted.
    assert.equal((await discoverFiles(['out', 'a/local'])).files, ['out/Dockerfile', 'a/local/Dockerfile']);
  });
});

test('a search that finds nothing says so', async () => {
  assert.equal(await find(['a/readme'], ['.', 'a']), {
    found: [],
    errors: ['.: no Dockerfile in this folder', 'a: no Dockerfile in this folder'],
  });
});

test('a deep tree is no trouble', async () => {
  const deep = Array.from({ length: 300 }, () => 'd').join('/');
  const { found } = await find([], ['.'], () => {
    mkdirSync(deep, { recursive: true });
    symlinkSync('/dev/null', `${deep}/Dockerfile.null`);
  });
  assert.equal(found, []);
});
