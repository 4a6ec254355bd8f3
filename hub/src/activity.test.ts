import { expect, test } from 'vitest';
import { Activity, watchIdleness } from './activity.ts';

/** Runs an activity on a clock of its own and compares the idle time after each step. */
function check(steps: (activity: Activity, wait: (millis: number) => void) => void, expected: number): void {
  let now = 1_000;
  const activity = new Activity(() => now);
  steps(activity, (millis) => (now += millis));
  expect(activity.idleMillis()).toBe(expected);
}

test('idle time counts from the last use', () => {
  check((activity, wait) => {
    wait(10);
    activity.touch();
    wait(5);
  }, 5);
});

test('nobody is idle while a window is open', () => {
  check((activity, wait) => {
    activity.hold();
    wait(100);
  }, 0);
});

test('after the last window has gone, idle time counts from then, however often it says so', () => {
  check((activity, wait) => {
    const first = activity.hold();
    const second = activity.hold();
    wait(100);
    first();
    first();
    wait(50);
    second();
    wait(7);
  }, 7);
});

test('a datagram counts as use when it is noticed', () => {
  let received = 0;
  check((activity, wait) => {
    activity.watch(() => received);
    wait(30);
    received += 1;
    activity.idleMillis();
    wait(3);
  }, 3);
});

test('the watch calls once the idle time is over, and not before', async () => {
  const activity = new Activity();
  const started = performance.now();
  await new Promise<void>((resolve) => {
    watchIdleness(activity, 20, resolve);
    activity.touch();
  });
  // Timers may fire a millisecond early.
  expect(performance.now() - started).toBeGreaterThanOrEqual(19);
});
