import { expect, test } from 'vitest';
import { countProblems, type Decoded } from './decoded.ts';
import { decodeOtlpLogs } from './otlpLogs.ts';
import { decodeOtlpTraces } from './otlpTraces.ts';
import { decodeXRaySegment } from './xraySegment.ts';

/** Compares how many problems there were and how many of them are kept. */
function check(decoded: Decoded<unknown>, expected: string): void {
  const { records, problems } = decoded;
  expect(`records ${records.length}, problems ${countProblems(problems)}, kept ${problems.length}`).toBe(expected);
}

const bytes = (json: object): Uint8Array => new Uint8Array(Buffer.from(JSON.stringify(json)));
const good = {
  traceId: '5759e988bd862e3fe1be46a994272793',
  spanId: '53995c3f42cd8ad8',
  startTimeUnixNano: '1760000000000000000',
  endTimeUnixNano: '1760000000000000001',
};

function tracesJson(spans: readonly object[]): Uint8Array {
  return bytes({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

/** A message of fewer than 128 * 128 bytes, behind its tag. */
function message(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(tag, (body.length & 0x7f) | 0x80, body.length >> 7), body]);
}

test('a few problems are all kept', () => {
  check(decodeOtlpTraces(tracesJson([{}, good, {}]), 'json'), 'records 1, problems 2, kept 2');
});

test('of many bad spans the first hundred say why, the others are counted', () => {
  const many = Array.from({ length: 150 }, () => ({}));
  check(decodeOtlpTraces(tracesJson([...many, good]), 'json'), 'records 1, problems 150, kept 100');
  expect(decodeOtlpTraces(tracesJson(many), 'json').rejected).toBe(150);
});

test('so it is in protobuf', () => {
  const ids = [message(0x0a, Buffer.from(good.traceId, 'hex')), message(0x12, Buffer.from(good.spanId, 'hex'))];
  const start = Buffer.from([0x39, ...Buffer.from('00008c18c0626c18', 'hex')]);
  const end = Buffer.from([0x41, ...Buffer.from('00008c18c0626c18', 'hex')]);
  const empty = Array.from({ length: 150 }, () => message(0x12));
  const request = message(0x0a, message(0x12, ...empty, message(0x12, ...ids, start, end)));
  check(decodeOtlpTraces(request, 'protobuf'), 'records 1, problems 150, kept 100');
  expect(decodeOtlpTraces(request, 'protobuf').rejected).toBe(150);
});

test('so it is with log records and with subsegments', () => {
  const logRecords = Array.from({ length: 150 }, () => ({ traceId: 'odd' }));
  check(
    decodeOtlpLogs(bytes({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }), 'json'),
    'records 150, problems 150, kept 100',
  );
  const segment = {
    trace_id: '1-5759e988-bd862e3fe1be46a994272793',
    id: good.spanId,
    name: 'a',
    start_time: 1.7e9,
    end_time: 1.7e9,
  };
  check(
    decodeXRaySegment(JSON.stringify({ ...segment, subsegments: Array.from({ length: 150 }, () => 1) })),
    'records 1, problems 150, kept 100',
  );
});

test('a text that would become too many objects in memory is not parsed', () => {
  const json = `{"resourceSpans":[${'[],'.repeat(1_500_000)}[]]}`;
  const { malformed } = decodeOtlpTraces(new Uint8Array(Buffer.from(json)), 'json');
  expect(malformed).toEqual({ place: 'body', message: 'more than 1500000 objects and lists in one document' });
  const { records, problems } = decodeXRaySegment(`{"subsegments":[${'{},'.repeat(200_000)}{}]}`);
  expect(records).toEqual([]);
  expect(problems).toEqual([{ place: 'document', message: 'more than 200000 objects and lists in one document' }]);
});
