import { expect, test } from 'vitest';
import { percentileOf, toNumberText, toRateText, toRequestsText, toTroubleTexts } from './figures.ts';

const none = { ok: 0, throttle: 0, error: 0, fault: 0, total: 0, totalResponseSeconds: 0 };

test.each([
  [600, 5, '120/min'],
  [12, 5, '2.4/min'],
  [10, 5, '2/min'],
  [1, 60, '<0.1/min'],
  [6020, 5, '1,204/min'],
])('%i requests in %i minutes are %s', (total, minutes, text) => {
  expect(toRateText(total, { kind: 'perMinute', minutes })).toBe(text);
});

test('of a single trace requests are counted, not divided by time', () => {
  expect(toRequestsText(3, { kind: 'count' })).toBe('3 requests');
  expect(toRequestsText(1, { kind: 'count' })).toBe('1 request');
  expect(toRequestsText(600, { kind: 'perMinute', minutes: 5 })).toBe('120 requests/min');
});

test('what went wrong is said, the worst first', () => {
  expect(toTroubleTexts({ ...none, fault: 1, error: 2, throttle: 3 })).toEqual(['1 fault', '2 errors', '3 throttled']);
  expect(toTroubleTexts(none)).toEqual([]);
});

test.each([
  [0.5, 0.01],
  [0.9, 0.01],
  [0.91, 0.2],
  [0.99, 0.2],
  [1, 3],
])('the %f quantile of ninety fast requests, nine slow ones and one outlier is %f s', (share, seconds) => {
  const bars = [
    { value: 3, count: 1 },
    { value: 0.01, count: 90 },
    { value: 0.2, count: 9 },
  ];
  expect(percentileOf(bars, share)).toBe(seconds);
});

test('nothing has no quantile', () => {
  expect(percentileOf([], 0.95)).toBeUndefined();
});

test.each([
  [0, '0'],
  [0.04, '<0.1'],
  [0.05, '0.1'],
  [2.04, '2'],
  [9.96, '10'],
  [99.6, '100'],
])('%f is said as %s', (number, text) => {
  expect(toNumberText(number)).toBe(text);
});
