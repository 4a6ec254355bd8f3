import { expect, test } from 'vitest';
import { median, percentile, spread } from './statistics.ts';

function check(values: readonly number[], expected: string): void {
  const text = `median ${median(values)}, p50 ${percentile(values, 0.5)}, p95 ${percentile(values, 0.95)}, p99 ${percentile(values, 0.99)}`;
  expect(`${text}, spread ${spread(values).toFixed(2)}`).toBe(expected);
}

test('one value is every statistic', () => {
  check([7], 'median 7, p50 7, p95 7, p99 7, spread 0.00');
});

test('the order of the values does not matter, and ten is more than nine', () => {
  check([10, 9, 2], 'median 9, p50 9, p95 10, p99 10, spread 0.78');
});

test('the median of an even number lies between, a percentile is a value that was seen', () => {
  check([1, 2, 3, 10], 'median 2.5, p50 2, p95 10, p99 10, spread 3.00');
});

test('of a hundred values, the 95th and the 99th', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  check(values, 'median 50.5, p50 50, p95 95, p99 99, spread 0.98');
});

test('no values are refused', () => {
  expect(() => median([])).toThrow('No values');
});
