import { expect, test } from 'vitest';
import { decodeOtlpTraces } from '../decode/otlpTraces.ts';
import { decodeXRaySegment } from '../decode/xraySegment.ts';
import { toOtelSpanDocument } from './otelSpanDocument.ts';

test('a span of OpenTelemetry keeps what it said, with 64-bit integers as text', () => {
  const span = {
    traceId: '4efaaf4d1e8720b39541901950019ee5',
    spanId: '53995c3f42cd8ad8',
    parentSpanId: '53995c3f42cd8ad9',
    name: 'GET /',
    kind: 2,
    startTimeUnixNano: '1700000000000000001',
    endTimeUnixNano: '1700000000005000001',
    attributes: [{ key: 'big', value: { intValue: '9007199254740993' } }],
    status: { code: 2, message: 'boom' },
    events: [{ name: 'e', timeUnixNano: '1700000000000000002' }],
    links: [{ traceId: '4efaaf4d1e8720b39541901950019ee6', spanId: '53995c3f42cd8ada' }],
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'backend' } }] };
  const request = {
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 's', version: '1' }, spans: [span] }] }],
  };
  const { records } = decodeOtlpTraces(new TextEncoder().encode(JSON.stringify(request)), 'json');
  expect(records.map((record) => JSON.stringify(toOtelSpanDocument(record)))).toEqual([
    JSON.stringify({
      resource: { attributes: { 'service.name': 'backend' } },
      scope: { name: 's', version: '1' },
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      name: 'GET /',
      kind: 'SERVER',
      startTimeUnixNano: '1700000000000000001',
      endTimeUnixNano: '1700000000005000001',
      durationNano: '5000000',
      attributes: { big: '9007199254740993' },
      status: { code: 'ERROR', message: 'boom' },
      events: [{ timeUnixNano: '1700000000000000002', name: 'e', attributes: {} }],
      links: [{ traceId: '4efaaf4d1e8720b39541901950019ee6', spanId: '53995c3f42cd8ada', attributes: {} }],
    }),
  ]);
});

test("an X-Ray segment's annotations and metadata become attributes", () => {
  const segment = {
    trace_id: '1-4efaaf4d-1e8720b39541901950019ee5',
    id: '53995c3f42cd8ad8',
    name: 'backend-flask',
    start_time: 1_700_000_000,
    end_time: 1_700_000_001,
    annotations: { handle: 'ada' },
    metadata: { default: { results: [1, null] } },
  };
  const { records } = decodeXRaySegment(JSON.stringify(segment));
  expect(records.map(toOtelSpanDocument)).toMatchObject([
    {
      resource: { attributes: { 'service.name': 'backend-flask' } },
      attributes: { handle: 'ada', 'aws.xray.metadata.default': { results: [1, null] } },
    },
  ]);
});
