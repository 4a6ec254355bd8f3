import { expect, test } from 'vitest';
import { PreciseClock } from './clock.ts';

/** The times that the clock tells while the two clocks below it go on as given, in milliseconds. */
function check(
  steps: readonly { readonly wall: number; readonly monotonic: number }[],
  expected: readonly number[],
): void {
  let step = { wall: 1_000_000, monotonic: 50 };
  const clock = new PreciseClock(
    () => step.wall,
    () => step.monotonic,
  );
  const told = steps.map((next) => {
    step = next;
    return clock.now();
  });
  expect(told).toEqual(expected);
}

test('it is finer than the wall clock', () => {
  check(
    [
      { wall: 1_000_000, monotonic: 50.25 },
      { wall: 1_000_001, monotonic: 51.5 },
    ],
    [1_000_000.25, 1_000_001.5],
  );
});

test('after a sleep, when the monotonic clock stood still, it follows the wall clock and is fine again', () => {
  check(
    [
      { wall: 4_600_000, monotonic: 51 },
      { wall: 4_600_001, monotonic: 52.5 },
    ],
    [4_600_000, 4_600_001.5],
  );
});
