import { expect, test } from 'vitest';
import type { RelayChange } from '../client/relayApi.ts';
import { startFaultProxy, type Fault } from '../testing/faultProxy.ts';
import { startRealHub, type RealHub } from '../testing/realHub.ts';
import { callLogs, cloudKeys, countsText, relayUntil, segmentOf, sendSegments, traceIdOf } from './testing/clouds.ts';

interface Pair {
  readonly local: RealHub;
  readonly cloud: RealHub;
  readonly api: string;
  readonly change: RelayChange;
}

async function startPair(): Promise<Pair> {
  const [local, cloud] = await Promise.all([startRealHub(), startRealHub()]);
  const change = { enabled: true, endpoint: cloud.ready.endpoints.api, region: 'eu-central-1', credentials: cloudKeys };
  return { local, cloud, change, api: local.ready.endpoints.api };
}

async function documentsAt({ client }: RealHub, number: number): Promise<unknown[]> {
  return (await client.loadRaw(traceIdOf(number)))?.documents.map(({ document }) => document) ?? [];
}

/** Sends three segments through a proxy with these faults, and compares how the relay stands when all is done. */
async function check(faults: readonly Fault[], expected: string, lastError: string | RegExp = /^$/): Promise<void> {
  const { local, cloud, change, api } = await startPair();
  const proxy = await startFaultProxy(change.endpoint ?? '');
  proxy.next(...faults);
  await local.client.changeRelay('xray', { ...change, endpoint: proxy.endpoint });
  const segments = [segmentOf(1), segmentOf(2), segmentOf(3, { annotations: { user: 'Ä' } })];
  await sendSegments(api, ...segments);
  const status = await relayUntil(local.client, 'xray', ({ state, waiting }) => state === 'idle' && waiting === 0);
  expect(countsText(status)).toBe(expected);
  expect(status.lastError ?? '').toMatch(lastError);
  expect(await documentsAt(cloud, 3)).toEqual([segments[2]]);
}

test('segments arrive as they came, signed, with their keys masked', async () => {
  await check([], 'idle: sent 3 waiting 0 refused 0');
});

test('throttled by AWS, they are sent again', async () => {
  const body = '{"__type":"ThrottlingException","message":"Rate exceeded"}';
  await check(
    [{ kind: 'answer', status: 400, body }],
    'idle: sent 3 waiting 0 refused 0',
    /send less \(ThrottlingException\)/,
  );
});

test('those that X-Ray throttles alone are sent again, those that it refuses are kept', async () => {
  const unprocessed = [
    { Id: '1111111111111111', ErrorCode: 'ThrottledException', Message: 'slow down' },
    { Id: '1111111111111112', ErrorCode: 'InvalidSegment', Message: 'bad' },
  ];
  const { local, change, api } = await startPair();
  const proxy = await startFaultProxy(change.endpoint ?? '');
  proxy.next({ kind: 'answer', status: 200, body: JSON.stringify({ UnprocessedTraceSegments: unprocessed }) });
  await local.client.changeRelay('xray', { ...change, endpoint: proxy.endpoint });
  await sendSegments(api, segmentOf(1), segmentOf(2));
  const status = await relayUntil(local.client, 'xray', ({ state, waiting }) => state === 'idle' && waiting === 0);
  expect(countsText(status)).toBe('idle: sent 1 waiting 0 refused 1');
  expect(status.refusals.map(({ reason }) => reason)).toEqual(['X-Ray refused it (InvalidSegment): bad.']);
});

test('a clock that is wrong is put right by what AWS says', async () => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  const body = '{"message":"Signature expired: now"}';
  const headers = { date, 'x-amzn-errortype': 'InvalidSignatureException:http://internal.amazon.com/' };
  await check([{ kind: 'answer', status: 403, headers, body }], 'idle: sent 3 waiting 0 refused 0');
});

test('a permission that is missing is named, and everything waits', async () => {
  const { local, change, api } = await startPair();
  const proxy = await startFaultProxy(change.endpoint ?? '');
  const body = '{"__type":"AccessDeniedException","message":"User is not authorized"}';
  proxy.fault = { kind: 'answer', status: 403, body };
  await local.client.changeRelay('xray', { ...change, endpoint: proxy.endpoint });
  await sendSegments(api, segmentOf(1));
  const status = await relayUntil(local.client, 'xray', ({ state }) => state === 'retrying');
  expect(countsText(status)).toBe('retrying: sent 0 waiting 1 refused 0');
  expect(`${status.secret}: ${status.lastError}`).toBe(
    'AKIA…0001: AWS does not allow xray:PutTraceSegments with these credentials (AccessDeniedException): User is not authorized.',
  );
});

const place = { logGroupName: '/app', logStreamName: 'web' };

async function makeStream(api: string): Promise<void> {
  await callLogs(api, 'CreateLogGroup', { logGroupName: '/app' });
  await callLogs(api, 'PutRetentionPolicy', { logGroupName: '/app', retentionInDays: 3 });
  await callLogs(api, 'CreateLogStream', place);
}

async function put(api: string, ...messages: readonly string[]): Promise<void> {
  const timestamp = Date.now();
  await callLogs(api, 'PutLogEvents', { ...place, logEvents: messages.map((message) => ({ timestamp, message })) });
}

async function messagesAt(cloud: RealHub): Promise<unknown[]> {
  const { events } = await callLogs(cloud.ready.endpoints.api, 'GetLogEvents', { ...place, startFromHead: true });
  return (events as { message: string }[]).map(({ message }) => message);
}

/** Writes three batches of two lines, each once the one before has met its fault, and compares the lines at the cloud. */
async function checkLogs(faults: readonly Fault[], expected: string, lines: string): Promise<void> {
  const { local, cloud, change, api } = await startPair();
  const proxy = await startFaultProxy(change.endpoint ?? '');
  await makeStream(api);
  await local.client.changeRelay('logs', { ...change, endpoint: proxy.endpoint });
  proxy.next(...faults);
  await put(api, 'a1', 'a2');
  await proxy.until(1);
  await put(api, 'b1', 'b2');
  await put(api, 'c1', 'c2');
  const status = await relayUntil(local.client, 'logs', ({ state, waiting }) => state === 'idle' && waiting === 0);
  expect(countsText(status)).toBe(expected);
  expect((await messagesAt(cloud)).join(' ')).toBe(lines);
  const { logGroups } = await callLogs(cloud.ready.endpoints.api, 'DescribeLogGroups', {});
  expect(logGroups).toMatchObject([{ logGroupName: '/app', retentionInDays: 3 }]);
}

test('log events arrive in order; group, stream and retention are made where they are missing', async () => {
  await checkLogs([], 'idle: sent 6 waiting 0 refused 0', 'a1 a2 b1 b2 c1 c2');
});

test('a batch that is throttled comes before those behind it all the same', async () => {
  const throttled: Fault = { kind: 'answer', status: 400, body: '{"__type":"ThrottlingException"}' };
  await checkLogs([{ kind: 'pass' }, throttled, throttled], 'idle: sent 6 waiting 0 refused 0', 'a1 a2 b1 b2 c1 c2');
});

test('lines of before the relay was switched on stay here, those of a stream that is made later go', async () => {
  const { local, cloud, change, api } = await startPair();
  await makeStream(api);
  await put(api, 'before');
  await local.client.changeRelay('logs', change);
  await put(api, 'after');
  await callLogs(api, 'CreateLogGroup', { logGroupName: '/later' });
  await callLogs(api, 'CreateLogStream', { logGroupName: '/later', logStreamName: 's' });
  const logEvents = [{ timestamp: Date.now(), message: 'later' }];
  await callLogs(api, 'PutLogEvents', { logGroupName: '/later', logStreamName: 's', logEvents });
  await relayUntil(local.client, 'logs', ({ sent, state }) => sent === 2 && state === 'idle');
  expect(await messagesAt(cloud)).toEqual(['after']);
  const { events } = await callLogs(cloud.ready.endpoints.api, 'FilterLogEvents', { logGroupName: '/later' });
  expect(events).toMatchObject([{ message: 'later' }]);
});

test('lines that are too many for one call go in several, in order', async () => {
  const { local, cloud, change, api } = await startPair();
  await makeStream(api);
  await local.client.changeRelay('logs', { ...change, pausedBecause: 'until all are there' });
  for (const part of [0, 1, 2]) {
    // oxlint-disable-next-line no-await-in-loop -- in this order.
    await put(api, ...Array.from({ length: 6000 }, (_, at) => `${part * 6000 + at}`));
  }
  await local.client.changeRelay('logs', change);
  const status = await relayUntil(local.client, 'logs', ({ sent, state }) => sent === 18_000 && state === 'idle');
  expect(countsText(status)).toBe('idle: sent 18000 waiting 0 refused 0');
  expect(status.usage.requests).toBe(2);
  expect((await cloud.client.stats()).logEvents).toBe(18_000);
});

test('a test call says what AWS takes', async () => {
  const { local, change } = await startPair();
  const xray = await local.client.testRelay('xray', change);
  expect(xray.message.replace(/1-\w+-\w+/, 'TRACE')).toBe(
    'X-Ray takes segments. A test trace TRACE of the service "sightline-test" has been sent.',
  );
  expect(await local.client.testRelay('logs', change)).toEqual({
    ok: true,
    message: 'CloudWatch Logs takes events. A test line has been sent to the group "/sightline/test".',
  });
});
