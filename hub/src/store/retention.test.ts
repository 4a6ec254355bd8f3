import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseFile } from './schema.ts';
import { testEpoch, testTrace, traceIdOf } from './testing/testSpans.ts';
import { appendSpans, listed, openTestStore, otlpPayload } from './testing/testStore.ts';
import type { TelemetryStore } from './telemetryStore.ts';

const cap = 400_000;

/** A trace whose payload zstd cannot make smaller: about 6 KB on disk. */
function bulky(number: number): ReturnType<typeof testTrace> {
  return testTrace(number, 2, [['noise', { text: noise(number, 3000) }]]);
}

/** Text that repeats nowhere, the same for the same seed. */
function noise(seed: number, length: number): string {
  let state = seed * 2_654_435_761;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCharCode(33 + ((state >>> 16) % 90));
  }).join('');
}

/** Fills a small store far beyond its cap and compares what it lists; then opens it again, which must not change that. */
async function check(
  fill: (store: TelemetryStore) => Promise<void>,
  inspect: (names: readonly string[], store: TelemetryStore) => Promise<void> | void,
): Promise<void> {
  const { store, dataDir } = await openTestStore({ maxBytes: cap });
  await fill(store);
  const before = await listed(store);
  await inspect(before, store);
  await store.close();
  const { store: again } = await openTestStore({ maxBytes: cap, dataDir });
  expect(await listed(again)).toEqual(before);
  await inspect(before, again);
}

async function appendMany(store: TelemetryStore, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    await appendSpans(store, bulky(number));
  }
}

test('the oldest traces leave first, and the file stays at its cap', async () => {
  const { store, dataDir } = await openTestStore({ maxBytes: cap });
  await appendMany(store, 1, 300);
  const names = await listed(store);
  expect(names[0]).toMatch(/^request 299 ok spans 2/);
  expect(names.length).toBeGreaterThan(20);
  expect(names.length).toBeLessThan(100);
  expect(names).toEqual(Array.from(names, (_, at) => `request ${299 - at} ok spans 2 errors 0 logs 0 otlp`));
  const { bytes, retired, spans } = store.stats();
  expect(bytes).toBeLessThan(cap * 1.2);
  expect(retired + spans).toBe(299 * 2);
  await store.close();
  const size = statSync(join(dataDir, databaseFile)).size;
  const { store: again } = await openTestStore({ maxBytes: cap, dataDir });
  await appendMany(again, 300, 500);
  await again.close();
  expect(statSync(join(dataDir, databaseFile)).size).toBeLessThan(size * 1.1);
});

test('a pinned trace stays, across a restart too', async () => {
  await check(
    async (store) => {
      await appendMany(store, 1, 10);
      await store.setPinned(traceIdOf(3), true);
      await appendMany(store, 10, 200);
    },
    async (names, store) => {
      expect(names.at(-1)).toBe('request 3 ok spans 2 errors 0 logs 0 pinned otlp');
      expect(names.filter((name) => name.includes('pinned'))).toHaveLength(1);
      expect((await store.loadTrace(traceIdOf(3)))?.spans).toHaveLength(2);
    },
  );
});

test('a pinned trace that is let go leaves when retention has passed it', async () => {
  await check(
    async (store) => {
      await appendMany(store, 1, 10);
      await store.setPinned(traceIdOf(3), true);
      await appendMany(store, 10, 200);
      await store.setPinned(traceIdOf(3), false);
    },
    (names) => {
      expect(names.filter((name) => name.startsWith('request 3 '))).toEqual([]);
    },
  );
});

test('others in the group of a pinned trace leave, and do not come back with it', async () => {
  await check(
    async (store) => {
      await appendSpans(store, [...bulky(1), ...bulky(2), ...bulky(3)]);
      await store.setPinned(traceIdOf(2), true);
      await appendMany(store, 10, 200);
    },
    (names) => {
      expect(names.filter((name) => /^request [123] /.test(name))).toEqual([
        'request 2 ok spans 2 errors 0 logs 0 pinned otlp',
      ]);
    },
  );
});

test('a trace that loses its first spans leaves whole, and its later ones do not come back', async () => {
  await check(
    async (store) => {
      const [root, child] = testTrace(1);
      await appendSpans(store, [root as never]);
      await appendMany(store, 10, 20);
      await appendSpans(store, [child as never]);
      // Only just over the cap: the group of the first span has left, that of the second has not.
      for (let number = 20; (await store.loadTreeRows(traceIdOf(1))) !== undefined; number += 1) {
        await appendSpans(store, bulky(number));
      }
    },
    (names) => {
      expect(names.some((name) => name.startsWith('request 10 ') || name.startsWith('request 19 '))).toBe(true);
      expect(names.filter((name) => name.includes('spans 1'))).toEqual([]);
    },
  );
});

test('what is older than the store keeps goes with the next commit', async () => {
  const { store, dataDir } = await openTestStore();
  await appendSpans(store, testTrace(1));
  await store.close();
  const { store: again } = await openTestStore({ dataDir, maxAgeMillis: -1000 });
  const removed = new Promise<boolean>((resolve) => {
    again.onDidChange((change) => {
      if (change.removed) {
        resolve(change.removed);
      }
    });
  });
  await appendSpans(again, testTrace(2));
  expect(await removed).toBe(true);
  expect((await listed(again)).filter((name) => name.startsWith('request 1 '))).toEqual([]);
});

test('log records leave with their group', async () => {
  const { store } = await openTestStore({ maxBytes: cap });
  const record = { timeUnixNano: String(testEpoch), body: { stringValue: noise(1, 200) } };
  const json = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  await store.append({ format: 'otlp-logs-json', receiver: 'otlpHttp', body: new Uint8Array(Buffer.from(json)) });
  expect(store.stats().logEvents).toBe(1);
  await appendMany(store, 1, 150);
  expect(store.stats().logEvents).toBe(0);
});

test('a payload larger than the cap is acknowledged and seen until the next one comes', async () => {
  const { store } = await openTestStore({ maxBytes: 50_000 });
  const answer = await store.append(otlpPayload(testTrace(1, 2, [['noise', { text: noise(7, 90_000) }]])));
  expect(answer.kind).toBe('committed');
  await appendSpans(store, testTrace(2));
  expect((await listed(store))[0]).toBe('request 2 ok spans 2 errors 0 logs 0 otlp');
});
