import { expect, test } from 'vitest';
import type { HistogramBar } from '../../contracts/serviceMap.ts';
import { columnsOf } from './histogram.ts';

/** Compares the columns with something in them, as `from-to ms: count`. */
function check(bars: readonly HistogramBar[], expected: readonly string[]): void {
  const filled = columnsOf(bars).filter(({ count }) => count > 0);
  expect(filled.map(({ from, to, count }) => `${millis(from)}-${millis(to)} ms: ${count}`)).toEqual(expected);
}

test('requests stand in columns of the same width, the slowest in the last', () => {
  check(
    [
      { value: 0.01, count: 5 },
      { value: 0.015, count: 2 },
      { value: 0.24, count: 1 },
    ],
    ['10-20 ms: 7', '230-240 ms: 1'],
  );
});

test('without a time there is nothing to draw', () => {
  check([], []);
  check([{ value: 0, count: 3 }], []);
});

function millis(seconds: number): number {
  return Math.round(seconds * 1000);
}
