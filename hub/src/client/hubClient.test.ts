import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startHubUnderTest, temporaryFolder, type HubUnderTest } from '../testing/hubUnderTest.ts';
import { detail, rows, spanId, storedTrace, traceId } from '../testing/traces.ts';
import type { ChangeEvent } from './api.ts';
import { HubClient } from './hubClient.ts';
import type { HubLocation } from './hubConnection.ts';
import { HubError } from './hubError.ts';
import { hubRecordFileOf } from './hubLock.ts';
import { createServer } from './nodeHttp.ts';

function clientOf(location: HubLocation): HubClient {
  const client = new HubClient(location);
  onTestFinished(() => client.dispose());
  return client;
}

async function startHubWithTrace(): Promise<{ hub: HubUnderTest; client: HubClient }> {
  const hub = await startHubUnderTest();
  hub.store.traces.set(traceId, storedTrace);
  return { hub, client: clientOf({ endpoint: hub.endpoints.api, token: hub.token }) };
}

/** Compares the kind and the sentence of the error that a call ends with. */
async function check(call: Promise<unknown>, expected: string | RegExp): Promise<void> {
  const error = await call.then(
    () => 'no error',
    (reason: unknown) => reason,
  );
  expect(error instanceof HubError ? `${error.kind}: ${error.message}` : String(error)).toMatch(expected);
}

test('every call gives what the hub has', async () => {
  const { hub, client } = await startHubWithTrace();
  expect(await client.health()).toEqual({ status: 'ok', version: '0.1.0', pid: process.pid });
  expect(await client.listTraces({ limit: 5, before: '5-1', health: 'exclude' })).toEqual({ traces: [rows.trace] });
  expect(hub.store.queries).toEqual([{ limit: 5, before: '5-1', excludeHealthChecks: true }]);
  expect(await client.loadTreeRows(traceId)).toEqual(rows);
  expect(await client.loadTrace('1-4efaaf4d-1e8720b39541901950019ee5')).toEqual(detail);
  expect(await client.loadSpan(traceId, spanId)).toEqual(detail.spans[0]);
  expect(await client.loadRaw(traceId)).toEqual({ id: traceId, documents: [] });
  expect(await client.stats()).toMatchObject({ traces: 1, unservedCalls: 0 });
  expect(await client.setPinned(traceId, true)).toBe(true);
  await client.clearTraces();
  expect(await client.listTraces()).toEqual({ traces: [] });
  hub.store.recordProblem({ receiver: 'api', place: 'p', message: 'm' });
  expect((await client.listProblems()).problems.length).toBe(1);
  await client.clearProblems();
  expect((await client.listProblems(1)).problems).toEqual([]);
  await client.shutdown();
  await hub.hub.ended;
});

test('what is not there is undefined or false, not an error', async () => {
  const { client } = await startHubWithTrace();
  const other = '1'.repeat(32);
  expect(await client.loadTreeRows(other)).toBe(undefined);
  expect(await client.loadTrace(other)).toBe(undefined);
  expect(await client.loadSpan(traceId, '1'.repeat(16))).toBe(undefined);
  expect(await client.setPinned(other, true)).toBe(false);
});

test('an error is told by its kind and the sentence of the hub', async () => {
  const { hub, client } = await startHubWithTrace();
  await check(client.listTraces({ limit: 0 }), 'refused: `limit` must be a whole number from 1 to 1000.');
  await check(
    clientOf({ endpoint: hub.endpoints.api, token: 'wrong' }).stats(),
    /^unauthorized: This needs the hub's token/,
  );
  hub.store.loadRaw = () => Promise.reject(new Error('the reader has ended'));
  await check(client.loadRaw(traceId), 'failed: The hub could not answer this: the reader has ended');
  await hub.hub.stop();
  await check(client.stats(), `unreachable: No Sightline hub answers at ${hub.endpoints.api}.`);
  await check(HubClient.connect({ endpoint: hub.endpoints.api, token: '' }), /^unreachable/);
});

test('something else that listens there is not taken for a hub', async () => {
  const server = createServer((_request, response) => response.end('<html>'));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const client = clientOf({ endpoint: `http://127.0.0.1:${port}`, token: '' });
  await check(client.stats(), 'failed: The answer is not JSON: something other than a Sightline hub is there.');
});

test('an aborted call ends with the reason of its signal, before and while it runs', async () => {
  const { hub, client } = await startHubWithTrace();
  await check(client.stats(AbortSignal.abort(new Error('too late'))), 'Error: too late');
  const abandoned = new AbortController();
  hub.store.loadRaw = (_id: string, signal?: AbortSignal) =>
    new Promise<undefined>((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('abandoned')));
      abandoned.abort(new Error('closed the view'));
    });
  await check(client.loadRaw(traceId, abandoned.signal), 'Error: closed the view');
});

/** Follows a hub's changes and lets a test wait for what comes. */
function follow(client: HubClient) {
  const seen: string[] = [];
  const stop = client.subscribe({
    onChange: ({ revision, traces }: ChangeEvent) => seen.push(`${revision} ${JSON.stringify(traces)}`),
    onState: (state) => seen.push(state.kind),
  });
  const until = async (text: string): Promise<void> => {
    await expect.poll(() => seen, { timeout: 20_000 }).toContain(text);
  };
  return { seen, stop, until };
}

test('changes are told as they happen, and the end of the connection too', async () => {
  const { hub, client } = await startHubWithTrace();
  const { seen, until } = follow(client);
  await until('connected');
  hub.store.change({ revision: 1, traces: [traceId] });
  await until(`1 ["${traceId}"]`);
  await hub.hub.stop();
  await until('lost');
  expect(seen).toEqual(['connected', `1 ["${traceId}"]`, 'lost']);
});

test('after the end of the subscription nothing is told', async () => {
  const { hub, client } = await startHubWithTrace();
  const first = follow(client);
  const second = follow(client);
  await first.until('connected');
  await second.until('connected');
  first.stop();
  hub.store.change({ revision: 1, traces: 'many' });
  await second.until('1 "many"');
  expect(first.seen).toEqual(['connected']);
});

test('a hub that starts again on another port is found by its data directory', async () => {
  const first = await startHubUnderTest();
  const { dataDir } = first.ready;
  const client = clientOf({ dataDir });
  const { until, seen } = follow(client);
  await until('connected');
  await first.hub.stop();
  await until('lost');
  await check(client.stats(), /^unreachable/);
  const second = await startHubUnderTest('--data-dir', dataDir);
  await expect.poll(() => seen, { timeout: 20_000 }).toEqual(['connected', 'lost', 'connected']);
  second.store.change({ revision: 7, traces: [] });
  await until('7 []');
  expect(await client.stats()).toMatchObject({ traces: 0 });
});

test('a data directory without a hub is said', async () => {
  await check(clientOf({ dataDir: '/nowhere' }).stats(), 'unreachable: No Sightline hub is running on /nowhere.');
});

test('whoever has the port of a hub that was killed does not get its token', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization ?? 'no token'}`);
    response.end('{"status":"ok","version":"0.1.0","pid":1}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const dataDir = temporaryFolder();
  writeFileSync(join(dataDir, 'token'), 'secret');
  writeFileSync(
    hubRecordFileOf(dataDir),
    JSON.stringify({ pid: 2, api: `http://127.0.0.1:${port}`, version: '0.1.0', startedAt: '' }),
  );
  await check(clientOf({ dataDir }).stats(), `unreachable: No Sightline hub is running on ${dataDir}.`);
  expect(seen).toEqual(['/health no token']);
});
