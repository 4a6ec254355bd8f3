import type { TraceRow } from '@sightline/hub/client/api';
import { expect, test } from 'vitest';
import { activityOf } from './activity.ts';

const now = new Date('2026-11-23T09:00:00Z');

/** Traces by their age in seconds and status, counted among at most `limit`. */
function check(
  traces: readonly [ageSeconds: number, status: TraceRow['status']][],
  limit: number,
  expected: string,
): void {
  const rows = traces.map(
    ([age, status]) => ({ status, startTime: String(BigInt(now.getTime() - age * 1000) * 1_000_000n) }) as TraceRow,
  );
  const { tracesPerMinute, isMore, recentErrors } = activityOf(rows, limit, now);
  expect(`${tracesPerMinute}${isMore ? '+' : ''}/min, ${recentErrors} errors`).toBe(expected);
}

test('the rate counts the last minute, the errors the last five', () => {
  check(
    [
      [1, 'ok'],
      [59, 'fault'],
      [61, 'error'],
      [299, 'throttled'],
      [301, 'fault'],
    ],
    100,
    '2/min, 3 errors',
  );
});

test('a rate over what was looked at is said to be more', () => {
  check(
    [
      [1, 'ok'],
      [2, 'ok'],
    ],
    2,
    '2+/min, 0 errors',
  );
});

test('nothing is nothing', () => {
  check([], 100, '0/min, 0 errors');
});
