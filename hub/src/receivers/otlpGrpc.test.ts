import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { expect, onTestFinished, test } from 'vitest';
import { startHubUnderTest, type HubUnderTest } from '../testing/hubUnderTest.ts';
import { sendBytes } from '../testing/rawHttp.ts';

interface Export {
  readonly service?: 'trace.v1.TraceService' | 'logs.v1.LogsService' | 'metrics.v1.MetricsService';
  readonly body: Buffer;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly gzip?: boolean;
}

/** Exports to the hub and compares the reply in hex, or the status and its details. */
async function check(hub: HubUnderTest, { service = 'trace.v1.TraceService', ...sent }: Export, expected: string) {
  const client = new Client(hub.endpoints.otlpGrpc, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': sent.gzip ? 2 : 0,
    'grpc.max_send_message_length': -1,
  });
  const path = `/opentelemetry.proto.collector.${service}/Export`;
  const metadata = Metadata.fromHttp2Headers({ ...sent.metadata });
  const shown = await new Promise<string>((resolve) => {
    const answered = (error: ServiceError | null, reply?: Buffer): void => {
      resolve(error === null ? `OK ${reply?.toString('hex')}` : `${status[error.code]} ${error.details}`);
    };
    client.makeUnaryRequest(path, asIs, asIs, sent.body, metadata, answered);
  });
  client.close();
  expect(shown.trim()).toBe(expected);
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

test('traces and logs are stored as they came, compressed or not; metrics are only counted', async () => {
  const hub = await startHubUnderTest();
  await check(hub, { body: Buffer.from('spans') }, 'OK');
  await check(hub, { service: 'logs.v1.LogsService', body: Buffer.from('logs'), gzip: true }, 'OK');
  await check(hub, { service: 'metrics.v1.MetricsService', body: Buffer.from('points') }, 'OK');
  expect(
    hub.store.payloads.map(({ format, receiver, body }) => `${receiver} ${format} ${Buffer.from(body).toString()}`),
  ).toMatchInlineSnapshot(`
      [
        "otlpGrpc otlp-traces-protobuf spans",
        "otlpGrpc otlp-logs-protobuf logs",
      ]
    `);
  expect(hub.store.payloads.every(({ body }) => body.byteLength === body.buffer.byteLength)).toBe(true);
});

test('the outcome of storing becomes a partial success or a status', async () => {
  const hub = await startHubUnderTest();
  hub.store.answer = () => ({ kind: 'committed', accepted: 1, rejected: 2, message: 'no id' });
  await check(hub, { body: Buffer.from('.') }, 'OK 0a09080212056e6f206964');
  hub.store.answer = () => ({ kind: 'malformed', message: 'cut short' });
  await check(hub, { body: Buffer.from('.') }, 'INVALID_ARGUMENT cut short');
  hub.store.answer = () => ({ kind: 'overloaded', retryAfterSeconds: 1 });
  await check(hub, { body: Buffer.from('.') }, 'UNAVAILABLE The hub stores as fast as it can; try again.');
  hub.store.answer = () => Promise.reject(new Error('the writer has ended'));
  await check(hub, { body: Buffer.from('.') }, 'UNAVAILABLE The hub cannot store this now: the writer has ended');
});

test('a message over the bound is refused before it is stored', async () => {
  const hub = await startHubUnderTest();
  await check(
    hub,
    { body: Buffer.alloc(70 * 2 ** 20) },
    'RESOURCE_EXHAUSTED Received message larger than max (73400320 vs 67108864)',
  );
  await check(hub, { body: Buffer.from('good') }, 'OK');
  expect(hub.store.payloads.length).toBe(1);
});

test('a compressed message is not inflated beyond the bound', async () => {
  const hub = await startHubUnderTest();
  await check(
    hub,
    { body: Buffer.alloc(70 * 2 ** 20), gzip: true },
    'RESOURCE_EXHAUSTED Received message that decompresses to a size larger than 67108864',
  );
});

test('a page that could speak gRPC is refused by its origin', async () => {
  const hub = await startHubUnderTest();
  await check(
    hub,
    { body: Buffer.from('.'), metadata: { origin: 'https://evil.example' } },
    'PERMISSION_DENIED Requests from web pages (with an origin) are refused.',
  );
});

test('garbage on the port does not take the server down, nor do connections left open keep it up', async () => {
  const hub = await startHubUnderTest();
  await sendBytes(hub.endpoints.otlpGrpc, 'POST / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await sendBytes(hub.endpoints.otlpGrpc, Buffer.from('\0\xff\x16\x03\x01', 'latin1'));
  await check(hub, { body: Buffer.from('good') }, 'OK');
  const client = new Client(hub.endpoints.otlpGrpc, credentials.createInsecure());
  onTestFinished(() => client.close());
  await new Promise((resolve) => {
    client.waitForReady(Date.now() + 20_000, resolve);
  });
  await hub.hub.stop();
});
