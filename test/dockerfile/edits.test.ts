import { applyEdits, editsOverlap } from '../../src/dockerfile/index.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('edits');

test('are applied by place, in whatever order they come', () => {
  const edits = [
    { start: 4, end: 5, text: 'X' },
    { start: 0, end: 0, text: '>' },
    { start: 6, end: 6, text: '<' },
  ];
  assert.is(applyEdits('abcdef', edits), '>abcdXf<');
});

test('that overlap or leave the text are refused', () => {
  assert.throws(
    () =>
      applyEdits('abc', [
        { start: 0, end: 2, text: '' },
        { start: 1, end: 3, text: '' },
      ]),
    /overlaps/,
  );
  assert.throws(() => applyEdits('abc', [{ start: 2, end: 4, text: '' }]), /outside/);
});

test('two insertions at one place overlap, neighbours do not', () => {
  const at = (start: number, end: number) => ({ start, end, text: '' });
  assert.ok(editsOverlap(at(2, 2), at(2, 2)));
  assert.ok(editsOverlap(at(1, 3), at(2, 2)));
  assert.not(editsOverlap(at(1, 2), at(2, 3)));
});
