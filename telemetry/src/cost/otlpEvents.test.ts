import { expect, test } from 'vitest';
import { countOtlpJson, countOtlpProtobuf, type OtlpEvents } from './otlpEvents.ts';

function check(counted: OtlpEvents, spans: number, logEvents: number, events: number): void {
  expect(counted).toEqual({ spans, logEvents, events });
}

/** A field that holds bytes. */
function field(number: number, ...parts: readonly (readonly number[])[]): number[] {
  const body = parts.flat();
  const length = body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
  return [number * 8 + 2, ...length, ...body];
}

const traceId = field(
  1,
  Array.from({ length: 16 }, () => 7),
);
const startTime = [7 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8];
const kind = [6 * 8, 0x82, 1];
const flags = [0x85, 1, 1, 0, 0, 0];
const span = field(2, traceId, kind, startTime, flags, field(11, [8, 1]), field(11), field(13));
const plain = field(2, traceId);
const request = Uint8Array.from([
  ...field(1, field(1, [8, 1]), field(2, field(1), span, plain), field(2, span)),
  ...field(1, field(2, plain)),
]);

test('spans, their events and their links are events; what else a span has is passed over', () => {
  check(countOtlpProtobuf(request, 'traces'), 4, 0, 10);
});

test('log records are events, whatever is in them', () => {
  check(countOtlpProtobuf(request, 'logs'), 0, 4, 4);
});

test('a request that is cut off anywhere counts no more than the whole', () => {
  for (let length = 0; length < request.length; length += 1) {
    const { spans, events } = countOtlpProtobuf(request.subarray(0, length), 'traces');
    expect(spans <= 4 && events <= 10).toBe(true);
  }
  check(countOtlpProtobuf(Uint8Array.of(15, 3, 255, 255), 'traces'), 0, 0, 0);
});

test('JSON counts the same', () => {
  const spans = [{ events: [{}, {}], links: [{}] }, {}];
  check(countOtlpJson(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }, {}] }), 'traces'), 2, 0, 5);
  const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}, {}] }] }] };
  check(countOtlpJson(JSON.stringify(logs), 'logs'), 0, 3, 3);
  check(countOtlpJson('{', 'logs'), 0, 0, 0);
  check(countOtlpJson('null', 'traces'), 0, 0, 0);
});
