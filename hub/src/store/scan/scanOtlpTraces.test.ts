import { decodeOtlpTraces } from '@sightline/telemetry/decode/otlpTraces';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TelemetryIndex } from '../index/telemetryIndex.ts';
import { makeCounters } from '../memory/counters.ts';
import { keyNumberMask, publishedRows, valueTypeShift } from '../memory/segment.ts';
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

/** Where the scanner says that a request is plain, it and the decoder fill the columns alike. Answers whether it did. */
function check(body: Uint8Array): boolean {
  const scanned = newIndex();
  const { isPlain, spans } = new OtlpTraceScanner(scanned.staging).scan(body);
  if (!isPlain) {
    return false;
  }
  const decoded = newIndex();
  const { records, rejected, malformed } = decodeOtlpTraces(body, 'protobuf');
  for (const record of records) {
    stageSpan(decoded.staging, record);
  }
  const expected = { spans: records.length, rejected: 0, malformed: undefined, rows: rowsOf(decoded) };
  expect({ spans, rejected, malformed, rows: rowsOf(scanned) }).toEqual(expected);
  return true;
}

/** Checks many requests, of which at least a share of `plain` must have been scanned. */
function checkMany(bodies: fc.Arbitrary<Uint8Array>, plain: number): void {
  let checked = 0;
  const numRuns = 300;
  fc.assert(
    fc.property(bodies, (body) => void (checked += check(body) ? 1 : 0)),
    { numRuns },
  );
  expect(checked).toBeGreaterThanOrEqual(plain * numRuns);
}

function ignore(): void {
  // Nobody looks at these indexes from another thread.
}

function newIndex(): TelemetryIndex {
  const events = {
    onSegment: ignore,
    onSegmentFreed: ignore,
    onTraces: ignore,
    onTracesFreed: ignore,
    onReplaced: ignore,
  };
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
      const words = new Map<string, readonly (number | undefined)[]>();
      for (let at = from; at < (columns.attributeEnd[row] as number); at += 1) {
        const packed = columns.attributeKey[at] as number;
        words.set(key(packed & keyNumberMask), [packed >>> valueTypeShift, columns.attributeWord[at]]);
      }
      const slot = columns.trace[row] as number;
      return JSON.stringify({
        trace: traceIdAt(index.traces.chunkOf(slot), slot % tracesPerChunk),
        ids: [columns.idHigh[row], columns.idLow[row], columns.parentHigh[row], columns.parentLow[row]],
        times: [columns.startHigh[row], columns.startLow[row], String(columns.duration[row])],
        bits: columns.bits[row],
        http: [columns.httpStatus[row], text(columns.method[row] as number), text(columns.url[row] as number)],
        texts: [columns.service, columns.name, columns.route].map((column) => text(column[row] as number)),
        attributes: [...words].toSorted(([a], [b]) => (a < b ? -1 : 1)),
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
/** Of which the lengths take one byte, two or three. */
const longText = fc.constantFrom('x'.repeat(100), 'x'.repeat(120), 'y'.repeat(130), 'ä'.repeat(70), 'z'.repeat(17_000));
const value: fc.Arbitrary<TestValue> = fc.oneof(
  fc.record({
    text: fc.oneof(fc.string(), fc.constantFrom('', '500', '0404', '/a/b?c', '?x=1', 'GET', 'ä€😀'), longText),
  }),
  fc.record({
    int: fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.constantFrom(0n, 127n, 128n, 200n, 404n, 429n, 503n, 16_383n, 16_384n),
    ),
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
const start = fc.oneof(
  { weight: 30, arbitrary: fc.bigInt({ min: 0n, max: 1_000_000_000n }).map((offset) => testEpoch + offset) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 63n }) },
);
const end = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.bigInt({ min: 1n, max: 10_000_000_000n }).map((offset) => testEpoch + 1_000_000_000n + offset),
  },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 63n }) },
);
const span: fc.Arbitrary<TestSpan> = fc.record(
  {
    traceId: id(16),
    spanId: id(8),
    parentId: id(8),
    name: fc.string(),
    kind: fc.integer({ min: 0, max: 6 }),
    start,
    end,
    attributes,
    statusCode: fc.integer({ min: 0, max: 3 }),
    statusMessage: fc.constantFrom('', 'upstream request timeout', 'Äther'),
    events: fc.array(fc.record({ name: fc.constantFrom('exception', 'exceptions', 'log') }), { maxLength: 2 }),
    flags: fc.constantFrom(0, 0x100, 0x300),
  },
  { requiredKeys: ['traceId', 'spanId', 'start', 'end'] },
);
const resource: fc.Arbitrary<TestResource> = fc.record(
  { service: fc.string(), spans: fc.array(span, { maxLength: 4 }), resourceLast: fc.boolean() },
  { requiredKeys: ['spans'] },
);
const request = fc.array(resource, { maxLength: 3 }).map((resources) => otlpTraces(resources));

test('the scanner fills the columns as the decoder does', () => {
  checkMany(request, 0.3);
});

test('they agree about a request that was cut off', () => {
  const cut = fc
    .tuple(request, fc.nat())
    .map(([body, at]) => body.subarray(0, body.length === 0 ? 0 : at % body.length));
  checkMany(cut, 0);
});

test('they agree about a request with a byte changed', () => {
  const changed = fc.tuple(request, fc.nat(), fc.nat({ max: 255 })).map(([body, at, byte]) => {
    const copy = body.slice();
    if (copy.length > 0) {
      copy[at % copy.length] = byte;
    }
    return copy;
  });
  checkMany(changed, 0.1);
});

test('they agree about bytes that are no request at all', () => {
  checkMany(fc.uint8Array({ maxLength: 60 }), 0);
});

test('a key that is no UTF-8 is left to the decoder each time it comes', () => {
  const sent: TestSpan = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), start: testEpoch, end: testEpoch + 1n };
  const body = otlpTraces([{ spans: [{ ...sent, attributes: [['k\u00e9y', { text: 'value' }]] }] }]);
  const bad = Uint8Array.from(body);
  bad[Buffer.from(body).indexOf('\u00e9') + 1] = 0x20;
  const { staging } = newIndex();
  const scanner = new OtlpTraceScanner(staging);
  const isPlain = [bad, bad, bad, body].map((bytes) => scanner.scan(bytes).isPlain);
  expect(isPlain).toEqual([false, false, false, true]);
});
