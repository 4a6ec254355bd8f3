import { decodeOtlpTraces } from '@sightline/telemetry/decode/otlpTraces';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TelemetryIndex } from '../index/telemetryIndex.ts';
import { makeCounters } from '../memory/counters.ts';
import { publishedRows } from '../memory/segment.ts';
import { TextReader } from '../memory/textTable.ts';
import { traceIdAt, tracesPerChunk } from '../memory/traceTable.ts';
import { otlpTraces, type TestResource, type TestSpan, type TestValue } from '../testing/otlpBytes.ts';
import { testEpoch } from '../testing/testSpans.ts';
import { OtlpTraceScanner } from './scanOtlpTraces.ts';
import { stageSpan } from './stageSpan.ts';

const smallRoom = {
  rows: 64,
  logs: 64,
  attributes: 32_768,
  keys: 1024,
  keyBytes: 65_536,
  texts: 1024,
  textBytes: 65_536,
};

/** The scanner and the decoder must fill the columns alike, whatever the bytes. */
function check(body: Uint8Array): void {
  const scanned = newIndex();
  const result = new OtlpTraceScanner(scanned.staging).scan(body);
  const decoded = newIndex();
  const { records, rejected, malformed } = decodeOtlpTraces(body, 'protobuf');
  for (const span of records) {
    stageSpan(decoded.staging, span);
  }
  // The columns then hold bytes that are no text; the payload is decoded instead.
  if (result.hasBadText) {
    return;
  }
  const found = { isMalformed: result.isMalformed, rejected: result.rejected, rows: rowsOf(scanned) };
  expect(found).toEqual({ isMalformed: malformed !== undefined, rejected, rows: rowsOf(decoded) });
}

function ignore(): void {
  // Nobody looks at these indexes from another thread.
}

function newIndex(): TelemetryIndex {
  const events = { onSegment: ignore, onSegmentFreed: ignore, onTraces: ignore, onTracesFreed: ignore };
  return new TelemetryIndex(makeCounters(), events, smallRoom);
}

function rowsOf(index: TelemetryIndex): string[] {
  index.apply(1, new Set());
  return index.segments.all().flatMap((segment) => {
    const { columns } = segment;
    const texts = new TextReader({ starts: columns.textStarts, bytes: columns.textBytes });
    const keys = new TextReader({ starts: columns.keyStarts, bytes: columns.keyBytes });
    const text = (id: number): string => texts.textOf(id);
    const key = (id: number): string => keys.textOf(id);
    return Array.from({ length: publishedRows(segment) }, (_, row) => {
      const from = row === 0 ? 0 : (columns.attributeEnd[row - 1] as number);
      // Of a key sent twice the decoder keeps the last value only; the index keeps both, which finds no less.
      const hashes = new Map<string, number>();
      for (let at = from; at < (columns.attributeEnd[row] as number); at += 1) {
        hashes.set(key(columns.attributeKey[at] as number), columns.attributeHash[at] as number);
      }
      const slot = columns.trace[row] as number;
      return JSON.stringify({
        trace: traceIdAt(index.traces.chunkOf(slot), slot % tracesPerChunk),
        ids: [columns.idHigh[row], columns.idLow[row], columns.parentHigh[row], columns.parentLow[row]],
        times: [columns.startHigh[row], columns.startLow[row], String(columns.duration[row])],
        bits: columns.bits[row],
        http: [columns.httpStatus[row], text(columns.method[row] as number), text(columns.url[row] as number)],
        texts: [columns.service, columns.name, columns.route].map((column) => text(column[row] as number)),
        attributes: [...hashes].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      });
    });
  });
}

const httpKeys = [
  'http.request.method',
  'http.method',
  'url.full',
  'http.url',
  'url.path',
  'url.query',
  'http.target',
  'http.route',
  'http.response.status_code',
  'http.status_code',
];
const value: fc.Arbitrary<TestValue> = fc.oneof(
  fc.record({ text: fc.oneof(fc.string(), fc.constantFrom('', '500', '0404', '/a/b?c', '?x=1', 'GET', 'ä€😀')) }),
  fc.record({
    int: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(200n, 404n, 429n, 503n)),
  }),
  fc.record({ double: fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(200, 500.5, -0)) }),
  fc.record({ flag: fc.boolean() }),
  fc.record({ list: fc.array(fc.record({ text: fc.string() }), { maxLength: 2 }) }),
  fc.constant({ none: true as const }),
);
const attributes = fc.uniqueArray(
  fc.tuple(fc.oneof(fc.constantFrom(...httpKeys), fc.string({ maxLength: 8 })), value),
  {
    maxLength: 8,
    selector: ([key]) => key,
  },
);
const id = (length: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      { weight: 8, arbitrary: fc.uint8Array({ minLength: length, maxLength: length }) },
      { weight: 1, arbitrary: fc.constant(new Uint8Array(length)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: length + 2 }) },
    )
    .map((bytes) => Buffer.from(bytes).toString('hex'));
const time = fc.oneof(
  fc.bigInt({ min: 0n, max: 1_000_000_000n }).map((offset) => testEpoch + offset),
  fc.bigInt({ min: 0n, max: 2n ** 63n }),
);
const span: fc.Arbitrary<TestSpan> = fc.record(
  {
    traceId: id(16),
    spanId: id(8),
    parentId: id(8),
    name: fc.string(),
    kind: fc.integer({ min: 0, max: 6 }),
    start: time,
    end: time,
    attributes,
    statusCode: fc.integer({ min: 0, max: 3 }),
    flags: fc.constantFrom(0, 0x100, 0x300),
  },
  { requiredKeys: ['traceId', 'spanId'] },
);
const resource: fc.Arbitrary<TestResource> = fc.record(
  { service: fc.string(), spans: fc.array(span, { maxLength: 4 }), resourceLast: fc.boolean() },
  { requiredKeys: ['spans'] },
);
const request = fc.array(resource, { maxLength: 3 }).map((resources) => otlpTraces(resources));

test('the scanner fills the columns as the decoder does', () => {
  fc.assert(fc.property(request, check), { numRuns: 300 });
});

test('they agree about a request that was cut off', () => {
  const cut = fc
    .tuple(request, fc.nat())
    .map(([body, at]) => body.subarray(0, body.length === 0 ? 0 : at % body.length));
  fc.assert(fc.property(cut, check), { numRuns: 300 });
});

test('they agree about a request with a byte changed', () => {
  const changed = fc.tuple(request, fc.nat(), fc.nat({ max: 255 })).map(([body, at, byte]) => {
    const copy = body.slice();
    if (copy.length > 0) {
      copy[at % copy.length] = byte;
    }
    return copy;
  });
  fc.assert(fc.property(changed, check), { numRuns: 300 });
});

test('they agree about bytes that are no request at all', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), check), { numRuns: 500 });
});
