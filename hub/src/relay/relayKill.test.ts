import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HubClient } from '../client/hubClient.ts';
import { startFaultProxy } from '../testing/faultProxy.ts';
import { freePorts, runHub, startHubProcessIn, type HubProcess } from '../testing/hubProcess.ts';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { startRealHub, type RealHub } from '../testing/realHub.ts';
import {
  callLogs,
  cloudKeys,
  countsText,
  relayUntil,
  segmentOf,
  sendItem,
  sendSegments,
  sendSpans,
  traceIdOf,
} from './testing/clouds.ts';

const planted = {
  token: 'planted0token0abcdef0123456789abcd',
  header: 'planted-honeycomb-key-0123456789',
  ...cloudKeys,
};

function environmentOf(cloud: string): Record<string, string> {
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: planted.accessKeyId,
    AWS_SECRET_ACCESS_KEY: planted.secretAccessKey,
    SIGHTLINE_RELAY_XRAY_ENDPOINT: cloud,
    SIGHTLINE_RELAY_LOGS_ENDPOINT: cloud,
    SIGHTLINE_RELAY_ROLLBAR_ENDPOINT: `${cloud}/api/1/`,
    SIGHTLINE_RELAY_ROLLBAR_TOKEN: planted.token,
    SIGHTLINE_RELAY_OTLP_HEADERS: `x-honeycomb-team=${planted.header}`,
  };
}

const requests = 300;
const streams = Array.from({ length: 40 }, (_, at) => `stream-${at}`);

/** What a backend sends: a segment a request, some lines in each stream, an item now and then, and spans. */
async function sendAll({ ready }: HubProcess): Promise<void> {
  const { api, otlpHttp } = ready.endpoints;
  await callLogs(api, 'CreateLogGroup', { logGroupName: '/app' });
  for (const [at, logStreamName] of streams.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as one app does.
    await callLogs(api, 'CreateLogStream', { logGroupName: '/app', logStreamName });
    const logEvents = [1, 2, 3].map((line) => ({ timestamp: Date.now(), message: `line ${at}.${line}` }));
    // oxlint-disable-next-line no-await-in-loop -- as above.
    await callLogs(api, 'PutLogEvents', { logGroupName: '/app', logStreamName, logEvents });
  }
  for (let number = 1; number <= requests; number += 20) {
    const segments = Array.from({ length: 20 }, (_, at) => segmentOf(number + at));
    // oxlint-disable-next-line no-await-in-loop -- as above.
    await sendSegments(api, ...segments);
    // oxlint-disable-next-line no-await-in-loop -- as above.
    await sendItem(api, { body: { message: { body: `item ${number}` } } });
    // oxlint-disable-next-line no-await-in-loop -- as above.
    await sendSpans(otlpHttp ?? '', 10_000 + number);
  }
}

async function linesAt({ ready }: RealHub): Promise<string[]> {
  const { events } = await callLogs(ready.endpoints.api, 'FilterLogEvents', { logGroupName: '/app' });
  return (events as { message: string }[]).map(({ message }) => message);
}

/** Everything that lies below a folder, with its name. */
function filesBelow(folder: string): [name: string, content: Buffer][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const file = join(entry.parentPath, entry.name);
    return entry.isFile() ? [[file, readFileSync(file)] as [string, Buffer]] : [];
  });
}

test('a hub that is killed twice on the way hands on every request, and its secrets are nowhere on disk', async () => {
  const cloud = await startRealHub();
  const proxy = await startFaultProxy(cloud.ready.endpoints.api);
  const otlpProxy = await startFaultProxy(cloud.ready.endpoints.otlpHttp ?? '');
  // Throttled, nothing can have arrived before the first kill.
  proxy.fault = { kind: 'answer', status: 429 };
  otlpProxy.fault = { kind: 'answer', status: 429 };
  const dataDir = temporaryFolder();
  const relay = ['xray', 'logs', 'rollbar', `otlp=${otlpProxy.endpoint}`].flatMap((each) => ['--relay', each]);
  const start = async (): Promise<HubProcess> =>
    await startHubProcessIn(environmentOf(proxy.endpoint), dataDir, ...relay);
  let hub = await start();
  await sendAll(hub);
  const documents = await documentsOf(hub, dataDir);
  proxy.fault = { kind: 'pass' };
  otlpProxy.fault = { kind: 'pass' };
  for (const kill of [1, 2]) {
    // oxlint-disable-next-line no-await-in-loop -- one life after the other.
    await proxy.until(proxy.requests + 6 * kill);
    hub.child.kill('SIGKILL');
    // oxlint-disable-next-line no-await-in-loop -- as above.
    await hub.ended;
    // oxlint-disable-next-line no-await-in-loop -- as above.
    hub = await start();
  }
  const client = new HubClient({ dataDir });
  onTestFinished(() => client.dispose());
  const logs = await relayUntil(client, 'logs', isDone);
  const counts = await Promise.all(
    (['xray', 'rollbar', 'otlp'] as const).map((each) => relayUntil(client, each, isDone)),
  );
  expect(counts.map((each) => countsText({ ...each, repeated: 0 }))).toEqual([
    'idle: sent 300 waiting 0 refused 0',
    'idle: sent 15 waiting 0 refused 0',
    'idle: sent 15 waiting 0 refused 0',
  ]);
  expect(countsText({ ...logs, repeated: 0 })).toBe('idle: sent 120 waiting 0 refused 0');
  await expectAllAt(cloud, documents, logs.repeated);
  const { stdout, stderr } = await stopped(hub);
  for (const secret of Object.values(planted)) {
    expect(
      filesBelow(dataDir)
        .filter(([, content]) => content.includes(secret))
        .map(([name]) => name),
    ).toEqual([]);
    expect(`${stdout}${stderr}`).not.toContain(secret);
  }
}, 120_000);

function isDone({ state, waiting }: { state: string; waiting: number }): boolean {
  return state === 'idle' && waiting === 0;
}

/** The documents as the hub has them, before anything was killed. */
async function documentsOf({ ready }: HubProcess, dataDir: string): Promise<Map<number, unknown>> {
  expect(ready.dataDir).toBe(dataDir);
  const client = new HubClient({ dataDir });
  onTestFinished(() => client.dispose());
  const numbers = Array.from({ length: requests }, (_, at) => at + 1);
  return new Map(
    await Promise.all(
      numbers.map(async (number): Promise<[number, unknown]> => [
        number,
        (await client.loadRaw(traceIdOf(number)))?.documents.map(({ document }) => document),
      ]),
    ),
  );
}

async function expectAllAt(cloud: RealHub, documents: Map<number, unknown>, repeated: number): Promise<void> {
  for (const [number, wanted] of documents) {
    // oxlint-disable-next-line no-await-in-loop -- many at once would only wait for each other.
    const there = (await cloud.client.loadRaw(traceIdOf(number)))?.documents.map(({ document }) => document);
    // Sent again after a kill it may be there twice, but never as something else.
    expect(new Set(there?.map((each) => JSON.stringify(each)))).toEqual(
      new Set((wanted as unknown[]).map((each) => JSON.stringify(each))),
    );
  }
  const stats = await cloud.client.stats();
  expect(stats).toMatchObject({ spans: 315, errorItems: 15 });
  const lines = await linesAt(cloud);
  expect(new Set(lines).size).toBe(120);
  const doubled = (lines.length - 120) / 3;
  expect(repeated).toBeLessThanOrEqual(2);
  expect(doubled).toBeLessThanOrEqual(repeated);
}

async function stopped(hub: HubProcess): Promise<{ stdout: string; stderr: string }> {
  hub.child.kill('SIGTERM');
  const ended = await hub.ended;
  expect(ended.code).toBe(0);
  return ended;
}

test('a hub that was started again without its secrets keeps what comes until it gets them', async () => {
  const cloud = await startRealHub();
  const dataDir = temporaryFolder();
  const environment = environmentOf(cloud.ready.endpoints.api);
  const first = await startHubProcessIn(environment, dataDir, '--relay', 'rollbar');
  await stopped(first);
  const second = await startHubProcessIn({}, dataDir);
  const client = new HubClient({ dataDir });
  onTestFinished(() => client.dispose());
  await sendItem(second.ready.endpoints.api, { body: { message: { body: 'waits' } } });
  const waiting = await relayUntil(client, 'rollbar', (status) => status.waiting === 1);
  expect(countsText(waiting)).toBe('waiting for secrets: sent 0 waiting 1 refused 0');
  const endpoint = `${cloud.ready.endpoints.api}/api/1/`;
  await client.changeRelay('rollbar', { enabled: true, endpoint, token: planted.token });
  await relayUntil(client, 'rollbar', ({ sent }) => sent === 1);
  expect((await cloud.client.stats()).errorItems).toBe(1);
});

test('the keys and endpoints of a terminal that is pointed at the hub are not taken for real ones', async () => {
  const cloud = await startRealHub();
  const dataDir = temporaryFolder();
  const environment = {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_XRAY: 'http://127.0.0.1:9',
    AWS_ACCESS_KEY_ID: 'sightline-local',
    AWS_SECRET_ACCESS_KEY: 'sightline-local',
    AWS_REGION: 'eu-central-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    SIGHTLINE_RELAY_XRAY_ENDPOINT: cloud.ready.endpoints.api,
  };
  const hub = await startHubProcessIn(environment, dataDir, '--relay', 'xray');
  const client = new HubClient({ dataDir });
  onTestFinished(() => client.dispose());
  await sendSegments(hub.ready.endpoints.api, segmentOf(1));
  const status = await relayUntil(client, 'xray', ({ state }) => state === 'retrying');
  expect(status.lastError).toMatch(/^There are no AWS credentials: /);
  expect((await cloud.client.stats()).spans).toBe(0);
});

test('a hub that is told to relay to itself does not start, and says why', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const args = ['--data-dir', temporaryFolder(), ...freePorts, '--otlp-port', String(port)];
  const { code, stderr } = await runHub([...args, '--relay', `otlp=http://localhost:${port}`]).ended;
  expect(`${code}: ${stderr}`).toBe(
    `1: sightline-hub: The endpoint localhost:${port} is this hub itself: everything would come back for ever. Name the vendor's endpoint, or another hub's.\n`,
  );
});
