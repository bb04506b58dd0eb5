import { decodeSource, encodeSource, Source } from '../../src/dockerfile/index.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('source');

test('tells line and column from 1', () => {
  const source = new Source('f', 'ab\ncd\r\n\nx');
  assert.equal(source.position(0), { line: 1, column: 1 });
  assert.equal(source.position(2), { line: 1, column: 3 });
  assert.equal(source.position(3), { line: 2, column: 1 });
  assert.equal(source.position(7), { line: 3, column: 1 });
  assert.equal(source.position(9), { line: 4, column: 2 });
});

test('a byte order mark takes no column', () => {
  const source = new Source('f', '\uFEFFFROM a');
  assert.equal(source.position(1), { line: 1, column: 1 });
  assert.equal(source.position(0), { line: 1, column: 1 });
});

test('bytes come back as they were, whatever they are', () => {
  for (const bytes of [
    Buffer.from('FROM a\n'),
    Buffer.from([0xef, 0xbb, 0xbf, 0x46]),
    Buffer.from([0xff, 0xfe, 0x46, 0x00]),
    Buffer.from([0x46, 0xc3, 0x28, 0xe2, 0x82, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98, 0x80]),
    Buffer.from(Array.from({ length: 256 }, (_, index) => index)),
  ]) {
    assert.equal([...encodeSource(decodeSource('f', bytes))], [...bytes]);
  }
});

test('the end of a line leaves its line ending out', () => {
  const source = new Source('f', 'ab\r\ncd');
  assert.is(source.lineEnd(0), 2);
  assert.is(source.lineEnd(5), 6);
  assert.is(source.eol, '\r\n');
});
