import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { writeAtomically } from '../../src/commands/write.ts';
import { assert, suite } from '../runner/suite.ts';
import { inFolder } from './run.ts';

const source = fileURLToPath(new URL('../../src/commands/write.ts', import.meta.url));
const test = suite('write');

test('replaces the content and keeps mode and owner', async () => {
  await inFolder({ file: 'old' }, () => {
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync('file', 1234, 5678);
    chmodSync('file', 0o640);
    const before = statSync('file');
    writeAtomically('file', Buffer.from('new\0'));
    const after = statSync('file');
    assert.is(readFileSync('file', 'utf8'), 'new\0');
    assert.equal([after.mode, after.uid, after.gid], [before.mode, before.uid, before.gid]);
    assert.ok(after.ino !== before.ino);
  });
});

test('writes the target of a link, in its folder', async () => {
  await inFolder({ 'a/file': 'old', 'b/': '' }, () => {
    symlinkSync('../a/file', 'b/link');
    writeAtomically('b/link', Buffer.from('new'));
    assert.is(readFileSync('a/file', 'utf8'), 'new');
    assert.equal([readdirSync('a'), readdirSync('b')], [['file'], ['link']]);
  });
});

test('leaves the file and no other when it cannot be replaced', async () => {
  await inFolder({ 'folder/': '', file: 'old' }, () => {
    assert.throws(() => writeAtomically('folder', Buffer.from('x')), /not a regular file/);
    assert.throws(() => writeAtomically('missing', Buffer.from('x')), /ENOENT/);
    // Writing fails half-way: no number of bytes fits.
    assert.throws(() => writeAtomically('file', 5 as unknown as Buffer), /./);
    assert.is(readFileSync('file', 'utf8'), 'old');
    assert.equal(readdirSync('.').sort(), ['file', 'folder']);
  });
});

test('a folder that may not be written to loses nothing', async () => {
  await inFolder({ 'sealed/file': 'old' }, (folder) => {
    chmodSync(folder, 0o755);
    chmodSync('sealed/file', 0o666);
    chmodSync('sealed', 0o555);
    const code = `require(process.argv[1]).writeAtomically('sealed/file', Buffer.from('new'))`;
    // Root may write anywhere, so another account has to try.
    const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const script = join(folder, 'write.cjs');
    buildSync({ entryPoints: [source], outfile: script, bundle: true, platform: 'node', format: 'cjs' });
    const { status, stderr } = spawnSync(process.execPath, ['-e', code, script], {
      cwd: folder,
      encoding: 'utf8',
      ...account,
    });
    chmodSync('sealed', 0o755);
    assert.is(status, 1);
    assert.match(stderr, /EACCES/);
    assert.is(readFileSync('sealed/file', 'utf8'), 'old');
    assert.equal(readdirSync('sealed'), ['file']);
  });
});
