import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readContent } from '../../src/image/index.ts';
import { assert, suite } from '../runner/suite.ts';
import { findTool } from './make.ts';

const test = suite('image content');

async function* pieces(bytes: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const read = (bytes: Buffer, options = {}) => readContent('/a', bytes.length, pieces(bytes), options);

test('the same digest however a file comes', async () => {
  const bytes = Buffer.alloc(200_000, 'abc');
  const digests = await Promise.all(
    [1, 4096, 65_536, 1_000_000].map((size) => readContent('/a', bytes.length, pieces(bytes, size))),
  );
  assert.is(new Set(digests.map(({ digest }) => digest)).size, 1);
  assert.ok((await read(Buffer.from('x'))).digest !== (await read(Buffer.alloc(0))).digest);
});

test('keeps and samples what is asked for', async () => {
  const bytes = Buffer.from('0123456789');
  assert.equal((await read(bytes, { keep: () => true })).bytes, bytes);
  assert.is((await read(bytes)).bytes, undefined);
  assert.is((await read(bytes, { sample: () => 4 })).sample?.toString(), '0123');
});

test('a program without code has no digest of code, so that two of them are not the same', async () => {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  assert.is((await read(header)).codeDigest, undefined);
});

if (findTool('jar') === undefined && findTool('zip') === undefined)
  test.skip('archives made at other times', 'zip and jar not found');
else {
  test('archives made at other times hold the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zip-'));
    const pack = (name: string, text: string, time: number) => {
      mkdirSync(join(folder, 'in'), { recursive: true });
      writeFileSync(join(folder, 'in/file.txt'), text);
      utimesSync(join(folder, 'in/file.txt'), time, time);
      const [tool, ...args] = findTool('zip') ? ['zip', '-qr', `../${name}`, '.'] : ['jar', 'cfM', `../${name}`, '.'];
      execFileSync(tool as string, args, { cwd: join(folder, 'in') });
      return readFileSync(join(folder, name));
    };
    try {
      const [one, two, other] = [pack('1.zip', 'x', 1e9), pack('2.zip', 'x', 1.5e9), pack('3.zip', 'y', 1e9)];
      const [a, b, c] = await Promise.all([one!, two!, other!].map((bytes) => read(bytes)));
      assert.ok(a?.digest !== b?.digest);
      assert.ok(a?.archiveDigest !== undefined && a.archiveDigest === b?.archiveDigest);
      assert.ok(a?.archiveDigest !== c?.archiveDigest);
      for (let length = 0; length < one!.length; length += 7) await read(one!.subarray(0, length));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
