import { createSocket } from 'node:dgram';
import { expect, test } from 'vitest';
import { startHubUnderTest, type HubUnderTest } from '../testing/hubUnderTest.ts';
import { send, sendBytes } from '../testing/rawHttp.ts';
import { dropsIn } from './kernelDrops.ts';

/** Sends a body to the TCP side and compares its answer, with the times that are now shown as such. */
async function check(hub: HubUnderTest, path: string, body: string, expected: string): Promise<void> {
  const reply = await send(`${hub.endpoints.xrayTcp}${path}`, { method: 'POST', body });
  const now = Math.floor(Date.now() / 1_000);
  const shown = reply.body.replaceAll(/\b\d{10}(\.\d+)?\b/g, (time) =>
    Math.abs(Number(time) - now) < 5 ? '"now"' : `"now + ${Math.round((Number(time) - now) / 10) * 10}"`,
  );
  expect(`${reply.status} ${shown}`).toBe(expected);
}

async function sendDatagrams({ endpoints }: HubUnderTest, datagrams: readonly (string | Uint8Array)[]): Promise<void> {
  const [host, port] = endpoints.xrayUdp.split(':');
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, Number(port), host, (error) => (error === null ? resolve() : reject(error)));
    });
  }
  socket.close();
}

test('UDP and TCP listen on one port, since SDKs know only one address', async () => {
  const { endpoints } = await startHubUnderTest();
  expect(`http://${endpoints.xrayUdp}`).toBe(endpoints.xrayTcp);
});

test('datagrams reach the store whole and in order, the largest that UDP can carry too', async () => {
  const hub = await startHubUnderTest();
  const datagrams = [
    'first',
    '',
    'x'.repeat(65_507),
    ...Array.from({ length: 500 }, (_, number) => `number ${number}`),
  ];
  await sendDatagrams(hub, datagrams);
  await hub.store.until(() => hub.store.datagrams.length === datagrams.length);
  expect(hub.store.datagrams).toEqual(datagrams);
});

test('a burst of 2,000 segments of 1 KB loses nothing, and a loss would be counted', async () => {
  const hub = await startHubUnderTest();
  const datagrams = Array.from({ length: 2_000 }, (_, number) => `${number} `.padEnd(1_000, '.'));
  await sendDatagrams(hub, datagrams);
  await hub.store.until(() => hub.store.datagrams.length + (hub.store.dropped['udpKernel'] ?? 0) === 2_000);
  expect(hub.store.dropped).toEqual({});
});

test('a store that falls behind costs bounded memory, and what is dropped is counted', async () => {
  const hub = await startHubUnderTest();
  hub.store.takesDatagrams = false;
  const datagrams = Array.from({ length: 100 }, () => 'x'.repeat(60_000));
  const headers = { authorization: `Bearer ${hub.token}` };
  const dropped = async (): Promise<number> => {
    await sendDatagrams(hub, datagrams);
    await send(`${hub.endpoints.api}/sightline/v1/stats`, { headers });
    return hub.store.dropped['queueFull'] ?? 0;
  };
  await expect.poll(dropped, { timeout: 20_000 }).toBeGreaterThan(0);
  const kept = hub.store.datagrams.reduce((sum, { length }) => sum + length, 0);
  expect(kept).toBeLessThan(65 * 2 ** 20);
});

test('what has arrived is handed over before the hub ends', async () => {
  const hub = await startHubUnderTest();
  await sendDatagrams(hub, ['last words']);
  await hub.store.until(() => hub.store.datagrams.length === 1);
  await hub.hub.stop();
  expect([hub.store.datagrams, hub.store.isClosed]).toEqual([['last words'], true]);
});

test('the kernel tells its drops in the last column of the line of the port', () => {
  const table = [
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
    '  102: 0100007F:07D0 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 81 2 0000000000000000 17',
    '  103: 0100007F:07D1 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 82 2 0000000000000000 5',
  ].join('\n');
  expect([dropsIn(table, 2000), dropsIn(table, 2001), dropsIn(table, 2002)]).toEqual([17, 5, 0]);
});

test('a daemon in front of the hub hands over its batches, and hears what could not be read', async () => {
  const hub = await startHubUnderTest();
  hub.store.answer = ({ body }) => {
    const document = Buffer.from(body).toString();
    return document.includes('bad')
      ? { kind: 'malformed', message: 'no trace id' }
      : { kind: 'committed', accepted: 1, rejected: 0 };
  };
  const documents = ['{"id":"53995c3f42cd8ad8"}', '{"id":"70de5b6f19ff9a0a","bad":true}', 5];
  await check(
    hub,
    '/TraceSegments',
    JSON.stringify({ TraceSegmentDocuments: documents }),
    '200 {"UnprocessedTraceSegments":[{"Id":"70de5b6f19ff9a0a","ErrorCode":"InvalidTraceId","Message":"Invalid segment. ErrorCode: InvalidTraceId. no trace id"},{"ErrorCode":"InvalidSegment","Message":"Invalid segment. ErrorCode: InvalidSegment. A segment document must be a string of JSON."}]}',
  );
  expect(hub.store.payloads.map(({ format, body }) => `${format} ${Buffer.from(body).toString()}`)).toEqual([
    'xray-segment {"id":"53995c3f42cd8ad8"}',
    'xray-segment {"id":"70de5b6f19ff9a0a","bad":true}',
  ]);
  await check(hub, '/TelemetryRecords', '{"TelemetryRecords":[]}', '200 {}');
});

test('bad JSON is answered in the words of AWS and kept as a problem', async () => {
  const hub = await startHubUnderTest();
  const sentence = 'The body is not a JSON object.';
  const error = `400 {"__type":"InvalidRequestException","Message":"${sentence}","message":"${sentence}"}`;
  for (const body of ['{"TraceSegmentDocuments":', '"text"', '5', '\0']) {
    await check(hub, '/TraceSegments', body, error);
  }
  expect(hub.store.problems.map(({ receiver, place }) => `${receiver} ${place}`)).toEqual(
    Array.from({ length: 4 }, () => 'xrayTcp /TraceSegments'),
  );
});

test('a call that is not served says why it came here', async () => {
  const hub = await startHubUnderTest();
  const { status, headers, body } = await send(`${hub.endpoints.xrayTcp}/NoSuchCall`, { method: 'POST', body: '{}' });
  expect(`${status} ${headers['x-amzn-errortype'] as string} ${JSON.parse(body).message as string}`).toMatch(
    /^404 UnknownOperationException .*does not serve POST \/NoSuchCall.*AWS_ENDPOINT_URL_.*setting "sightline\./,
  );
});

test('garbage on the TCP side does not take it down', async () => {
  const hub = await startHubUnderTest();
  expect(await sendBytes(hub.endpoints.xrayTcp, '\0\xff no HTTP')).toMatch(/^HTTP\/1.1 400 /);
  await check(hub, '/TelemetryRecords', '{"TelemetryRecords":[]}', '200 {}');
});

test('segments that the store cannot take now are to be sent again', async () => {
  const hub = await startHubUnderTest();
  hub.store.answer = () => Promise.reject(new Error('the writer has ended'));
  const message = 'The hub cannot do this now: the writer has ended';
  await check(
    hub,
    '/TraceSegments',
    JSON.stringify({ TraceSegmentDocuments: ['{}'] }),
    `503 ${JSON.stringify({ __type: 'ServiceUnavailable', Message: message, message })}`,
  );
});
