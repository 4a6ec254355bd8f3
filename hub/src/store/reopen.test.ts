import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { databaseFile } from './schema.ts';
import { testEpoch, testTrace, traceIdOf } from './testing/testSpans.ts';
import { appendSpans, listed, openTestStore, otlpPayload, segmentPayload } from './testing/testStore.ts';
import type { Payload, TelemetryStore } from './telemetryStore.ts';

/** Everything that a person could see of the store, as text. */
async function golden(store: TelemetryStore): Promise<string> {
  const { traces } = await store.listTraces({ limit: 10_000 });
  const rows = [];
  for (const { id } of traces.slice(0, 50)) {
    rows.push(await store.loadTreeRows(id), await store.loadTrace(id));
  }
  const { spans, logEvents } = store.stats();
  return JSON.stringify({ traces, rows, spans, logEvents }, undefined, 1);
}

/** Fills a store with some of everything, so that a seal has something of every column. */
async function fill(store: TelemetryStore): Promise<void> {
  for (let number = 1; number <= 200; number += 1) {
    const attributes = [
      ['http.request.method', { text: 'GET' }],
      ['http.route', { text: `/api/${number % 7}` }],
      ['unique', { text: `value ${number}` }],
    ] as const;
    await store.append(otlpPayload(testTrace(number, 5, attributes), `service ${number % 3}`));
  }
  const seconds = Number(testEpoch / 1_000_000n) / 1000;
  const id = `1-${traceIdOf(500).slice(0, 8)}-${traceIdOf(500).slice(8)}`;
  const segment = { trace_id: id, id: '00000000000000a1', name: 'backend', start_time: seconds };
  await store.append(segmentPayload({ ...segment, in_progress: true }));
  await store.append(segmentPayload({ ...segment, end_time: seconds + 2, annotations: { handle: 'andrew' } }));
  await appendSpans(store, testTrace(3, 5));
  const record = { timeUnixNano: String(testEpoch), traceId: traceIdOf(7), body: { stringValue: 'a line' } };
  const json = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  await store.append({ format: 'otlp-logs-json', receiver: 'otlpHttp', body: new Uint8Array(Buffer.from(json)) });
}

/** Closes a filled store, does something to its files, and answers whether it shows the same when it is opened again. */
async function check(between: (database: DatabaseSync) => void): Promise<void> {
  const { store, dataDir } = await openTestStore();
  await fill(store);
  const before = await golden(store);
  await store.close();
  const database = new DatabaseSync(join(dataDir, databaseFile));
  between(database);
  database.close();
  const { store: again } = await openTestStore({ dataDir });
  expect(await golden(again)).toBe(before);
  await again.append(otlpPayload(testTrace(900)));
  await again.append(otlpPayload(testTrace(1, 5)));
  expect((await listed(again))[0]).toBe('request 900 ok spans 2 errors 0 logs 0 otlp');
  expect(again.stats()).toMatchObject({ duplicates: 5 });
}

test('a store that was closed shows the same from its seals', async () => {
  await check((database) => {
    expect(database.prepare('select count(*) as n from seg').get()).toEqual({ n: 1 });
  });
});

test('without its seals it shows the same from its payloads', async () => {
  await check((database) => database.exec('delete from seg'));
});

const places = {
  'in the midst': (length: number) => length >> 1,
  'in the low bytes of its length': () => 0,
  'in the high bytes of its length': () => 3,
};

test.each(Object.entries(places))('a seal that is damaged %s is not believed', async (_where, placeIn) => {
  await check((database) => {
    const { body } = database.prepare('select body from seg').get() as { body: Uint8Array };
    const at = placeIn(body.length);
    body[at] = (body[at] as number) ^ 0xff;
    database.prepare('update seg set body = ?').run(body);
  });
});

test('a seal without a byte is not believed', async () => {
  await check((database) => database.exec(`update seg set body = x''`));
});

test('a seal of which a slice is missing is not believed', async () => {
  await check((database) => database.exec('update seg set parts = 2'));
});

test('a large group is kept whole, and without the payload in it that cannot be read', async () => {
  const { store, dataDir } = await openTestStore();
  const bad: Payload = { ...otlpPayload(testTrace(9)), body: new Uint8Array(100).fill(255) };
  // While the first is being compressed the others come together: they make one group.
  const payloads = [otlpPayload(testTrace(1, 2000)), otlpPayload(testTrace(2, 2000)), bad, otlpPayload(testTrace(3))];
  const results = await Promise.all(payloads.map((payload) => store.append(payload)));
  expect(results.map(({ kind }) => kind)).toEqual(['committed', 'committed', 'malformed', 'committed']);
  await store.close();
  expect(groupsOf(dataDir)).toBe(2);
  const { store: again } = await openTestStore({ dataDir });
  const names = (await again.loadTrace(traceIdOf(3)))?.spans.map(({ name }) => name);
  expect(names).toEqual(['request 3', 'step 1']);
  expect((await again.loadTrace(traceIdOf(2)))?.spans).toHaveLength(2000);
});

function groupsOf(dataDir: string): number {
  const database = new DatabaseSync(join(dataDir, databaseFile), { readOnly: true });
  const { groups } = database.prepare('select count(*) groups from raw').get() as { groups: number };
  database.close();
  return groups;
}

test('what came after the last seal is scanned again', async () => {
  const { store, dataDir } = await openTestStore();
  await fill(store);
  await store.close();
  const { store: second } = await openTestStore({ dataDir });
  await second.append(otlpPayload(testTrace(901)));
  const before = await golden(second);
  await second.close();
  const database = new DatabaseSync(join(dataDir, databaseFile));
  database.exec('delete from seg where id = (select max(id) from seg)');
  database.close();
  const { store: third } = await openTestStore({ dataDir });
  expect(await golden(third)).toBe(before);
});

test('a damaged database is moved aside, said, and a new one started', async () => {
  const { store, dataDir } = await openTestStore();
  await appendSpans(store, testTrace(1));
  await store.close();
  writeFileSync(
    join(dataDir, databaseFile),
    'this is not a database, and it is long enough to be read as one'.repeat(200),
  );
  const { store: again } = await openTestStore({ dataDir });
  expect(await listed(again)).toEqual([]);
  const [problem] = await again.listProblems(1);
  const aside = readdirSync(dataDir).find((name) => name.startsWith('telemetry.damaged-') && name.endsWith('.db'));
  expect(problem?.message).toContain(`It is kept as ${aside}, and a new one has been started.`);
  await appendSpans(again, testTrace(2));
  expect(await listed(again)).toHaveLength(1);
});

test('a data directory that does not exist is refused in words', async () => {
  await expect(openTestStore({ dataDir: '/nowhere/at/all' })).rejects.toThrow(
    /^The database in \/nowhere\/at\/all cannot be opened: .*\.$/,
  );
});

test('a database that another process holds is refused in words', async () => {
  const { store, dataDir } = await openTestStore();
  await store.close();
  const other = new DatabaseSync(join(dataDir, databaseFile));
  other.exec('begin exclusive');
  await expect(openTestStore({ dataDir })).rejects.toThrow(`The database in ${dataDir} is in use by another process.`);
  other.close();
});
