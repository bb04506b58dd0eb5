import { Memo } from '../../src/lint/facts/memo.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('memo');

test('remembers by object, also that there is nothing', () => {
  const [first, second] = [new Memo<object, number | undefined>(), new Memo<object, number>()];
  const key = {};
  assert.equal([first.has(key), first.get(key)], [false, undefined]);
  first.set(key, undefined);
  second.set(key, 2);
  second.set(key, 3);
  assert.equal([first.has(key), first.get(key), second.get(key)], [true, undefined, 3]);
  assert.equal([first.has({}), second.get({})], [false, undefined]);
});

test('leaves the object and its copies as they are', () => {
  const memo = new Memo<object, number>();
  const key = { a: 1 };
  memo.set(key, 1);
  assert.equal(memo.has({ ...key }), false);
  assert.equal(Reflect.ownKeys({ ...key }), ['a']);
});
