import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { startHubProcess } from '../../testing/hubProcess.ts';
import { temporaryFolder } from '../../testing/hubUnderTest.ts';
import { send } from '../../testing/rawHttp.ts';
import { databaseFile } from '../schema.ts';
import { otlpTraces } from '../testing/otlpBytes.ts';
import { testTrace, traceIdOf } from '../testing/testSpans.ts';
import { openTestStore } from '../testing/testStore.ts';
import type { TelemetryStore } from '../telemetryStore.ts';

type Data = Readonly<Record<string, unknown>>;

/** An item that says `thing 1 failed`, its uuid `u1`, but for what is given. */
function item(number: number, data: Data = {}): string {
  const body = { message: { body: 'a thing failed' } };
  return JSON.stringify({
    data: { environment: 'dev', uuid: `u${number}`, timestamp: 1_700_000_000 + number, body, ...data },
  });
}

/** 20 kB that do not compress. */
function noise(number: number): string {
  return Array.from({ length: 4000 }, (_, at) => ((number * 7919 + at * 104_729) % 1_000_003).toString(36)).join('');
}

async function add(store: TelemetryStore, ...bodies: readonly string[]): Promise<void> {
  const results = await Promise.all(bodies.map((body) => store.errors.add(body)));
  expect(results.map(({ kind }) => kind)).toEqual(bodies.map(() => 'kept'));
}

/** The groups in a line each, and how many occurrences of each are kept. */
async function check(store: TelemetryStore, expected: readonly string[]): Promise<void> {
  const { groups } = await store.errors.listGroups({ limit: 100 });
  const lines = groups.map(async ({ group: { counter, count, title, status } }) => {
    const { occurrences } = await store.errors.listOccurrences({ counter, limit: 100_000 });
    return `#${counter} ${status} ${title}: ${count}, ${occurrences.length} kept`;
  });
  expect(await Promise.all(lines)).toEqual(expected);
}

test('groups, their numbers and their status are there after a restart', async () => {
  const dataDir = temporaryFolder();
  const { store } = await openTestStore({ dataDir });
  await add(store, item(1), item(2, { title: 'other', fingerprint: 'f' }), item(3));
  await store.errors.change(2, { status: 'resolved', resolvedInVersion: '1.4' });
  await store.close();
  const { store: again } = await openTestStore({ dataDir });
  await check(again, ['#1 active a thing failed: 2, 2 kept', '#2 resolved other: 1, 1 kept']);
  await add(again, item(3), item(4, { fingerprint: 'g', title: 'new' }));
  await check(again, [
    '#3 active new: 1, 1 kept',
    '#1 active a thing failed: 2, 2 kept',
    '#2 resolved other: 1, 1 kept',
  ]);
  expect(again.stats().errorItems).toBe(4);
  expect((await again.errors.loadGroup(2))?.group.resolvedInVersion).toBe('1.4');
});

test('every acknowledged item is there after kill -9 under load', async () => {
  const dataDir = temporaryFolder();
  const acknowledged = new Set<string>();
  for (const run of [0, 1]) {
    const { child, ready, ended } = await startHubProcess(dataDir);
    const post = async (number: number): Promise<void> => {
      for (let next = number; child.exitCode === null && !child.killed; next += 4) {
        const uuid = `u${run}-${next}`;
        const body = item(next, { uuid });
        const { status } = await send(`${ready.endpoints.api}/api/1/item/`, { method: 'POST', body });
        if (status === 200) {
          acknowledged.add(uuid);
        }
        if (acknowledged.size >= 60 * (run + 1)) {
          child.kill('SIGKILL');
        }
      }
    };
    await Promise.allSettled([0, 1, 2, 3].map(post));
    await ended;
  }
  const { store } = await openTestStore({ dataDir });
  const { occurrences } = await store.errors.listOccurrences({ limit: 10_000 });
  const kept = new Set(occurrences.map((text) => (JSON.parse(text) as { item: { uuid: string } }).item.uuid));
  expect(acknowledged.size).toBeGreaterThanOrEqual(120);
  expect([...acknowledged].filter((uuid) => !kept.has(uuid))).toEqual([]);
  const [{ group } = { group: { count: 0 } }] = (await store.errors.listGroups({ limit: 10 })).groups;
  expect(group.count).toBe(kept.size);
});

test('beyond its share of the store the oldest occurrences leave, and the counts stay', async () => {
  const { store } = await openTestStore({ maxBytes: 2 ** 20 });
  for (let number = 1; number <= 30; number += 1) {
    await add(store, item(number, { custom: { noise: noise(number) } }));
  }
  const { occurrences } = await store.errors.listOccurrences({ limit: 100 });
  const ids = occurrences.map((text) => Number((JSON.parse(text) as { id: string }).id));
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, at) => 30 - at));
  expect(ids.length).toBeLessThan(30);
  expect(ids.length).toBe(store.stats().errorItems);
  expect((await store.errors.loadGroup(1))?.group.count).toBe(30);
});

test('a page ends where its occurrences grow large, and goes on after it', async () => {
  const { store } = await openTestStore();
  const text = 'x'.repeat(3_000_000);
  await add(store, ...[1, 2, 3, 4, 5].map((number) => item(number, { custom: { text } })));
  const sizes: number[] = [];
  let before: number | undefined;
  do {
    const page = await store.errors.listOccurrences({ limit: 5, ...(before === undefined ? {} : { before }) });
    sizes.push(page.occurrences.length);
    before = page.next;
  } while (before !== undefined);
  expect(sizes).toEqual([2, 2, 1]);
});

test('of very many groups those that were not seen for longest leave, with all that is kept of them', async () => {
  const { store } = await openTestStore();
  const numbers = Array.from({ length: 2001 }, (_, at) => at + 1);
  await add(store, ...numbers.map((number) => item(number, { fingerprint: `f${number}` })));
  expect(await store.errors.countGroups({ limit: 1 })).toBe(1900);
  expect(store.stats().errorItems).toBe(1900);
  expect(await store.errors.loadGroup(101)).toBeUndefined();
  expect((await store.errors.loadGroup(102))?.group.fingerprint).toBe('f102');
  await add(store, item(3000, { fingerprint: 'f1' }));
  expect((await store.errors.listGroups({ limit: 1 })).groups[0]?.group).toMatchObject({ counter: 2002, count: 1 });
});

test('occurrences leave when they are older than the store keeps anything', async () => {
  const dataDir = temporaryFolder();
  const { store } = await openTestStore({ dataDir });
  await add(store, item(1));
  await store.close();
  const database = new DatabaseSync(join(dataDir, databaseFile));
  database.exec('update error_item set received = received - 3600001');
  database.close();
  const { store: later } = await openTestStore({ dataDir, maxAgeMillis: 3_600_000 });
  await add(later, item(2, { fingerprint: 'f' }));
  const { occurrences } = await later.errors.listOccurrences({ limit: 10 });
  expect(occurrences.map((text) => text.slice(0, 9))).toEqual(['{"id":"2"']);
  expect((await later.errors.loadGroup(1))?.group.count).toBe(1);
});

test('groups are paged by when they were seen last', async () => {
  const { store } = await openTestStore();
  await add(
    store,
    ...[1, 2, 3, 4, 5].map((number) => item(number % 4, { uuid: `v${number}`, fingerprint: `f${number}` })),
  );
  const pages: string[] = [];
  let before: string | undefined;
  do {
    const page = await store.errors.listGroups({ limit: 2, ...(before === undefined ? {} : { before }) });
    pages.push(page.groups.map(({ group }) => group.counter).join());
    before = page.next;
  } while (before !== undefined);
  expect(pages).toEqual(['3,2', '5,1', '4']);
});

test('a burst is counted in the period of five minutes in which it came', async () => {
  const { store } = await openTestStore();
  const timestamp = Math.floor(Date.now() / 1000);
  await add(store, item(1, { timestamp }), item(2, { timestamp }), item(3, { timestamp: timestamp + 86_400 }), item(4));
  const { recent = [], group } = (await store.errors.loadGroup(1)) ?? {};
  expect([group?.count, recent.length, recent.reduce((sum, count) => sum + count, 0)]).toEqual([4, 12, 3]);
});

test('a trace lists its errors and counts them in its row, and is told to have changed', async () => {
  const { store } = await openTestStore();
  const traceId = traceIdOf(1);
  const body = otlpTraces([{ service: 'backend', spans: testTrace(1, 3) }]);
  await store.append({ format: 'otlp-traces-protobuf', receiver: 'otlpHttp', body });
  const changes: unknown[] = [];
  store.onDidChange(({ traces, errors }) => changes.push({ traces, errors }));
  await add(store, item(1, { custom: { trace_id: traceId } }), item(2));
  expect(changes.at(0)).toMatchObject({ errors: true, traces: [traceId] });
  const { errors = [] } = (await store.loadTrace(traceId)) ?? {};
  expect(errors.map((error) => JSON.stringify(error))).toEqual([
    expect.stringMatching(/^\{"id":"1","counter":1,"receivedAt":"\d+","item":\{"uuid":"u1"/),
  ]);
  expect((await store.listTraces({ limit: 1 })).traces[0]?.errorItemCount).toBe(1);
  expect((await store.loadTreeRows(traceId))?.trace.errorItemCount).toBe(1);
});

test('a sender may call itself anything, a group stays small', async () => {
  const { store } = await openTestStore();
  const long = 'x'.repeat(1_000_000);
  await add(store, item(1, { person: { id: long, username: long }, framework: long, code_version: long }));
  const kept = await store.errors.loadGroup(1);
  expect(JSON.stringify(kept, (_, value: unknown) => (typeof value === 'bigint' ? 0 : value)).length).toBeLessThan(
    3000,
  );
});
