import { readFilesystem } from '../../src/image/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { makeTar } from './make.ts';

const test = suite('image memory', { timeout: 120_000 });

const megabyte = 1024 * 1024;

/** A tar archive of about 1 GB: 100 large files, one of them a program of 200 MB, and 20,000 small ones. */
async function* largeArchive(): AsyncGenerator<Buffer> {
  const header = async (name: string, size: number) => {
    const tar = await makeTar({ [name]: { content: '' } });
    const bytes = Buffer.from(tar.subarray(0, 512));
    bytes.write(`${size.toString(8).padStart(11, '0')} `, 124);
    bytes.write('        ', 148);
    const sum = bytes.reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return bytes;
  };
  const block = Buffer.alloc(megabyte, 'a');
  for (let i = 0; i < 99; i++) {
    yield await header(`large/${i}`, 8 * megabyte);
    for (let j = 0; j < 8; j++) yield block;
  }
  yield await header('large/program', 200 * megabyte);
  const start = Buffer.from(block);
  start.write('\x7fELF\x02\x01\x01', 'latin1');
  yield start;
  for (let j = 1; j < 200; j++) yield block;
  for (let i = 0; i < 20; i++) {
    const tree = Object.fromEntries(
      Array.from({ length: 1000 }, (_, j) => [`small/${i}/some-folder-name/file-${j}`, 'x']),
    );
    const tar = await makeTar(tree);
    yield tar.subarray(0, tar.length - 1024);
  }
  yield Buffer.alloc(1024);
}

test('an image of 1 GB takes no more than 200 MB', async () => {
  const before = process.memoryUsage.rss();
  let peak = 0;
  const watched = async function* () {
    for await (const chunk of largeArchive()) {
      yield chunk;
      peak = Math.max(peak, process.memoryUsage.rss() - before);
    }
  };
  const files = await readFilesystem(watched());
  assert.is([...files.entries()].filter(({ type }) => type === 'file').length, 20_100);
  assert.ok(files.bytes > 950 * megabyte);
  assert.ok(peak < 200 * megabyte, `grew by ${Math.round(peak / megabyte)} MB`);
});
