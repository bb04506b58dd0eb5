import {
  computeSaving,
  countOutcomes,
  figureRows,
  findTroubles,
  showCount,
  showCreatedBy,
  showSeconds,
  showSize,
} from '../../../src/formatters/verification/figures.ts';
import { assert, suite } from '../../runner/suite.ts';
import { bad, empty, good, unbuilt } from './reports.ts';

const test = suite('figures of a verification');

test('sizes are shown as docker images shows them', () => {
  const shown: [number, string][] = [
    [0, '0B'],
    [999, '999B'],
    [1000, '1kB'],
    [1234, '1.23kB'],
    [999_499, '999kB'],
    [999_999, '1MB'],
    [9_668_398, '9.67MB'],
    [784_044_505, '784MB'],
    [1_310_470_000, '1.31GB'],
    [-1500, '-1.5kB'],
  ];
  for (const [bytes, text] of shown) assert.is(showSize(bytes), text);
  assert.is(showSize(undefined), '–');
});

test('counts and seconds', () => {
  assert.equal([0, 999, 1000, 1_234_567].map(showCount), ['0', '999', '1,000', '1,234,567']);
  assert.equal([0.04, 9.94, 9.96, 119.4, 200.2].map(showSeconds), ['0.0 s', '9.9 s', '10 s', '119 s', '3 min 20 s']);
});

test('savings never claim more than they are', () => {
  const saving = (before: number, after: number) => {
    const { percent, ratio } = computeSaving({
      ...good,
      before: { ...good.before, bytes: before },
      after: { ...good.after, bytes: after },
    })!;
    return `${percent}, ${ratio}`;
  };
  assert.is(saving(784_044_505, 1_819_284), '99.8 %, 431 times smaller');
  assert.is(saving(1_000_000, 10), '100.00 %, 100,000 times smaller');
  assert.is(saving(100, 0), '100.0 %, 100 times smaller');
  assert.is(saving(100, 100), '0.0 %, as large');
  assert.is(saving(100, 150), '-50.0 %, 1.5 times larger');
  assert.is(saving(0, 0), '0.0 %, as large');
});

test('the steps of a history are named in the words of a Dockerfile', () => {
  const shown = good.before.layers.map(showCreatedBy);
  assert.equal(shown, ['–', 'WORKDIR /src', 'RUN go build -o /app .']);
  const classic = { createdBy: '/bin/sh -c make   all', bytes: 1, wasted: 0, base: false };
  assert.is(showCreatedBy(classic), 'RUN make all');
});

test('what is not known has no difference', () => {
  const rows = figureRows(unbuilt('network'));
  assert.equal(
    rows.find(({ name }) => name === 'Size'),
    { name: 'Size', before: '784MB', after: '–', saved: '' },
  );
  assert.equal(rows.find(({ name }) => name === 'Build')?.after, 'failed');
});

test('outcomes are counted, the worst first', () => {
  assert.is(countOutcomes(bad.checks), '1 worse, 1 unknown, 1 changed, 3 same');
  assert.is(countOutcomes(empty.checks), '');
});

test('failures of builds are told apart', () => {
  const causes = ['dockerfile', 'engine-too-old', 'base-unavailable', 'network', 'disk-full', 'timeout', 'engine-gone'];
  const titles = causes.map((cause) => findTroubles(unbuilt(cause))[0]?.title);
  assert.is(new Set(titles).size, causes.length);
  assert.equal(findTroubles(unbuilt('interrupted')), []);
  assert.equal(findTroubles(good), []);
});
