import { PutTraceSegmentsCommand, UpdateTraceSegmentDestinationCommand, XRayClient } from '@aws-sdk/client-xray';
import type { TraceList } from '@sightline/hub/client/api';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, type TestContext } from 'vitest';
import { accountAt } from '../testing/awsAccount.ts';
import { RecordingMeter } from '../testing/recordingMeter.ts';
import { startCloudHub, type CloudHub } from '../testing/cloudHub.ts';
import { awsError, startFaultProxy, type FaultProxy } from '../testing/faultProxy.ts';
import { resetMoto, startMoto, type Moto } from '../testing/moto.ts';
import { segmentOf } from '../testing/segments.ts';
import { XRayTraceSource } from './xrayTraceSource.ts';

// Everything here is real: moto's server and a hub in the place of AWS, the SDK, sockets.
let moto: Moto;
let cloud: CloudHub;
const savedKeys = { ...process.env };

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: '/dev/null',
  });
  [moto, cloud] = await Promise.all([startMoto(), startCloudHub()]);
}, 240_000);

beforeEach(async () => {
  if (moto.kind === 'ready') {
    await resetMoto(moto.endpoint);
  }
});

afterAll(async () => {
  process.env = savedKeys;
  await cloud.stop();
  if (moto.kind === 'ready') {
    await moto.stop();
  }
});

interface Stage {
  readonly source: XRayTraceSource;
  readonly proxy: FaultProxy;
  readonly writer: XRayClient;
  readonly meter: RecordingMeter;
  /** By how much the clock of the source is ahead, in milliseconds. */
  readonly time: { ahead: number };
}

/** The source in front of an AWS, with a proxy between that writes down what is called. */
async function stage(target: string, windowMillis = 3_600_000): Promise<Stage> {
  const proxy = await startFaultProxy(target);
  const meter = new RecordingMeter();
  const time = { ahead: 1_000 };
  const source = new XRayTraceSource(accountAt(proxy.endpoint, { meter }), {
    clock: { every: () => ({ dispose: () => undefined }) },
    pollMillis: 1_000,
    now: () => Date.now() + time.ahead,
    windowMillis: () => windowMillis,
  });
  const writer = new XRayClient({ endpoint: target, region: 'eu-central-1' });
  onTestFinished(async () => {
    source.dispose();
    writer.destroy();
    await proxy.stop();
  });
  return { source, proxy, writer, meter, time };
}

function motoOrSkip(context: TestContext): string {
  return moto.kind === 'ready' ? moto.endpoint : context.skip(`no moto server: ${moto.reason}`);
}

async function put(writer: XRayClient, documents: readonly string[]): Promise<void> {
  for (let at = 0; at < documents.length; at += 50) {
    // oxlint-disable-next-line no-await-in-loop -- X-Ray takes fifty at a time.
    await writer.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents.slice(at, at + 50) }));
  }
}

function check({ traces }: TraceList, expected: readonly string[]): void {
  const rows = traces.map(({ name, service, status, durationNanos }) =>
    [name, service, status, `${Math.round(Number(durationNanos) / 1e6)} ms`].join(' · '),
  );
  expect(rows).toEqual(expected);
}

const everything = { limit: 100, excludeHealthChecks: false };

test('moto: traces are listed newest first, and those whose summary says nothing are read whole, five at a call', async (context) => {
  const { source, proxy, writer } = await stage(motoOrSkip(context));
  await put(
    writer,
    [0, 1, 2, 3, 4, 5, 6].map((number) => segmentOf(number, { age: 10 + number, status: number === 1 ? 500 : 200 })),
  );
  check(await source.listTraces({ ...everything, limit: 6 }), [
    'GET /api/0 · shop · ok · 20 ms',
    'GET /api/1 · shop · fault · 20 ms',
    'GET /api/2 · shop · ok · 20 ms',
    'GET /api/3 · shop · ok · 20 ms',
    'GET /api/4 · shop · ok · 20 ms',
    'GET /api/5 · shop · ok · 20 ms',
  ]);
  expect(proxy.calls).toEqual(['TraceSummaries', 'GetTraceSegmentDestination', 'Traces', 'Traces']);
});

test('moto: the first hundred of 1,000 traces are there within a second', async (context) => {
  const { source, writer } = await stage(motoOrSkip(context));
  await put(
    writer,
    Array.from({ length: 1_000 }, (_, number) => segmentOf(number, { age: 1 + (number % 200) })),
  );
  // The SDK is read once in the life of a window.
  await source.listTraces({ ...everything, limit: 1 });
  const started = performance.now();
  const page = await source.listTraces(everything);
  const took = performance.now() - started;
  console.log(`first 100 of 1,000 traces from moto: ${Math.round(took)} ms`);
  expect([page.traces.length, page.next !== undefined, took < 1_000]).toEqual([100, true, true]);
});

test('pages follow each other without a gap or a repetition', async () => {
  const { source, writer } = await stage(cloud.endpoint);
  await put(
    writer,
    Array.from({ length: 250 }, (_, number) => segmentOf(number, { age: 20 + number * 4, path: '/paged' })),
  );
  const seen: string[] = [];
  for (let before: string | undefined; ;) {
    // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins.
    const page = await source.listTraces({
      ...everything,
      limit: 40,
      filter: 'http.url ENDSWITH "/paged"',
      ...(before && { before }),
    });
    seen.push(...page.traces.map(({ id }) => id));
    before = page.next;
    if (before === undefined) {
      break;
    }
  }
  expect([seen.length, new Set(seen).size]).toEqual([250, 250]);
});

test('a filter expression is asked of AWS, and one that is wrong is said', async () => {
  const { source, writer } = await stage(cloud.endpoint);
  await put(writer, [
    segmentOf(9_001, { age: 5, path: '/fine' }),
    segmentOf(9_002, { age: 6, status: 500, path: '/broken' }),
  ]);
  check(await source.listTraces({ ...everything, filter: 'fault' }), ['GET /broken · shop · fault · 20 ms']);
  await expect(source.listTraces({ ...everything, filter: 'fault )' })).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(/^AWS answered xray:GetTraceSummaries with InvalidRequestException: /) as string,
  });
});

test('typing another filter gives the call up that is under way', async () => {
  const { source, proxy } = await stage(cloud.endpoint);
  proxy.always('TraceSummaries', { kind: 'hang' });
  const typing = new AbortController();
  const answer = source.listTraces({ ...everything, filter: 'fault' }, typing.signal);
  await expect.poll(() => proxy.calls.length).toBe(1);
  typing.abort('another filter was chosen');
  await expect(answer).rejects.toBe('another filter was chosen');
  await expect.poll(() => proxy.abandoned).toEqual(['TraceSummaries']);
});

test('the tree of a trace is that of its documents, and is asked for once', async (context) => {
  const { source, proxy, writer } = await stage(motoOrSkip(context));
  await put(writer, [segmentOf(1, { age: 100 })]);
  const [row] = (await source.listTraces(everything)).traces;
  const tree = await source.loadTreeRows(row?.id ?? '');
  await source.loadRaw(row?.id ?? '');
  const span = await source.loadSpan(row?.id ?? '', '0000000000000002');
  expect(tree?.rows.map(([depth, , name]) => `${' '.repeat(depth)}${tree.texts[name]}`)).toEqual(['shop', ' orders']);
  expect(span?.annotations).toEqual({ number: 1 });
  expect(proxy.calls.filter((call) => call === 'Traces')).toHaveLength(1);
});

test('with Transaction Search a trace is fetched by a retrieval, in the OTEL format', async () => {
  const { source, proxy, writer } = await stage(cloud.endpoint);
  await writer.send(new UpdateTraceSegmentDestinationCommand({ Destination: 'CloudWatchLogs' }));
  onTestFinished(async () => {
    const back = new XRayClient({ endpoint: cloud.endpoint, region: 'eu-central-1' });
    await back.send(new UpdateTraceSegmentDestinationCommand({ Destination: 'XRay' }));
    back.destroy();
  });
  await put(writer, [segmentOf(77_000, { age: 30, path: '/searched' })]);
  const [row] = (await source.listTraces({ ...everything, filter: 'http.url ENDSWITH "/searched"' })).traces;
  const tree = await source.loadTreeRows(row?.id ?? '');
  expect(tree?.rows.map(([depth, , name]) => `${' '.repeat(depth)}${tree.texts[name]}`)).toEqual(['shop', ' orders']);
  expect((await source.loadRaw(row?.id ?? ''))?.documents[0]?.format).toBe('otlp-json');
  expect(proxy.calls.slice(1)).toEqual(['GetTraceSegmentDestination', 'StartTraceRetrieval', 'ListRetrievedTraces']);
});

test('what is read is counted: the traces that AWS looked through, those that it handed out, and the calls', async () => {
  const { source, proxy, writer, meter } = await stage(cloud.endpoint, 1_000);
  const body = '{"TraceSummaries":[],"TracesProcessedCount":41}';
  proxy.fail('TraceSummaries', { kind: 'answer', status: 200, body });
  await source.listTraces(everything);
  expect(meter.used.xray).toEqual({ viewCalls: 1, tracesScanned: 41 });
  const document = segmentOf(66_000, { age: 100 });
  await put(writer, [document]);
  const { trace_id: id } = JSON.parse(document) as { trace_id: string };
  await source.loadTreeRows(id);
  await source.loadTreeRows(id);
  expect(meter.used).toEqual({ xray: { viewCalls: 3, tracesScanned: 41, tracesRetrieved: 1 }, logs: {} });
  expect(proxy.calls.slice(1)).toEqual(['GetTraceSegmentDestination', 'Traces']);
});

test('where the account keeps its traces is told, and again when that has changed: it decides what they cost', async () => {
  const { source, writer, meter, time } = await stage(cloud.endpoint);
  const keepIn = async (Destination: 'CloudWatchLogs' | 'XRay'): Promise<unknown> =>
    await writer.send(new UpdateTraceSegmentDestinationCommand({ Destination }));
  const load = async (number: number): Promise<unknown> =>
    await source.loadTreeRows(number.toString(16).padStart(32, '5'));
  await keepIn('CloudWatchLogs');
  await load(1);
  await keepIn('XRay');
  await load(2);
  expect(meter.destinations).toEqual(['CloudWatchLogs']);
  time.ahead += 11 * 60_000;
  await load(3);
  expect(meter.destinations).toEqual(['CloudWatchLogs', 'XRay']);
});

test('where the destination may not be asked, the classic way is taken', async () => {
  const { source, proxy, writer } = await stage(cloud.endpoint);
  proxy.always('GetTraceSegmentDestination', awsError(403, 'AccessDeniedException', 'User is not authorized'));
  await put(writer, [segmentOf(88_000, { age: 30, path: '/classic' })]);
  const [row] = (await source.listTraces({ ...everything, filter: 'http.url ENDSWITH "/classic"' })).traces;
  expect((await source.loadTreeRows(row?.id ?? ''))?.rows).toHaveLength(2);
  expect(proxy.calls.slice(1)).toEqual(['GetTraceSegmentDestination', 'Traces']);
});

test('a call that is throttled is tried again', async () => {
  const { source, proxy } = await stage(cloud.endpoint);
  const throttled = awsError(429, 'ThrottledException', 'Rate exceeded');
  proxy.fail('TraceSummaries', throttled, { kind: 'cut' }, awsError(500, 'InternalFailure'));
  const { traces } = await source.listTraces({ ...everything, filter: 'http.url = "nowhere"' });
  expect([traces, proxy.calls.length > 3]).toEqual([[], true]);
});
