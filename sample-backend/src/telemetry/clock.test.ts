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

test('it is never behind the wall clock, which cuts off what is behind the point', () => {
  check(
    [
      { wall: 1_000_001, monotonic: 50.5 },
      { wall: 1_000_001, monotonic: 50.75 },
    ],
    [1_000_001, 1_000_001.25],
  );
});

test('a wall clock that is set back is followed', () => {
  check([{ wall: 900_000, monotonic: 51 }], [900_000]);
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
