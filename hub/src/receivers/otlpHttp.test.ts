import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { startHubUnderTest, type HubUnderTest } from '../testing/hubUnderTest.ts';
import { send, sendBytes, type RawReply, type RawRequest } from '../testing/rawHttp.ts';

const protobuf = 'application/x-protobuf';
const json = 'application/json';

/** Sends a POST and compares its answer, with bytes that are no text shown in hex. */
async function check(
  { endpoints }: HubUnderTest,
  path: string,
  { headers = { 'content-type': protobuf }, ...request }: RawRequest,
  expected: string,
): Promise<RawReply> {
  const reply = await send(`${endpoints.otlpHttp}${path}`, { method: 'POST', headers, ...request });
  const type = reply.headers['content-type'] === protobuf ? 'protobuf' : 'json';
  const body = reply.body.replaceAll(/[^ -~]/g, (byte) => `<${Buffer.from(byte).toString('hex')}>`);
  expect(`${reply.status} ${type} ${body}`.trim()).toBe(expected);
  return reply;
}

test('what is stored is acknowledged in the encoding of the request', async () => {
  const hub = await startHubUnderTest();
  await check(hub, '/v1/traces', { body: 'spans' }, '200 protobuf');
  await check(hub, '/v1/logs', { body: 'logs' }, '200 protobuf');
  await check(
    hub,
    '/v1/traces?a=b',
    { body: '{}', headers: { 'content-type': 'application/json; charset=utf-8' } },
    '200 json {}',
  );
  expect(hub.store.payloads.map(({ format, body }) => `${format} ${Buffer.from(body).toString()}`)).toEqual([
    'otlp-traces-protobuf spans',
    'otlp-logs-protobuf logs',
    'otlp-traces-json {}',
  ]);
});

test('a body owns its whole buffer, so that it can be handed to the writer', async () => {
  const hub = await startHubUnderTest();
  await check(hub, '/v1/traces', { body: 'sized' }, '200 protobuf');
  await check(hub, '/v1/traces', { body: [Buffer.from('chu'), Buffer.from('nked')] }, '200 protobuf');
  const gzipped = { 'content-type': protobuf, 'content-encoding': 'gzip' };
  await check(hub, '/v1/traces', { body: gzipSync('gzipped'), headers: gzipped }, '200 protobuf');
  expect(hub.store.payloads.map(({ body }) => body.byteLength === body.buffer.byteLength)).toEqual([true, true, true]);
});

test('every usual content encoding is undone', async () => {
  const hub = await startHubUnderTest();
  const encodings = {
    gzip: gzipSync,
    deflate: deflateSync,
    zstd: zstdCompressSync,
    identity: (bytes: Buffer) => bytes,
  };
  for (const [encoding, encode] of Object.entries(encodings)) {
    const headers = { 'content-type': protobuf, 'content-encoding': encoding };
    await check(hub, '/v1/traces', { body: encode(Buffer.from(encoding)), headers }, '200 protobuf');
  }
  expect(hub.store.payloads.map(({ body }) => Buffer.from(body).toString())).toEqual(Object.keys(encodings));
});

test('metrics are accepted and counted, not stored', async () => {
  const hub = await startHubUnderTest();
  await check(hub, '/v1/metrics', { body: 'points' }, '200 protobuf');
  const stats = await send(`${hub.endpoints.api}/sightline/v1/stats`, {
    headers: { authorization: `Bearer ${hub.token}` },
  });
  expect(JSON.parse(stats.body)).toMatchObject({ metricsRequests: 1 });
  expect(hub.store.payloads).toEqual([]);
});

test('no acknowledgement goes out before the store has committed', async () => {
  const hub = await startHubUnderTest();
  const committed = Promise.withResolvers<{ kind: 'committed'; accepted: 1; rejected: 0 }>();
  hub.store.answer = () => committed.promise;
  let isAnswered = false;
  const answered = check(hub, '/v1/traces', { body: 'spans' }, '200 protobuf').then(() => (isAnswered = true));
  await hub.store.until(() => hub.store.payloads.length === 1);
  // Another request goes the whole way in between: the first one had every chance to be answered.
  await check(hub, '/v1/metrics', {}, '200 protobuf');
  expect(isAnswered).toBe(false);
  committed.resolve({ kind: 'committed', accepted: 1, rejected: 0 });
  await answered;
});

test('what could be read of a request is acknowledged, the rest is a partial success', async () => {
  const hub = await startHubUnderTest();
  hub.store.answer = () => ({ kind: 'committed', accepted: 1, rejected: 300, message: 'no trace id' });
  await check(hub, '/v1/traces', { body: '.' }, '200 protobuf <0a><10><08><efbfbd><02><12><0b>no trace id');
  const asJson = { 'content-type': json };
  await check(
    hub,
    '/v1/traces',
    { body: '.', headers: asJson },
    '200 json {"partialSuccess":{"rejectedSpans":"300","errorMessage":"no trace id"}}',
  );
  await check(
    hub,
    '/v1/logs',
    { body: '.', headers: asJson },
    '200 json {"partialSuccess":{"rejectedLogRecords":"300","errorMessage":"no trace id"}}',
  );
});

test('what cannot be read gets 400 and a google.rpc.Status', async () => {
  const hub = await startHubUnderTest();
  hub.store.answer = () => ({ kind: 'malformed', message: 'cut short' });
  await check(hub, '/v1/traces', { body: '.' }, '400 protobuf <08><03><12><09>cut short');
  await check(
    hub,
    '/v1/traces',
    { body: '.', headers: { 'content-type': json } },
    '400 json {"code":3,"message":"cut short"}',
  );
});

test('an overloaded store asks to try again, and so does a broken one', async () => {
  const hub = await startHubUnderTest();
  const headers = { 'content-type': json };
  hub.store.answer = () => ({ kind: 'overloaded', retryAfterSeconds: 2.5 });
  const busy = '503 json {"code":14,"message":"The hub stores as fast as it can; try again."}';
  expect((await check(hub, '/v1/traces', { body: '.', headers }, busy)).headers['retry-after']).toBe('3');
  hub.store.answer = () => Promise.reject(new Error('the writer has ended'));
  const broken = '503 json {"code":14,"message":"The hub cannot store this now: the writer has ended"}';
  expect((await check(hub, '/v1/traces', { body: '.', headers }, broken)).headers['retry-after']).toBe('1');
});

test('a wrong path, method or content type is answered in words', async () => {
  const hub = await startHubUnderTest();
  await check(
    hub,
    '/',
    { headers: { 'content-type': json } },
    '404 json {"code":12,"message":"There is nothing at /; send OTLP to /v1/traces, /v1/logs or /v1/metrics."}',
  );
  const allow = await check(
    hub,
    '/v1/traces',
    { method: 'GET', headers: {} },
    '405 json {"code":12,"message":"GET is not possible here; OTLP is sent by POST."}',
  );
  expect(allow.headers.allow).toBe('POST');
  await check(
    hub,
    '/v1/traces',
    { body: '.', headers: { 'content-type': 'text/plain' } },
    '415 json {"code":3,"message":"Send application/x-protobuf or application/json; the content type was text/plain."}',
  );
  await check(
    hub,
    '/v1/traces',
    { body: '.', headers: { 'content-type': json, 'content-encoding': 'snappy' } },
    '415 json {"code":3,"message":"Content-Encoding \\"snappy\\" is not known here; send gzip, deflate, br, zstd or none."}',
  );
  expect(hub.store.problems.map(({ place, message }) => `${place}: ${message.slice(0, 30)}`)).toEqual([
    '/: There is nothing at /; send OT',
    '/v1/traces: Send application/x-protobuf or',
    '/v1/traces: Content-Encoding "snappy" is n',
  ]);
});

test('a body of 100 MB gets its answer, announced or chunked', async () => {
  const hub = await startHubUnderTest();
  const tooLarge = '413 json {"code":8,"message":"The body is larger than 16 MiB; send smaller batches."}';
  const body = Buffer.alloc(100_000_000);
  const headers = { 'content-type': json };
  await check(hub, '/v1/traces', { body, headers: { ...headers, 'content-length': body.length } }, tooLarge);
  const pieces = Array.from({ length: 100 }, (_, piece) => body.subarray(piece * 1_000_000, (piece + 1) * 1_000_000));
  await check(hub, '/v1/traces', { body: pieces, headers }, tooLarge);
  await check(
    hub,
    '/v1/traces',
    { body, headers: { 'content-type': protobuf, 'content-length': body.length } },
    '413 protobuf <08><08><12>5The body is larger than 64 MiB; send smaller batches.',
  );
  expect(hub.store.payloads).toEqual([]);
});

test('a gzip bomb is not inflated beyond the bound', async () => {
  const hub = await startHubUnderTest();
  const bomb = gzipSync(Buffer.alloc(300_000_000), { level: 9 });
  await check(
    hub,
    '/v1/traces',
    { body: bomb, headers: { 'content-type': json, 'content-encoding': 'gzip' } },
    '413 json {"code":8,"message":"The body is larger than 16 MiB after decompression; send smaller batches."}',
  );
});

test('a broken or cut gzip is answered in words', async () => {
  const hub = await startHubUnderTest();
  const headers = { 'content-type': json, 'content-encoding': 'gzip' };
  await check(
    hub,
    '/v1/traces',
    { body: 'plain', headers },
    '400 json {"code":3,"message":"The body is not valid gzip: incorrect header check."}',
  );
  await check(
    hub,
    '/v1/traces',
    { body: gzipSync('whole').subarray(0, 12), headers },
    '400 json {"code":3,"message":"The body is not valid gzip: unexpected end of file."}',
  );
});

test('neither garbage nor a sender that goes away takes the server down', async () => {
  const hub = await startHubUnderTest();
  const { otlpHttp } = hub.endpoints;
  expect(await sendBytes(otlpHttp, '\0\xff\x16\x03\x01 this is no HTTP')).toMatch(/^HTTP\/1.1 400 /);
  expect(await sendBytes(otlpHttp, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  const head = `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${protobuf}\r\n`;
  await sendBytes(otlpHttp, `${head}Content-Length: 1000\r\n\r\nonly this`);
  await sendBytes(otlpHttp, `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`);
  await check(hub, '/v1/traces', { body: 'good' }, '200 protobuf');
  expect(hub.store.payloads.map(({ body }) => Buffer.from(body).toString())).toEqual(['good']);
});
