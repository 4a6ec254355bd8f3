import { expect, test } from 'vitest';
import { startHubUnderTest } from '../testing/hubUnderTest.ts';
import { send } from '../testing/rawHttp.ts';
import { exportOf, spanNumber } from '../testing/spans.ts';

const json = 'application/json';
const protobuf = 'application/x-protobuf';
const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIA/20261123/eu-central-1/xray/aws4_request, SignedHeaders=host;x-amz-date, Signature=' +
  '0'.repeat(64);

/** Sends a signed request to X-Ray's OTLP endpoint and compares its answer. */
async function check(body: string | Uint8Array, type: string, expected: string, ...args: string[]): Promise<void> {
  const { endpoints, store } = await startHubUnderTest(...args);
  const headers = { 'content-type': type, authorization };
  const reply = await send(`${endpoints.api}/v1/traces`, { method: 'POST', headers, body: Buffer.from(body) });
  const stored = store.payloads.map(({ format, receiver }) => `${format} by ${receiver}`);
  expect(`${reply.status} ${reply.body.replaceAll(/[^ -~]/g, '')} ${stored.join()}`).toBe(expected);
}

function spans(count: number): string {
  return exportOf(Array.from({ length: count }, (_, number) => spanNumber(number)));
}

function spanOfBytes(bytes: number): string {
  const span = spanNumber(1, { name: '' });
  return exportOf([{ ...span, name: 'x'.repeat(bytes - JSON.stringify(span).length) }]);
}

/** A field of bytes on protobuf's wire. */
function field(tag: number, content: Uint8Array): Buffer {
  const length: number[] = [];
  let rest = content.length;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) {
    length.push((rest % 0x80) + 0x80);
  }
  return Buffer.concat([Buffer.from([tag, ...length, rest]), content]);
}

function protobufSpans(...sizes: number[]): Buffer {
  const all = Buffer.concat(sizes.map((size) => field(0x12, Buffer.alloc(size))));
  return field(0x0a, field(0x12, all));
}

test('signed spans are taken, also where credentials are required', async () => {
  await check(spans(1), json, '200 {} otlp-traces-json by api');
  await check(spans(1), json, '200 {} otlp-traces-json by api', '--require-credentials');
  await check(protobufSpans(10), protobuf, '200  otlp-traces-protobuf by api');
});

test('a request has 10,000 spans at most', async () => {
  await check(spans(10_000), json, '200 {} otlp-traces-json by api');
  const message = 'The request has 10001 spans; X-Ray takes 10000 at a time.';
  await check(spans(10_001), json, `400 ${JSON.stringify({ code: 3, message })} `);
  await check(protobufSpans(...Array.from({ length: 10_001 }, () => 1)), protobuf, `400 9${message} `);
});

test('a span has 200 KB at most', async () => {
  await check(spanOfBytes(204_800), json, '200 {} otlp-traces-json by api');
  const message = 'A span has 204801 bytes; X-Ray takes spans of 204800 bytes at most.';
  await check(spanOfBytes(204_801), json, `400 ${JSON.stringify({ code: 3, message })} `);
  await check(protobufSpans(1, 204_800), protobuf, '200  otlp-traces-protobuf by api');
  await check(protobufSpans(1, 204_801), protobuf, `400 C${message} `);
});

test('a body has 5 MB at most', async () => {
  await check(' '.repeat(5 * 2 ** 20), json, '200 {} otlp-traces-json by api');
  const message = 'The body is larger than 5 MiB; send smaller batches.';
  await check(' '.repeat(5 * 2 ** 20 + 1), json, `413 ${JSON.stringify({ code: 8, message })} `);
});

test('what is no OTLP is left to the store to refuse', async () => {
  await check('{"resourceSpans":[{"scopeSpans":5},null]}', json, '200 {} otlp-traces-json by api');
  await check('{', json, '200 {} otlp-traces-json by api');
  await check(Buffer.from([0x0a, 0xff, 0xff]), protobuf, '200  otlp-traces-protobuf by api');
});
