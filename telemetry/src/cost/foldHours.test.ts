import { expect, test } from 'vitest';
import { foldHours } from './foldHours.ts';
import { hourOf } from './usage.ts';

const now = Date.UTC(2026, 10, 16);

/** Hours as `ISO hour: usage kept`. */
function check(
  hours: readonly [iso: string, traces: number, kept?: Record<string, number>][],
  expected: string[],
): void {
  const given = hours.map(([iso, traces, kept]) => ({
    hour: hourOf(Date.parse(iso)),
    usage: { traces },
    ...(kept !== undefined && { kept }),
  }));
  const folded = foldHours(given, now);
  expect(
    folded.map(({ hour, usage, kept }) =>
      `${new Date(hour * 3_600_000).toISOString().slice(0, 13)}: ${JSON.stringify(usage)} ${JSON.stringify(kept) ?? ''}`.trim(),
    ),
  ).toEqual(expected);
  expect(foldHours(folded, now)).toEqual(folded);
}

test('hours of this month stay as they are', () => {
  check([['2026-11-01T00:00Z', 1, { never: 5 }]], ['2026-11-01T00: {"traces":1} {"never":5}']);
});

test('older hours go, but for what is still stored: by the day, or by the month', () => {
  check(
    [
      ['2026-10-30T03:00Z', 1, { 7: 1, never: 10, 1: 100 }],
      ['2026-10-30T09:00Z', 1, { 7: 2, 90: 1_000 }],
      ['2026-02-03T00:00Z', 1, { never: 20, 90: 5, 365: 7 }],
    ],
    ['2026-10-30T00: {} {"7":3}', '2026-10-01T00: {} {"90":1000,"never":10}', '2026-02-01T00: {} {"365":7,"never":20}'],
  );
});

test('early in a month the last week of the month before stays, for the forecast', () => {
  const first = Date.UTC(2026, 11, 1, 12);
  const hours = [{ hour: hourOf(Date.UTC(2026, 10, 25)), usage: { traces: 3 } }];
  expect(foldHours(hours, first)).toEqual(hours);
  expect(foldHours(hours, first + 7 * 24 * 3_600_000)).toEqual([]);
});
