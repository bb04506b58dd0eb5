import { setTimeout } from 'node:timers/promises';
import { Progress } from '../../src/commands/progress.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('progress');

function watch(width: number | undefined) {
  const written: string[] = [];
  const progress = new Progress({ printAside: (text) => written.push(text), terminalWidth: () => width });
  return { written, progress };
}

test('elsewhere than on a terminal: a line a step, none twice, and what matters', () => {
  const { written, progress } = watch(undefined);
  progress.step('Building a');
  progress.detail('log');
  progress.detail('RUN make\x1b', true);
  progress.step('Building b');
  progress.step('Building a');
  progress.end();
  assert.is(written.join(''), 'Building a\n  RUN make\\x1b\nBuilding b\n');
});

test('on a terminal: one line that fits and goes', async () => {
  const { written, progress } = watch(40);
  progress.step('Building a');
  for (let line = 0; line < 1000; line += 1) progress.detail(`line ${line} ${'x'.repeat(100)}`);
  await setTimeout(150);
  progress.end();
  progress.end();
  const lines = written.join('').split('\r\x1b[2K');
  assert.equal(lines.slice(0, 2), ['', '0 s  Building a']);
  assert.match(lines[2]!, /^0 s {2}Building a: line 999 x+…$/);
  assert.is(lines[2]!.length, 39);
  assert.equal(lines.slice(3), ['']);
});

test('the seconds go on while nothing is said', async () => {
  const { written, progress } = watch(40);
  progress.step('Building');
  await setTimeout(1200);
  progress.end();
  assert.match(written.join(''), /1 s {2}Building/);
});
