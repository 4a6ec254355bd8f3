import { expect, test } from 'vitest';
import { RateLimit } from './rateLimit.ts';

/** How long each of some calls waits that come at these times, in milliseconds. */
async function check(times: readonly number[], expected: readonly number[]): Promise<void> {
  let now = 0;
  let waited = 0;
  const limit = new RateLimit({
    perSecond: 10,
    atOnce: 3,
    now: () => now,
    sleep: async (millis) => void (waited = millis),
  });
  const waits: number[] = [];
  for (now of times) {
    waited = 0;
    // oxlint-disable-next-line no-await-in-loop -- one call after the other is what is tested.
    await limit.take();
    waits.push(waited);
  }
  expect(waits).toEqual(expected);
}

test('a few calls go at once, further ones at the pace', () => check([0, 0, 0, 0, 0], [0, 0, 0, 100, 200]));

test('a pause saves up no more than the few', () => check([0, 0, 0, 5000, 5000, 5000, 5000], [0, 0, 0, 0, 0, 0, 100]));

test('a call that is given up does not go', async () => {
  const limit = new RateLimit({ perSecond: 1, atOnce: 1, now: () => 0, sleep: () => Promise.resolve() });
  await expect(limit.take(AbortSignal.abort('enough'))).rejects.toBe('enough');
});
