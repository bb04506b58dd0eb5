import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileIndex, readFilesystem, readTar } from '../../src/image/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { inPieces, makeFiles, makeTar } from './make.ts';

const test = suite('image files');

const paths = (files: FileIndex) => [...files.entries()].map(({ path }) => path).sort();

test('reads paths, modes, owners, links and sizes', async () => {
  const files = await makeFiles({
    'usr/': { mode: 0o755 },
    'usr/bin/tool': { content: 'x'.repeat(700), mode: 0o4755, uid: 5, gid: 6 },
    'usr/bin/again': { linkOf: 'usr/bin/tool', mode: 0o4755 },
    bin: { target: 'usr/bin' },
    'tmp/': { mode: 0o1777 },
  });
  assert.equal(paths(files), ['/', '/bin', '/tmp', '/usr', '/usr/bin', '/usr/bin/again', '/usr/bin/tool']);
  const tool = files.get('/usr/bin/tool');
  assert.equal([tool?.mode, tool?.uid, tool?.gid, tool?.size], [0o4755, 5, 6, 700]);
  assert.equal(
    [files.get('/usr/bin/again')?.digest, files.get('/usr/bin/again')?.linkOf],
    [tool?.digest, '/usr/bin/tool'],
  );
  assert.is(files.get('/tmp')?.mode, 0o1777);
  assert.is(files.get('/bin')?.target, 'usr/bin');
  assert.is(files.resolve('/bin/tool')?.path, '/usr/bin/tool');
  assert.is(files.bytes, 700);
  assert.equal(files.list('/bin'), ['again', 'tool']);
});

test('follows symlinks inside the root as the kernel does', async () => {
  const files = await makeFiles({
    'a/b/file': 'x',
    'a/up': { target: '../../../a/b' },
    absolute: { target: '/a/up/file' },
    'a/b/chain': { target: '../../absolute' },
    loop: { target: 'pool' },
    pool: { target: 'loop' },
    self: { target: 'self/x' },
    dangling: { target: '/nowhere' },
    dots: { target: './a/./b/../b/file' },
  });
  assert.is(files.resolve('/absolute')?.path, '/a/b/file');
  assert.is(files.resolve('/a/up/chain')?.path, '/a/b/file');
  assert.is(files.resolve('/dots')?.path, '/a/b/file');
  assert.is(files.resolve('/../../a/b')?.path, '/a/b');
  assert.is(files.resolve('/')?.path, '/');
  assert.is(files.follow('/loop'), 'loop');
  assert.is(files.follow('/self'), 'loop');
  assert.is(files.follow('/dangling'), 'missing');
  assert.is(files.follow('/a/b/file/x'), 'not a directory');
  assert.is(files.follow('/a/b/file/..'), 'not a directory');
});

test('reads what GNU tar writes: long names, links, sparse files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tar-'));
  try {
    const long = 'n'.repeat(120);
    mkdirSync(join(folder, long, long), { recursive: true });
    writeFileSync(join(folder, long, long, 'file'), 'x');
    symlinkSync(`${long}/${long}/file`, join(folder, 'link'));
    linkSync(join(folder, long, long, 'file'), join(folder, 'hard'));
    execFileSync('truncate', ['-s', '3M', join(folder, 'sparse')]);
    for (const format of ['gnu', 'pax']) {
      const args = [`--format=${format}`, '--sparse', '-C', folder, '-c', '.'];
      const tar = execFileSync('tar', args, { maxBuffer: 1e8 });
      const files = await readFilesystem(inPieces(tar));
      assert.is(files.get(`/${long}/${long}/file`)?.digest, files.get('/hard')?.digest, format);
      assert.is(files.resolve('/link')?.path, `/${long}/${long}/file`);
      if (format !== 'gnu') assert.is(files.get('/sparse')?.size, 3 * 1024 * 1024, format);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('says when an archive is cut short or none', async () => {
  const tar = await makeTar({ a: 'x'.repeat(5000), b: 'y' });
  await assert.rejects(() => readFilesystem(inPieces(tar.subarray(0, 2000))), /./);
  await assert.rejects(() => readFilesystem(inPieces(tar.subarray(0, -1024))), /^The archive is cut short$/);
  await assert.rejects(() => readFilesystem(inPieces(Buffer.alloc(0))), /^The archive is cut short$/);
  await assert.rejects(() => readFilesystem(inPieces(Buffer.from('no tar archive '.repeat(100)))), /./);
});

test('an entry cannot leave the root', async () => {
  const files = await makeFiles({ '../../etc/passwd': 'root:x:0:0::/:\n', './a//b/../c': 'x' });
  assert.equal(paths(files), ['/', '/a', '/a/c', '/etc', '/etc/passwd']);
});

test('keeps the content that checks ask for, and no other', async () => {
  const files = await makeFiles({
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
    'etc/other': 'x',
    'run.sh': '#!/bin/sh\necho hello\n',
    'windows.sh': '#!/bin/sh\r\n',
    'large.py': `#!/usr/bin/env python3\n${'#'.repeat(300_000)}`,
    script: 'echo no interpreter\n',
  });
  assert.is(files.text('/etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  assert.is(files.text('/etc/other'), undefined);
  assert.is(files.text('/run.sh'), '#!/bin/sh\necho hello\n');
  assert.equal(
    ['/run.sh', '/windows.sh', '/large.py', '/script'].map((path) => files.get(path)?.shebang),
    ['/bin/sh', '/bin/sh\r', '/usr/bin/env python3', undefined],
  );
  assert.is(files.text('/large.py'), undefined);
});

test('leaves out what the engine puts into every container', async () => {
  const files = await makeFiles({ '.dockerenv': '', 'etc/hosts': '', 'dev/console': '', 'etc/hostname': 'kept' });
  assert.equal(paths(files), ['/', '/etc', '/etc/hostname']);
});

test('reads file capabilities', async () => {
  const capability = '\u0001\u0000\u0000\u0002\u0000\u0004';
  const files = await makeFiles({ ping: { content: 'x', pax: { 'SCHILY.xattr.security.capability': capability } } });
  assert.is(files.get('/ping')?.capability, capability);
});

test('an archive can be read entry by entry with bodies left alone', async () => {
  const names: string[] = [];
  for await (const { path } of readTar(inPieces(await makeTar({ a: 'x'.repeat(9000), b: 'y', 'c/': {} }))))
    names.push(path);
  assert.equal(names, ['/a', '/b', '/c']);
});
