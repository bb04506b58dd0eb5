import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { withSession } from '../../src/commands/building.ts';
import { isUsageError, type World } from '../../src/commands/command.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('commands that build');

const warned: string[] = [];
const world = {
  env: {},
  printAside: () => {},
  terminalWidth: () => undefined,
  warn: (text: string) => warned.push(text),
} as unknown as World;

test('a full disk is told in one line', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  const work = withSession(world, true, () => Promise.reject(full));
  await assert.rejects(
    () => work,
    (error) => isUsageError(error) && error.message === `${tmpdir()}: no space left on the disk`,
  );
});

test('so is a folder of temporary files that is gone', async () => {
  let path = '';
  const work = withSession(world, true, async ({ session }) => {
    path = `${await session.makeFolder()}/gone/file`;
    await writeFile(path, '');
  });
  await assert.rejects(
    () => work,
    (error) => (error as Error).message === `${path}: no such file or folder`,
  );
});

test('our own mistakes stay loud', async () => {
  await assert.rejects(() => withSession(world, true, () => Promise.reject(new TypeError('x'))), /^x$/);
  assert.equal(warned, []);
});
