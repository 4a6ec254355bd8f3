import { expect, test } from 'vitest';
import type { TraceTreeRows } from '../client/api.ts';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { openTelemetryStore } from './openTelemetryStore.ts';
import { spanIdOf, testEpoch, testTrace, traceIdOf } from './testing/testSpans.ts';
import { appendSpans, listed, openTestStore, otlpPayload, rowText, segmentPayload } from './testing/testStore.ts';
import type { Payload, TelemetryStore } from './telemetryStore.ts';

const xrayTraceId = (number: number): string => `1-${traceIdOf(number).slice(0, 8)}-${traceIdOf(number).slice(8)}`;
const seconds = Number(testEpoch / 1_000_000n) / 1000;

/** Appends payloads one after the other and compares what the store lists then. */
async function check(payloads: readonly Payload[], expected: readonly string[]): Promise<TelemetryStore> {
  const { store } = await openTestStore();
  for (const payload of payloads) {
    await store.append(payload);
  }
  expect(await listed(store)).toEqual(expected);
  return store;
}

function treeText({ texts, rows }: TraceTreeRows): string {
  return rows.map(([depth, , name, service]) => `${'  '.repeat(depth)}${texts[name]} (${texts[service]})`).join('\n');
}

test('a trace is listed, opened and streamed as soon as it is acknowledged', async () => {
  const { store } = await openTestStore();
  expect(await appendSpans(store, testTrace(1, 3))).toEqual({ kind: 'committed', accepted: 3, rejected: 0 });
  expect(await listed(store)).toEqual(['request 1 ok spans 3 errors 0 logs 0 otlp']);
  const rows = await store.loadTreeRows(traceIdOf(1));
  expect(rows === undefined ? '' : treeText(rows)).toBe('request 1 (backend)\n  step 1 (backend)\n  step 2 (backend)');
  const trace = await store.loadTrace(xrayTraceId(1));
  expect(trace?.spans.map(({ name }) => name)).toEqual(['request 1', 'step 1', 'step 2']);
  expect((await store.loadSpan(traceIdOf(1), spanIdOf(1002)))?.name).toBe('step 1');
});

test('an unknown trace is undefined, whatever is asked about it', async () => {
  const { store } = await openTestStore();
  const answers = [
    await store.loadTreeRows(traceIdOf(9)),
    await store.loadTrace('no id at all'),
    await store.loadSpan(traceIdOf(9), spanIdOf(1)),
    await store.loadRaw(traceIdOf(9)),
  ];
  expect(answers).toEqual([undefined, undefined, undefined, undefined]);
  expect(await store.setPinned(traceIdOf(9), true)).toBe(false);
});

test('a batch that is sent again counts once', async () => {
  const store = await check(
    [otlpPayload(testTrace(1)), otlpPayload(testTrace(1)), otlpPayload(testTrace(1))],
    ['request 1 ok spans 2 errors 0 logs 0 otlp'],
  );
  expect(store.stats()).toMatchObject({ traces: 1, spans: 2, duplicates: 4 });
  expect((await store.loadTrace(traceIdOf(1)))?.spans).toHaveLength(2);
});

const segment = {
  trace_id: xrayTraceId(1),
  id: '00000000000000a1',
  name: 'backend',
  start_time: seconds,
};
const subsegment = { id: '00000000000000b1', name: 'query', start_time: seconds };

test('a complete segment replaces the one that was in progress, and its subsegments', async () => {
  const store = await check(
    [
      segmentPayload({ ...segment, in_progress: true, subsegments: [{ ...subsegment, in_progress: true }] }),
      segmentPayload({ ...segment, end_time: seconds + 1, subsegments: [{ ...subsegment, end_time: seconds + 1 }] }),
    ],
    ['backend ok spans 2 errors 0 logs 0 xray'],
  );
  expect((await store.loadTrace(traceIdOf(1)))?.spans.map(({ status }) => status)).toEqual(['ok', 'ok']);
  expect(store.stats()).toMatchObject({ spans: 2, duplicates: 0 });
});

test('a segment in progress that comes after the complete one changes nothing', async () => {
  await check(
    [segmentPayload({ ...segment, end_time: seconds + 1 }), segmentPayload({ ...segment, in_progress: true })],
    ['backend ok spans 1 errors 0 logs 0 xray'],
  );
});

test('a subsegment that came by itself and comes again inside its segment counts once, with the service of the segment', async () => {
  const alone = {
    ...subsegment,
    type: 'subsegment',
    trace_id: xrayTraceId(1),
    parent_id: segment.id,
    end_time: seconds + 1,
  };
  const store = await check(
    [
      segmentPayload(alone),
      segmentPayload({ ...segment, end_time: seconds + 1, subsegments: [{ ...subsegment, end_time: seconds + 1 }] }),
    ],
    ['backend ok spans 2 errors 0 logs 0 xray'],
  );
  expect((await store.loadTrace(traceIdOf(1)))?.spans.map(({ name, service }) => `${name} of ${service}`)).toEqual([
    'query of backend',
    'backend of backend',
  ]);
});

test('a segment and the server span of one request are one request: one error, the HTTP facts of whichever has them', async () => {
  const server = { ...(testTrace(1, 1)[0] as ReturnType<typeof testTrace>[0]), statusCode: 2 };
  const http = { request: { method: 'GET', url: 'http://h/api/home?x=1' }, response: { status: 500 } };
  await check(
    [
      otlpPayload([server]),
      segmentPayload({ ...segment, parent_id: server.spanId, end_time: seconds + 1, fault: true, http }),
    ],
    ['GET /api/home fault 500 spans 2 errors 1 logs 0 xray+otlp'],
  );
});

test('a payload that cannot be read costs only itself, and is a problem that a person can see', async () => {
  const { store } = await openTestStore();
  const answers = await Promise.all([
    store.append(otlpPayload(testTrace(1))),
    store.append({ format: 'otlp-traces-protobuf', receiver: 'otlpHttp', body: new Uint8Array([10, 255, 255]) }),
    store.append(segmentPayload('{"not":"a segment"}')),
    store.append(otlpPayload(testTrace(2))),
  ]);
  expect(answers.map(({ kind }) => kind)).toEqual(['committed', 'malformed', 'malformed', 'committed']);
  expect(await listed(store)).toHaveLength(2);
  const problems = await store.listProblems(10);
  expect(problems.map(({ receiver, sample }) => `${receiver} ${sample}`)).toEqual([
    String.raw`xrayUdp {"not":"a segment"}`,
    expect.stringContaining('otlpHttp'),
  ]);
  await store.clearProblems();
  expect([await store.listProblems(10), store.stats().problems]).toEqual([[], 0]);
});

test('a span without an id is rejected with its place; the others of its batch are kept', async () => {
  const { store } = await openTestStore();
  const [first, second] = testTrace(1);
  const answer = await store.append(otlpPayload([{ ...first, spanId: '' } as never, second as never]));
  expect(answer).toMatchObject({ kind: 'committed', accepted: 1, rejected: 1 });
  expect((await store.listProblems(1))[0]?.place).toBe('resourceSpans[0].scopeSpans[0].spans[0].spanId');
});

test('health checks are left out on demand, and counted', async () => {
  const { store } = await openTestStore();
  const paths = [
    '/api/home',
    '/health',
    '/api/health-check',
    '/x/healthz',
    '/livez',
    '/readyz',
    '/api/ping',
    '/shopping',
  ];
  for (const [at, path] of paths.entries()) {
    await appendSpans(store, testTrace(at + 1, 1, [['url.path', { text: path }]]));
  }
  expect(await listed(store)).toHaveLength(paths.length);
  const { traces, hiddenHealthChecks } = await store.listTraces({ limit: 100, excludeHealthChecks: true });
  expect([traces.map(({ name }) => name), hiddenHealthChecks]).toEqual([['/shopping', '/api/home'], 6]);
});

test('pages join up while new traces come in', async () => {
  const { store } = await openTestStore();
  for (let number = 1; number <= 25; number += 1) {
    await appendSpans(store, testTrace(number, 1));
  }
  const names: string[] = [];
  let next: string | undefined;
  let newer = 100;
  do {
    const page = await store.listTraces({ limit: 10, ...(next === undefined ? {} : { before: next }) });
    names.push(...page.traces.map(({ name }) => name));
    next = page.next;
    newer += 1;
    await appendSpans(store, testTrace(newer, 1));
  } while (next !== undefined);
  expect(names).toEqual(Array.from({ length: 25 }, (_, at) => `request ${25 - at}`));
});

function logRecord(body: string, traceId?: string): object {
  const named = traceId === undefined ? {} : { traceId };
  return { timeUnixNano: String(testEpoch), severityNumber: 17, body: { stringValue: body }, ...named };
}

test('log records are counted with their trace and come with it', async () => {
  const { store } = await openTestStore();
  const records = [logRecord('first', traceIdOf(1)), logRecord('elsewhere'), logRecord('second', traceIdOf(1))];
  const json = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] });
  await store.append({ format: 'otlp-logs-json', receiver: 'otlpHttp', body: new Uint8Array(Buffer.from(json)) });
  expect(await listed(store)).toEqual([]);
  await appendSpans(store, testTrace(1, 1));
  expect(await listed(store)).toEqual(['request 1 ok spans 1 errors 0 logs 2 otlp']);
  const trace = await store.loadTrace(traceIdOf(1));
  expect(trace?.logs.map(({ message, level }) => `${level} ${message}`)).toEqual(['error first', 'error second']);
  expect(store.stats()).toMatchObject({ traces: 1, spans: 1, logEvents: 3 });
});

test('the documents of a trace come back as they were sent, without the spans of other traces', async () => {
  const { store } = await openTestStore();
  await store.append(otlpPayload([...testTrace(1, 1), ...testTrace(2, 1)]));
  await store.append(segmentPayload({ ...segment, end_time: seconds + 1, anything: 'else' }));
  const raw = await store.loadRaw(traceIdOf(1));
  expect(raw?.documents.map(({ format }) => format)).toEqual(['otlp-protobuf', 'xray-json']);
  const [otlp, xray] = (raw?.documents ?? []).map(({ document }) => JSON.stringify(document));
  expect([otlp?.includes('request 1'), otlp?.includes('request 2'), xray?.includes('"anything":"else"')]).toEqual([
    true,
    false,
    true,
  ]);
});

test('of very large documents as many come back as one answer holds, and the others are counted', async () => {
  const { store } = await openTestStore();
  const metadata = { noise: 'n'.repeat(5 * 2 ** 20) };
  for (let number = 1; number <= 4; number += 1) {
    const times = { start_time: seconds, end_time: seconds + 1 };
    await store.append(
      segmentPayload({ trace_id: xrayTraceId(1), id: spanIdOf(number), name: 'a', ...times, metadata }),
    );
  }
  const raw = await store.loadRaw(traceIdOf(1));
  expect(raw).toMatchObject({ id: traceIdOf(1), omittedDocuments: 1 });
  expect(raw?.documents).toHaveLength(3);
});

test('every commit is told once, with the traces that it changed', async () => {
  const { store } = await openTestStore();
  const changes: unknown[] = [];
  const stop = store.onDidChange(({ traces, logs, problems, removed }) =>
    changes.push([traces, logs, problems, removed]),
  );
  await appendSpans(store, testTrace(1));
  await store.append(segmentPayload('nonsense'));
  await appendSpans(store, Array.from({ length: 300 }, (_, at) => testTrace(at + 10, 1)).flat());
  stop();
  await appendSpans(store, testTrace(2));
  expect(changes).toEqual([
    [[traceIdOf(1)], false, false, false],
    [[], false, true, false],
    ['many', false, false, false],
  ]);
});

test('clear removes everything but what is pinned', async () => {
  const { store } = await openTestStore();
  await appendSpans(store, testTrace(1));
  await appendSpans(store, testTrace(2));
  expect(await store.setPinned(traceIdOf(1), true)).toBe(true);
  await store.clear();
  expect(await listed(store)).toEqual(['request 1 ok spans 2 errors 0 logs 0 pinned otlp']);
  expect((await store.loadTrace(traceIdOf(1)))?.spans).toHaveLength(2);
  expect(await store.loadTrace(traceIdOf(2))).toBeUndefined();
  await store.setPinned(traceIdOf(1), false);
  expect([await listed(store), store.stats()]).toMatchObject([[], { traces: 0, spans: 0 }]);
  await appendSpans(store, testTrace(3));
  expect(await listed(store)).toEqual(['request 3 ok spans 2 errors 0 logs 0 otlp']);
});

test('a question that is given up rejects with its reason, and the store goes on', async () => {
  const { store } = await openTestStore();
  await appendSpans(store, testTrace(1));
  const reason = new Error('the window was closed');
  const asked = store.listTraces({ limit: 1 }, AbortSignal.abort(reason));
  await expect(asked).rejects.toBe(reason);
  const giveUp = new AbortController();
  const asking = store.loadTrace(traceIdOf(1), giveUp.signal);
  giveUp.abort(reason);
  await expect(asking).rejects.toBe(reason);
  expect(await listed(store)).toHaveLength(1);
});

test('after close everything rejects in words', async () => {
  const { store } = await openTestStore();
  await store.close();
  await expect(appendSpans(store, testTrace(1))).rejects.toThrow('The store has been closed.');
  await expect(store.listTraces({ limit: 1 })).rejects.toThrow('The store has been closed.');
});

test('datagrams become segments; what is no datagram of X-Ray becomes a problem', async () => {
  const { store } = await openTestStore();
  const port = store.openDatagramPort();
  const header = '{"format":"json","version":1}\n';
  const datagrams = [header + JSON.stringify({ ...segment, end_time: seconds + 1 }), 'no header', `${header}{`];
  const batch = Buffer.concat(
    datagrams.map((text) => {
      const datagram = Buffer.alloc(4 + text.length);
      datagram.writeUInt32LE(text.length);
      datagram.write(text, 4);
      return datagram;
    }),
  );
  const committed = new Promise((resolve) => store.onDidChange(resolve));
  port.postMessage({ batch: new Uint8Array(batch).buffer });
  await committed;
  port.close();
  expect(await listed(store)).toEqual(['backend ok spans 1 errors 0 logs 0 xray']);
  expect((await store.listProblems(5)).map(({ place }) => place).toSorted()).toEqual(['document', 'header']);
});

test('the tree rows of a trace of 10,000 spans are compact', async () => {
  const { store } = await openTestStore();
  await appendSpans(store, testTrace(1, 10_000));
  const rows = await store.loadTreeRows(traceIdOf(1));
  expect(rows === undefined ? '' : rowText(rows.trace)).toBe('request 1 ok spans 10000 errors 0 logs 0 otlp');
  expect(JSON.stringify(rows).length).toBeLessThan(3_000_000);
});

test('a thread that ends by itself is told, and everything rejects with the reason', async () => {
  const store = await openTelemetryStore({ dataDir: temporaryFolder(), maxBytes: 1e9, maxAgeMillis: 3_600_000 });
  const failed = new Promise<Error>((resolve) => store.onDidFail?.(resolve));
  // A message that is no batch is a bug in this process, and ends the thread as any bug does.
  store.openDatagramPort().postMessage(undefined);
  const { message } = await failed;
  expect(message).toMatch(/^The thread that writes the store has failed: .*undefined.*\.$/);
  await expect(appendSpans(store, testTrace(1))).rejects.toThrow(message);
  await expect(store.close()).rejects.toThrow(message);
});
