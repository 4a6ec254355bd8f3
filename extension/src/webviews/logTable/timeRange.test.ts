import { expect, test } from 'vitest';
import { timeRangeOf, type TimeRange, type TimeRangeKey } from './timeRange.ts';

const now = new Date(2026, 10, 23, 14).getTime();

function check(key: TimeRangeKey, expected: TimeRange, custom = { from: '', to: '' }): void {
  expect(timeRangeOf(key, now, custom)).toEqual(expected);
}

test('all time is open at both ends, and the last minutes at the newer one', () => {
  check('all', {});
  check('15m', { from: `${now - 900_000}000000` });
});

test('ends of one’s own are local times, and the last second is included', () => {
  const custom = { from: '2026-11-23T13:00:00', to: '2026-11-23T14:00:00' };
  check('custom', { from: `${now - 3_600_000}000000`, to: `${now + 999}000000` }, custom);
});

test('an end that is not filled in is open', () => {
  check('custom', {});
});
