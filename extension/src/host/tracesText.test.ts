import { expect, test } from 'vitest';
import { epochMillisOf, toCountText, toLocalTimeText } from './tracesText.ts';

function check(text: string, expected: string): void {
  expect(text).toBe(expected);
}

test('a time is local and has its date', () => {
  check(toLocalTimeText(new Date(2026, 10, 3, 4, 5, 6, 7).getTime()), '2026-11-03 04:05:06.007');
});

test('the nanoseconds of the wire become milliseconds', () => {
  check(String(epochMillisOf('1795392187120999999')), '1795392187120');
  check(String(epochMillisOf('soon')), '0');
});

test('a count agrees with its noun', () => {
  check(toCountText(1, 'error'), '1 error');
  check(toCountText(1204, 'trace'), '1,204 traces');
});
