import { expect, test } from 'vitest';
import { toAgoText, toDurationText, toSpokenDuration } from './duration.ts';

function check(text: string, expected: string): void {
  expect(text).toBe(expected);
}

test('a duration has three digits at most, and its unit', () => {
  check(toDurationText(0), '0 µs');
  check(toDurationText(340_000), '340 µs');
  check(toDurationText(1_234_567), '1.23 ms');
  check(toDurationText(34_000_000), '34 ms');
  check(toDurationText(345_600_000), '346 ms');
  check(toDurationText(1_250_000_000), '1.25 s');
  check(toDurationText(59_400_000_000), '59.4 s');
  check(toDurationText(125_000_000_000), '2 min 5 s');
  check(toDurationText(3_780_000_000_000), '1 h 3 min');
});

test('rounding never shows sixty seconds or a thousand milliseconds', () => {
  check(toDurationText(999_600), '1 ms');
  check(toDurationText(999_600_000), '1 s');
  check(toDurationText(59_960_000_000), '1 min');
  check(toDurationText(3_599_700_000_000), '1 h');
});

test('a clock that ran backwards gives a negative duration, not nonsense', () => {
  check(toDurationText(-34_000_000), '-34 ms');
});

test('a screen reader gets whole words', () => {
  check(toSpokenDuration(34_000_000), '34 milliseconds');
  check(toSpokenDuration(1_250_000_000), '1.25 seconds');
});

test('an age is one number and one unit', () => {
  const now = 1_000_000_000;
  check(toAgoText(now - 1999, now), 'now');
  check(toAgoText(now - 12_000, now), '12 s ago');
  check(toAgoText(now - 185_000, now), '3 min ago');
  check(toAgoText(now - 7_300_000, now), '2 h ago');
  check(toAgoText(now - 4 * 86_400_000, now), '4 d ago');
  check(toAgoText(now + 5000, now), 'now');
});
