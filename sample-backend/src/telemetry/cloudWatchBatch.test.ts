import { expect, test } from 'vitest';
import { batchLength, fittingEvent } from './cloudWatchBatch.ts';

interface Size {
  readonly count: number;
  readonly bytes: number;
  /** Milliseconds between one event and the next. */
  readonly apart?: number;
}

/** How many of so many equal events one batch takes. */
function check({ count, bytes, apart = 0 }: Size): number {
  const message = 'x'.repeat(bytes);
  return batchLength(Array.from({ length: count }, (_, index) => ({ timestamp: index * apart, message })));
}

test('10,000 events, and not one more', () => {
  expect(check({ count: 10_000, bytes: 1 })).toBe(10_000);
  expect(check({ count: 10_001, bytes: 1 })).toBe(10_000);
});

test('1,048,576 bytes with 26 for each event, and not one more', () => {
  expect(check({ count: 1024, bytes: 1024 - 26 })).toBe(1024);
  expect(check({ count: 1025, bytes: 1024 - 26 })).toBe(1024);
});

test('less than 24 hours', () => {
  const hour = 60 * 60 * 1000;
  expect(check({ count: 48, bytes: 1, apart: hour / 2 })).toBe(48);
  expect(check({ count: 49, bytes: 1, apart: hour / 2 })).toBe(48);
});

test('a text of 256 KB less 26 bytes stays as it is', () => {
  const event = { timestamp: 0, message: 'x'.repeat(256 * 1024 - 26) };
  expect(fittingEvent(event)).toBe(event);
});

test.each(['x', 'é', '€', '😀'])('a longer text of %s is cut between two characters', (character) => {
  const { message } = fittingEvent({ timestamp: 0, message: `y${character.repeat(256 * 1024)}` });
  expect(message.replaceAll(character, '')).toBe('y … (cut)');
  const bytes = Buffer.byteLength(message);
  expect(bytes).toBeLessThanOrEqual(256 * 1024 - 26);
  expect(bytes).toBeGreaterThan(256 * 1024 - 26 - Buffer.byteLength(character));
});
