import { expect, test } from 'vitest';
import { epochNanos } from '../model/units.ts';
import { countsOver, sparkline } from './sparkline.ts';

function check(counts: readonly number[], expected: string): void {
  expect(sparkline(counts)).toBe(expected);
}

test('the greatest is a full block, and only zero is the lowest', () => {
  check([0, 1, 2, 3, 4, 5, 6, 7], '▁▂▃▄▅▆▇█');
  check([1000, 1, 0], '█▂▁');
  check([3, 3], '██');
});

test('nothing at all is flat', () => {
  check([], '');
  check([0, 0, 0], '▁▁▁');
  check([Number.NaN, -1, 0], '▁▁▁');
  check([Number.POSITIVE_INFINITY, 5], '█▂');
});

test('times are counted by parts of the span, both its ends included', () => {
  const times = [99, 100, 149, 150, 199, 200, 201].map((time) => epochNanos(BigInt(time)));
  expect(countsOver(times, epochNanos(200n), 100n, 2)).toEqual([2, 3]);
});
