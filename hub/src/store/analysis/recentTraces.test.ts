import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochNanos } from '@sightline/telemetry/model/units';
import { payloadsOf, randomTraces } from '../testing/randomTraces.ts';
import { testEpoch, testTrace } from '../testing/testSpans.ts';
import { appendSpans, openTestStore, segmentPayload } from '../testing/testStore.ts';
import type { TelemetryStore } from '../telemetryStore.ts';

const second = 1_000_000_000n;

/** The count at so many seconds after the epoch of the tests. */
async function check(store: TelemetryStore, seconds: number, expected: string): Promise<void> {
  const now = epochNanos(testEpoch + BigInt(seconds) * second);
  const { lastMinute, failedInFive } = await store.analysis.countRecent(now);
  expect(`${lastMinute} in the last minute, ${failedInFive} failed in five`).toBe(expected);
}

/** A trace that began so many seconds after the epoch; of its root and the span below it, whether they failed. */
function traceAt(seconds: number, root: 'ok' | 'failed' = 'ok', below: 'ok' | 'failed' = 'ok') {
  return testTrace(seconds * 1000).map((span, at) => ({
    ...span,
    statusCode: (at === 0 ? root : below) === 'failed' ? 2 : 0,
  }));
}

test('the last minute is counted, failures in the last five, and nothing from the future', async () => {
  const { store } = await openTestStore();
  await check(store, 400, '0 in the last minute, 0 failed in five');
  for (const seconds of [99, 101, 339, 341, 399, 401]) {
    // oxlint-disable-next-line no-await-in-loop -- in their order.
    await appendSpans(store, traceAt(seconds, 'failed'));
  }
  await appendSpans(store, traceAt(390));
  await check(store, 400, '3 in the last minute, 4 failed in five');
  await check(store, 460, '1 in the last minute, 4 failed in five');
  await check(store, 1_000, '0 in the last minute, 0 failed in five');
});

test('what counts is what the row shows: the root, not a failure below it that was dealt with', async () => {
  const { store } = await openTestStore();
  await appendSpans(store, traceAt(1, 'ok', 'failed'));
  await appendSpans(store, traceAt(2, 'failed'));
  await check(store, 10, '2 in the last minute, 1 failed in five');
});

test('a trace that changes between two counts is looked at again; what was cleared is not counted', async () => {
  const { store } = await openTestStore();
  const segment = {
    name: 'backend',
    id: 'b'.repeat(16),
    trace_id: `1-${'1'.repeat(8)}-${'a'.repeat(24)}`,
    start_time: Number(testEpoch / second) + 1,
  };
  await store.append(segmentPayload({ ...segment, in_progress: true, fault: true }));
  await check(store, 10, '1 in the last minute, 0 failed in five');
  await store.append(segmentPayload({ ...segment, end_time: segment.start_time + 1, fault: true }));
  await check(store, 10, '1 in the last minute, 1 failed in five');
  await store.clear();
  await check(store, 10, '0 in the last minute, 0 failed in five');
});

test('20,000 traces are counted, not only those that a list would show', async () => {
  const { store } = await openTestStore();
  const traces = Array.from({ length: 20_000 }, (_, number) =>
    testTrace(number, 1).map((span) => ({ ...span, statusCode: number % 50 === 0 ? 2 : 0 })),
  );
  for (let at = 0; at < traces.length; at += 1_000) {
    // oxlint-disable-next-line no-await-in-loop -- in their order.
    await appendSpans(store, traces.slice(at, at + 1_000).flat());
  }
  await check(store, 20, '20000 in the last minute, 400 failed in five');
});

test('of any traces the count is that of their rows', async () => {
  await fc.assert(
    fc.asyncProperty(randomTraces, async (made) => {
      const { store } = await openTestStore();
      for (const payload of payloadsOf(made)) {
        // oxlint-disable-next-line no-await-in-loop -- in the order of the traces.
        await store.append(payload);
      }
      const { traces } = await store.listTraces({ limit: 1000, excludeHealthChecks: false });
      const now = testEpoch + 60n * second;
      const isWithin = (startTime: string, span: bigint): boolean =>
        BigInt(startTime) >= now - span && BigInt(startTime) <= now;
      const failed = traces.filter(({ status, startTime }) => {
        return status !== 'ok' && status !== 'running' && isWithin(startTime, 300n * second);
      });
      const lastMinute = traces.filter(({ startTime }) => isWithin(startTime, 60n * second));
      await check(store, 60, `${lastMinute.length} in the last minute, ${failed.length} failed in five`);
      await store.close();
    }),
    { numRuns: 12 },
  );
}, 120_000);
