import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileEntry, FileIndex } from '../../src/image/index.ts';
import { BaseStore, baseFiles } from '../../src/verify/bases.ts';
import { layFiles } from '../../src/verify/inspect.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('verify bases');

const entry = (path: string, fields: Partial<FileEntry> = {}): FileEntry => ({
  ...{ path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: 3, mtime: 5, digest: 'a' },
  ...fields,
});
const id = `sha256:${'0123456789abcdef'.repeat(4)}`;

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bases-'));
  try {
    await run(join(folder, 'bases'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('what is touched is not the base’s any more', () => {
  const base = baseFiles(new FileIndex(['/a', '/b', '/c', '/d', '/e', '/f'].map((path) => entry(path))));
  const now = [
    entry('/a'),
    entry('/b', { digest: 'b' }),
    entry('/c', { mode: 0o755 }),
    entry('/d', { uid: 1 }),
    entry('/e', { mtime: 6 }),
    entry('/f', { type: 'symlink', target: 'a' }),
    entry('/g'),
  ];
  const own = [...layFiles(new FileIndex(now), base).entries()].filter(({ layer }) => layer === 1);
  assert.equal(own.map(({ path }) => path).sort(), ['/b', '/c', '/d', '/e', '/f', '/g']);
});

test('what a base image consists of is remembered', async () => {
  await withFolder(async (folder) => {
    const files = baseFiles(new FileIndex([entry('/a'), entry('/with\nline'), entry('/ü')]));
    const store = new BaseStore(folder);
    assert.is(await store.get(id), undefined);
    await store.put(id, files);
    assert.equal(await new BaseStore(folder).get(id), files);
    assert.is(readdirSync(folder).length, 1);
    assert.is(await store.get(id.replace('0', '1')), undefined);
  });
});

test('a damaged or foreign file is no memory', async () => {
  await withFolder(async (folder) => {
    const store = new BaseStore(folder);
    await store.put(id, baseFiles(new FileIndex([entry('/a')])));
    const file = join(folder, readdirSync(folder)[0] as string);
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, whole.length - 12));
    assert.is(await store.get(id), undefined);
    const other = id.replace('0', '1');
    writeFileSync(join(folder, other.slice(7)), whole);
    assert.is(await store.get(other), undefined);
  });
});

test('only so many are kept, and a folder that cannot be written is none', async () => {
  await withFolder(async (folder) => {
    const store = new BaseStore(folder);
    const files = baseFiles(new FileIndex([entry('/a')]));
    for (let number = 0; number < 45; number += 1) await store.put(`sha256:${String(number).padStart(64, '0')}`, files);
    assert.is(readdirSync(folder).length, 40);
    const none = new BaseStore(join(folder, readdirSync(folder)[0] as string));
    await none.put(id, files);
    assert.is(await none.get(id), undefined);
  });
});
