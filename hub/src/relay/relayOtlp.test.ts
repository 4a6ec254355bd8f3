import { expect, test } from 'vitest';
import type { RelayChange } from '../client/relayApi.ts';
import { startFaultProxy, type Fault } from '../testing/faultProxy.ts';
import { startRealHub, type RealHub } from '../testing/realHub.ts';
import { countsText, relayUntil, sendSpans } from './testing/clouds.ts';

async function startPair(): Promise<{ local: RealHub; cloud: RealHub; change: RelayChange; otlp: string }> {
  const [local, cloud] = await Promise.all([startRealHub(), startRealHub()]);
  const endpoint = cloud.ready.endpoints.otlpHttp ?? '';
  return { local, cloud, change: { enabled: true, endpoint }, otlp: local.ready.endpoints.otlpHttp ?? '' };
}

async function namesAt({ client }: RealHub): Promise<string[]> {
  const { traces } = await client.listTraces({ limit: 1000 });
  return traces.map(({ name }) => name).toSorted();
}

/** Sends two traces through a proxy with these faults, and compares how the relay stands when all has arrived. */
async function check(faults: readonly Fault[], expected: string, lastError?: string | RegExp): Promise<void> {
  const { local, cloud, change, otlp } = await startPair();
  const proxy = await startFaultProxy(change.endpoint ?? '');
  proxy.next(...faults);
  await local.client.changeRelay('otlp', { ...change, endpoint: proxy.endpoint });
  await sendSpans(otlp, 1);
  await proxy.until(1);
  await sendSpans(otlp, 2);
  const status = await relayUntil(local.client, 'otlp', ({ state }) => state === 'idle');
  expect(countsText(status)).toBe(expected);
  expect(status.lastError ?? '').toMatch(lastError ?? /^$/);
  expect(await namesAt(cloud)).toEqual(['GET /1', 'GET /2']);
}

test('what comes after a destination is switched on arrives there, and nothing from before', async () => {
  const { local, cloud, change, otlp } = await startPair();
  await sendSpans(otlp, 1);
  await local.client.changeRelay('otlp', change);
  await sendSpans(otlp, 2, 3);
  await sendSpans(otlp, 4);
  const status = await relayUntil(local.client, 'otlp', ({ state, sent }) => state === 'idle' && sent === 2);
  expect(countsText(status)).toBe('idle: sent 2 waiting 0 refused 0');
  expect(await namesAt(cloud)).toEqual(['GET /2', 'GET /3', 'GET /4']);
  expect((await local.client.stats()).relay).toEqual({ otlp: { sent: 2, waiting: 0, refused: 0 } });
});

test('a server that fails, throttles or hangs up is asked again', async () => {
  await check(
    [{ kind: 'answer', status: 503 }],
    'idle: sent 2 waiting 0 refused 0 repeated 1',
    /cannot take it now \(503\)/,
  );
});

test('a request that was throttled cannot have arrived, so its repetition counts for nothing', async () => {
  const throttled: Fault = { kind: 'answer', status: 429, headers: { 'retry-after': '1' } };
  await check([throttled], 'idle: sent 2 waiting 0 refused 0', /asks to send less \(429\)/);
});

test('what is cut off in the middle of the answer is sent again and counted', async () => {
  await check([{ kind: 'cutAnswer' }], 'idle: sent 2 waiting 0 refused 0 repeated 1', /cut off/);
});

test('what is cut off in the middle of the request is sent again', async () => {
  await check([{ kind: 'cutRequest' }], 'idle: sent 2 waiting 0 refused 0 repeated 1', /cut off/);
});

test('a request that is refused is kept with its reason and can be sent again', async () => {
  const { local, cloud, change, otlp } = await startPair();
  const proxy = await startFaultProxy(change.endpoint ?? '');
  const json = { 'content-type': 'application/json' };
  proxy.next({ kind: 'answer', status: 400, headers: json, body: '{"message":"too many attributes"}' });
  await local.client.changeRelay('otlp', { ...change, endpoint: proxy.endpoint });
  await sendSpans(otlp, 1);
  const refused = await relayUntil(local.client, 'otlp', (status) => status.refused === 1);
  expect(refused.refusals.map(({ reason }) => reason.replace(/\d+\.\d+\.\d+\.\d+:\d+/, 'HOST'))).toEqual([
    'HOST refused it (400): {"message":"too many attributes"}.',
  ]);
  await sendSpans(otlp, 2);
  await relayUntil(local.client, 'otlp', ({ sent }) => sent === 1);
  expect(await local.client.resendRelay('otlp')).toEqual({ sent: 1, refused: 0 });
  const status = await relayUntil(local.client, 'otlp', ({ state }) => state === 'idle');
  expect(countsText(status)).toBe('idle: sent 2 waiting 0 refused 0');
  expect(await namesAt(cloud)).toEqual(['GET /1', 'GET /2']);
});

test('a key that a server repeats is in no reason that is kept', async () => {
  const { local, change, otlp } = await startPair();
  const proxy = await startFaultProxy(change.endpoint ?? '');
  const key = 'planted-key-0123456789';
  const headers = { 'content-type': 'text/plain' };
  proxy.fault = { kind: 'answer', status: 400, headers, body: `your x-honeycomb-team was ${key}` };
  const settings = { ...change, endpoint: proxy.endpoint, headers: { 'x-honeycomb-team': key } };
  await local.client.changeRelay('otlp', settings);
  await sendSpans(otlp, 1);
  const refused = await relayUntil(local.client, 'otlp', (status) => status.refused === 1);
  expect(refused.refusals[0]?.reason).toMatch(/your x-honeycomb-team was …\.$/);
  expect(JSON.stringify([refused, await local.client.testRelay('otlp', settings)])).not.toContain(key);
});

test('a key that is not taken keeps everything waiting until there is another one', async () => {
  const { local, cloud, change, otlp } = await startPair();
  const proxy = await startFaultProxy(change.endpoint ?? '');
  proxy.fault = { kind: 'answer', status: 401 };
  await local.client.changeRelay('otlp', { ...change, endpoint: proxy.endpoint });
  await sendSpans(otlp, 1);
  const blocked = await relayUntil(local.client, 'otlp', ({ state }) => state === 'retrying');
  expect(countsText(blocked)).toBe('retrying: sent 0 waiting 1 refused 0');
  expect(blocked.lastError).toMatch(/does not take the key \(401\)/);
  await local.client.changeRelay('otlp', change);
  await relayUntil(local.client, 'otlp', ({ sent }) => sent === 1);
  expect(await namesAt(cloud)).toEqual(['GET /1']);
});

test('an endpoint that answers with a web page, and one that is this hub, are said in words', async () => {
  const { local, change, otlp } = await startPair();
  const proxy = await startFaultProxy(change.endpoint ?? '');
  proxy.fault = { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' };
  await local.client.changeRelay('otlp', { ...change, endpoint: proxy.endpoint });
  await sendSpans(otlp, 1);
  const status = await relayUntil(local.client, 'otlp', ({ state }) => state === 'retrying');
  expect(status.lastError).toMatch(/answers with a web page/);
  await expect(local.client.changeRelay('otlp', { enabled: true, endpoint: otlp })).rejects.toThrow(
    /is this hub itself/,
  );
  const byName = otlp.replace('127.0.0.1', 'localhost');
  await expect(local.client.changeRelay('otlp', { enabled: true, endpoint: byName })).rejects.toThrow(
    /is this hub itself/,
  );
});

test('switched off, what waits is forgotten; paused, it waits', async () => {
  const { local, cloud, change, otlp } = await startPair();
  await local.client.changeRelay('otlp', { ...change, pausedBecause: 'The cap of this month is reached.' });
  await sendSpans(otlp, 1);
  const paused = await relayUntil(local.client, 'otlp', ({ waiting }) => waiting === 1);
  expect(`${paused.state}: ${paused.pausedBecause}`).toBe('paused: The cap of this month is reached.');
  expect((await local.client.changeRelay('otlp', { enabled: false })).state).toBe('off');
  await local.client.changeRelay('otlp', change);
  await sendSpans(otlp, 2);
  await relayUntil(local.client, 'otlp', ({ sent }) => sent === 1);
  expect(await namesAt(cloud)).toEqual(['GET /2']);
});

test('what leaves the store before it is sent is counted as dropped', async () => {
  const { local, change, otlp } = await startPair();
  await local.client.changeRelay('otlp', { ...change, pausedBecause: 'for now' });
  await sendSpans(otlp, 1);
  await sendSpans(otlp, 2);
  await local.client.clearTraces();
  const status = await relayUntil(local.client, 'otlp', ({ dropped }) => dropped > 0);
  expect(countsText(status)).toBe('paused: sent 0 waiting 0 refused 0 dropped 2');
});

test('a test says whose key it is, as Honeycomb does, before it is used', async () => {
  const { local, cloud } = await startPair();
  const endpoint = cloud.ready.endpoints.otlpHttp ?? '';
  const plain = await local.client.testRelay('otlp', { enabled: true, endpoint });
  expect(plain).toEqual({
    ok: true,
    message: `${new URL(endpoint).host} takes OTLP. A test span named "sightline test" has been sent.`,
  });
  expect(await namesAt(cloud)).toEqual(['sightline test']);
  const nobody = await local.client.testRelay('otlp', { enabled: true, endpoint: 'http://127.0.0.1:1' });
  expect(nobody).toEqual({ ok: false, message: 'Nothing answers at 127.0.0.1:1.' });
});
