import { type Box, squarify } from '../../../src/formatters/verification/treemap.ts';
import { assert, suite } from '../../runner/suite.ts';

const test = suite('treemap');
const frame: Box = { x: 10, y: 20, width: 600, height: 400 };
const area = ({ width, height }: Box) => width * height;

function check(values: readonly number[]): Box[] {
  const boxes = squarify(values, frame);
  assert.is(boxes.length, values.length);
  const total = values.reduce((sum, value) => sum + value, 0);
  for (const [index, box] of boxes.entries()) {
    for (const value of Object.values(box)) assert.ok(Number.isFinite(value) && value >= 0);
    assert.ok(box.x >= 10 - 1e-6 && box.x + box.width <= 610 + 1e-6);
    assert.ok(box.y >= 20 - 1e-6 && box.y + box.height <= 420 + 1e-6);
    if (total > 0) assert.ok(Math.abs(area(box) - (values[index]! / total) * area(frame)) < 1e-3);
  }
  return boxes;
}

test('areas are in proportion and lie within the frame', () => {
  check([]);
  check([5]);
  check([0, 0]);
  check([6, 6, 4, 3, 2, 2, 1]);
  check([1e9, 5, 1, 0, 0]);
  check(Array.from({ length: 10_000 }, (_, index) => 10_000 - index));
});

test('is as in the paper', () => {
  const boxes = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
  const shown = boxes.map(({ x, y, width, height }) => [x, y, width, height].map((value) => Number(value.toFixed(2))));
  assert.equal(shown.slice(0, 4), [
    [0, 0, 3, 2],
    [0, 2, 3, 2],
    [3, 0, 1.71, 2.33],
    [4.71, 0, 1.29, 2.33],
  ]);
});

test('rectangles do not overlap', () => {
  const boxes = check([50, 30, 20, 10, 5, 5, 3, 2, 1]);
  for (const [index, one] of boxes.entries()) {
    for (const two of boxes.slice(index + 1)) {
      const wide = Math.min(one.x + one.width, two.x + two.width) - Math.max(one.x, two.x);
      const high = Math.min(one.y + one.height, two.y + two.height) - Math.max(one.y, two.y);
      assert.ok(wide < 1e-6 || high < 1e-6);
    }
  }
});
