import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TraceDetail } from '../../client/api.ts';
import { databaseFile } from '../schema.ts';
import type { TelemetryStore } from '../telemetryStore.ts';
import { testTrace } from '../testing/testSpans.ts';
import { appendSpans, openTestStore } from '../testing/testStore.ts';
import type { EventQuery } from './eventQuery.ts';

const now = Date.now();
const day = 24 * 3_600_000;
const extras = { tags: {}, groupClass: 'STANDARD', metricFilters: [] };

async function makeStreams({ logs }: TelemetryStore, ...streams: string[]): Promise<void> {
  await logs.change({ name: 'createGroup', group: 'g', extras });
  for (const stream of streams) {
    await logs.change({ name: 'createStream', group: 'g', stream });
  }
}

async function put(
  { logs }: TelemetryStore,
  stream: string,
  ...lines: readonly (readonly [number, string])[]
): Promise<void> {
  const logEvents = lines.map(([at, message]) => ({ timestamp: now + at, message }));
  const body = new Uint8Array(Buffer.from(JSON.stringify({ logGroupName: 'g', logStreamName: stream, logEvents })));
  await logs.put({ body, writer: 'test' });
}

function random(): string {
  return Array.from({ length: 2000 }, () => Math.random().toString(36)).join('');
}

async function logsOf(store: TelemetryStore, traceId: string): Promise<TraceDetail['logs']> {
  let text = '';
  for await (const piece of (await store.streamTrace(traceId)) ?? []) {
    text += piece;
  }
  return (JSON.parse(text) as TraceDetail).logs;
}

/** The messages that a query finds, page by page: pages are divided by bars. */
async function check({ logs }: TelemetryStore, query: Partial<EventQuery>, expected: string): Promise<void> {
  const pages: string[] = [];
  let after: EventQuery['after'];
  for (let hasMore = true; hasMore;) {
    const page = await logs.select({
      groups: ['g'],
      order: 'oldest first',
      limit: 100,
      maxBytes: 1_000_000,
      ...query,
      ...(after && { after }),
    });
    pages.push(page.events.map(({ message }) => message).join(' '));
    after = page.events.at(-1)?.position;
    hasMore = page.hasMore;
  }
  expect(pages.join(' | ')).toBe(expected);
}

test('events come in the order of time whatever the order of the batches, and those of one moment as they came', async () => {
  const { store } = await openTestStore();
  await makeStreams(store, 'a', 'b');
  await put(store, 'a', [5, 'f'], [9, 'h']);
  await put(store, 'b', [0, 'a'], [5, 'g'], [20, 'i']);
  await put(store, 'a', [1, 'b'], [2, 'c'], [2, 'd'], [3, 'e']);
  await check(store, {}, 'a b c d e f g h i');
  await check(store, { order: 'newest first' }, 'i h g f e d c b a');
  await check(store, { limit: 4 }, 'a b c d | e f g h | i');
  await check(store, { limit: 4, order: 'newest first' }, 'i h g f | e d c b | a');
  await check(store, { maxBytes: 2 }, 'a b | c d | e f | g h | i');
  await check(store, { streams: ['b'], from: now + 1 }, 'g i');
});

test('where every so many events lie is where they are listed, however the batches overlap', async () => {
  const { store } = await openTestStore();
  await makeStreams(store, 'a', 'b');
  for (const at of [0, 40, 10, 12, 90, 60, 11, 0]) {
    const lines = Array.from({ length: 20 }, (_, line) => [at + line * 3, `${at} ${line % 3}`] as const);
    await put(store, at % 20 === 0 ? 'a' : 'b', ...lines);
  }
  const all = { groups: ['g'], limit: 1000, maxBytes: 1_000_000 };
  for (const query of [
    { ...all, order: 'newest first' },
    { ...all, order: 'oldest first', streams: ['b'] },
    { ...all, order: 'newest first', pattern: '2', from: now + 13, limit: 20 },
  ] as const) {
    const { events } = await store.logs.select(query);
    const places = events.map(({ position }) => position);
    const expected = places.filter((_, at) => (at + 1) % 7 === 0 || at === places.length - 1);
    const first = await store.logs.mark(query, 7);
    expect(first).toMatchObject({ marks: expected, events: places.length });
    const after = expected[1];
    const rest = await store.logs.mark({ ...query, limit: 5, ...(after && { after }) }, 7);
    expect(rest).toEqual({ marks: [places[18]], events: 5, hasMore: true });
  }
});

test('a literal that reaches over the end of a line is none', async () => {
  const { store } = await openTestStore();
  await makeStreams(store, 'a');
  await put(store, 'a', [0, 'xab'], [1, 'cdx'], [2, 'abcd'], [3, 'é'], [4, 'xabcdabcd']);
  await check(store, { pattern: 'abcd' }, 'abcd xabcdabcd');
  await check(store, { pattern: '?xab ?cdx' }, 'xab cdx xabcdabcd');
  await check(store, { pattern: 'xab -abcd' }, 'xab');
  await check(store, { pattern: '%^.d%' }, 'cdx');
});

test('many small batches are put together, and nothing of them is lost or said twice', async () => {
  const { store, dataDir } = await openTestStore();
  await makeStreams(store, 'a', 'b');
  for (let at = 0; at < 150; at += 1) {
    await put(store, at % 2 === 0 ? 'a' : 'b', [at, String(at)]);
    if (at === 100) {
      // A reader that has seen them before.
      await check(store, { limit: 1000, from: now + 100 }, '100');
    }
  }
  await check(store, { limit: 1000 }, Array.from({ length: 150 }, (_, at) => at).join(' '));
  const database = new DatabaseSync(join(dataDir, databaseFile), { readOnly: true });
  const { chunks } = database.prepare('select count(*) as chunks from log_chunk').get() as { chunks: number };
  database.close();
  expect(chunks).toBeLessThan(80);
});

test('what was acknowledged is there again after the store was opened anew, with its counts, and new events come after', async () => {
  const first = await openTestStore();
  await makeStreams(first.store, 'a');
  await put(first.store, 'a', [0, 'one'], [0, 'two']);
  await first.store.logs.change({ name: 'setRetention', group: 'g', days: 3 });
  await first.store.close();
  const { store } = await openTestStore({ dataDir: first.dataDir });
  expect(store.stats().logEvents).toBe(2);
  await put(store, 'a', [0, 'three']);
  await check(store, { limit: 2 }, 'one two | three');
  const [group] = await store.logs.listGroups();
  expect(group).toMatchObject({ name: 'g', retentionDays: 3, events: 3, bytes: 11, last: now });
});

test('who wrote to a stream is known after the store was opened anew, the last one first, and goes with the stream', async () => {
  const first = await openTestStore();
  await makeStreams(first.store, 'a', 'b');
  await first.store.logs.change({ name: 'createGroup', group: 'other', extras });
  await first.store.logs.change({ name: 'createStream', group: 'other', stream: 'c' });
  const write = async (logGroupName: string, logStreamName: string, writer: string): Promise<void> => {
    const call = { logGroupName, logStreamName, logEvents: [{ timestamp: now, message: 'x' }] };
    await first.store.logs.put({ body: new Uint8Array(Buffer.from(JSON.stringify(call))), writer });
  };
  // At once, so that one transaction has both groups.
  await Promise.all([write('g', 'a', 'one'), write('g', 'b', 'one'), write('other', 'c', 'one')]);
  await write('g', 'a', 'two');
  await write('g', 'a', 'one');
  await write('g', 'a', 'one');
  await first.store.logs.change({ name: 'deleteStream', group: 'g', stream: 'b' });
  await first.store.close();
  const { store } = await openTestStore({ dataDir: first.dataDir });
  await store.logs.change({ name: 'createStream', group: 'g', stream: 'b' });
  const streams = [...(await store.logs.listStreams('g')), ...(await store.logs.listStreams('other'))];
  expect(streams.map(({ name, writers }) => `${name}: ${writers.join(', ')}`)).toEqual([
    'a: one, two',
    'b: ',
    'c: one',
  ]);
});

test('the oldest events leave where they take more than half of what the store may have', async () => {
  const { store } = await openTestStore({ maxBytes: 2 * 1024 * 1024 });
  await makeStreams(store, 'a');
  for (let at = 0; at < 100; at += 1) {
    await put(store, 'a', [at, `${at} ${random()}`]);
  }
  const { events } = await store.logs.select({ groups: ['g'], order: 'oldest first', limit: 1, maxBytes: 10 });
  expect(Number.parseInt(events[0]?.message ?? '', 10)).toBeGreaterThan(20);
  const [group] = await store.logs.listGroups();
  expect(group?.events).toBe(store.stats().logEvents);
});

test('a search for a word reads only the chunks that can have it, before and after the store was opened anew', async () => {
  const first = await openTestStore();
  await makeStreams(first.store, 'a');
  const filler = 'GET /api/activities 200 '.repeat(15_000);
  await put(first.store, 'a', [0, `${filler}first`]);
  await put(first.store, 'a', [1, `${filler}needle-in-the-hay`], [2, 'nadel im Heuhaufen: größer']);
  await put(first.store, 'a', [3, `${filler}last`]);
  const database = new DatabaseSync(join(first.dataDir, databaseFile));
  database.exec(
    "update log_chunk set body = x'00' where id <> (select id from log_chunk order by id limit 1 offset 1)",
  );
  database.close();
  await check(first.store, { pattern: '"größer"' }, 'nadel im Heuhaufen: größer');
  await check(first.store, { pattern: '?"größer" ?needles', order: 'newest first' }, 'nadel im Heuhaufen: größer');
  await expect(check(first.store, { pattern: 'activities' }, '')).rejects.toThrow('Unknown frame descriptor');
  await first.store.close();
  const { store } = await openTestStore({ dataDir: first.dataDir });
  await check(store, { pattern: '%Heu[h]aufen%', limit: 1 }, 'nadel im Heuhaufen: größer');
  await check(store, { pattern: 'nowhere' }, '');
});

test('a line past its retention is not shown, even where a newer one keeps its chunk', async () => {
  const { store } = await openTestStore();
  await makeStreams(store, 'a');
  await put(store, 'a', [-day - 1000, 'old'], [-2000, 'new']);
  await check(store, {}, 'old new');
  await store.logs.change({ name: 'setRetention', group: 'g', days: 1 });
  await check(store, {}, 'new');
});

test('a stream takes its events with it, and one of the same name begins anew', async () => {
  const { store } = await openTestStore();
  await makeStreams(store, 'a', 'b');
  await put(store, 'a', [0, 'a']);
  await put(store, 'b', [0, 'b']);
  await store.logs.change({ name: 'deleteStream', group: 'g', stream: 'a' });
  await store.logs.change({ name: 'createStream', group: 'g', stream: 'a' });
  await check(store, {}, 'b');
  expect(store.stats().logEvents).toBe(1);
});

test('a trace has the lines that carry its id in either spelling, with their level, span, group and stream', async () => {
  const { store } = await openTestStore();
  const id = '65a0b1c2000102030405060708090a0b';
  await appendSpans(
    store,
    testTrace(1).map((span) => ({ ...span, traceId: id })),
  );
  expect(await logsOf(store, id)).toEqual([]);
  await makeStreams(store, 'a', 'b');
  await put(store, 'b', [2, `ERROR ${id}`], [3, 'of no trace']);
  await put(store, 'a', [1, `{"trace_id":"1-${id.slice(0, 8)}-${id.slice(8)}","span_id":"00f067aa0ba902b7"}`]);
  const texts = (await logsOf(store, id)).map(({ time, level, spanId, attributes }) => [
    Number(BigInt(time) / 1_000_000n) - now,
    level,
    spanId,
    attributes,
  ]);
  expect(texts).toEqual([
    [1, 'unset', '00f067aa0ba902b7', { 'aws.log.group.names': ['g'], 'aws.log.stream.names': ['a'] }],
    [2, 'error', undefined, { 'aws.log.group.names': ['g'], 'aws.log.stream.names': ['b'] }],
  ]);
});

test('a trace counts the lines that carry its id in either spelling, as they come, merge and go', async () => {
  const { store } = await openTestStore();
  const [id, otherId] = ['65a0b1c2000102030405060708090a0b', '65a0b1c2000102030405060708090a0c'];
  await appendSpans(
    store,
    testTrace(1).map((span) => ({ ...span, traceId: id })),
  );
  await appendSpans(
    store,
    testTrace(2).map((span) => ({ ...span, traceId: otherId })),
  );
  const counts = async (): Promise<number[]> => {
    const { traces } = await store.listTraces({ limit: 10 });
    return traces.map(({ logCount }) => logCount);
  };
  expect(await counts()).toEqual([0, 0]);
  await makeStreams(store, 'a', 'b');
  const xrayId = `1-${id.slice(0, 8)}-${id.slice(8)}`;
  await put(store, 'a', [0, `plain`], [1, `{"trace_id":"${id}"}`], [2, `${xrayId} and again ${id}`]);
  expect(await counts()).toEqual([0, 2]);
  for (let at = 0; at < 100; at += 1) {
    await put(store, 'b', [at, `line ${at} of ${at % 2 === 0 ? xrayId : otherId}`]);
  }
  expect(await counts()).toEqual([50, 52]);
  expect((await store.loadTreeRows(id))?.trace.logCount).toBe(52);
  await store.logs.change({ name: 'deleteStream', group: 'g', stream: 'b' });
  expect(await counts()).toEqual([0, 2]);
});
