import * as fc from 'fast-check';
import type { SpanId } from '../src/model/ids.ts';
import type { Span } from '../src/model/span.ts';
import { durationNanos, epochNanos } from '../src/model/units.ts';
import { traceId } from './traceSpans.ts';

const services = ['backend', 'Backend', 'worker', ''];
const kinds = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
const start = 1_795_397_632_000_000_000n;

const keys =
  `namespace db.system db.name server.address server.port rpc.system rpc.service peer.service messaging.system aws.table_name
  aws.dynamodb.table_names sql.url user origin __proto__ http.method aws.xray.annotations aws.queue_url host.id cloud.platform
  service.name cause.paths aws.operation`.split(/\s+/);

const attributes = fc.dictionary(
  fc.constantFrom(...keys),
  fc.oneof(
    fc.constantFrom(
      'aws',
      'remote',
      'postgresql',
      'aws-api',
      'DynamoDB',
      'payments',
      'aws_ecs',
      '',
      'arn:aws:sns:x:1:topic',
    ),
    fc.integer(),
    fc.constant(9_007_199_254_740_993n),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.constantFrom('orders', 'service.name', ''), { maxLength: 2 }),
    fc.constant({ a: { b: ['c'] } }),
  ),
  { maxKeys: 5 },
);

const http = fc.record(
  {
    url: fc.constantFrom('http://127.0.0.1:4567/a?b', '/a', 'https://api.example/x', '', '://', 'http://[::1]:1/'),
    method: fc.constantFrom('GET', ''),
    route: fc.constantFrom('/a', ''),
    status: fc.constantFrom(200, 404, 429, 500, -1),
    userAgent: fc.constant('curl'),
  },
  { requiredKeys: [] },
);

const exception = fc.record(
  {
    id: fc.constantFrom('a', 'b'),
    type: fc.constantFrom('TypeError', ''),
    message: fc.constantFrom('no', ''),
    remote: fc.boolean(),
    causeId: fc.constantFrom('a', 'b'),
    stack: fc.constant([{ path: 'a.js', line: 1 }]),
  },
  { requiredKeys: ['stack'] },
);

/** One of `count` ids, so that spans share ids, point at each other, at themselves and at nothing. */
function anyId(count: number): fc.Arbitrary<SpanId> {
  return fc.integer({ min: 1, max: count }).map((id) => id.toString(16).padStart(16, '0') as SpanId);
}

function anySpan(count: number): fc.Arbitrary<Span> {
  return fc.record(
    {
      id: anyId(count),
      parentId: anyId(count + 2),
      traceId: fc.constant(traceId),
      name: fc.constantFrom('GET', 'backend', 'DynamoDB', 'orders@db', ''),
      service: fc.constantFrom(...services),
      kind: fc.constantFrom(...kinds),
      source: fc.constantFrom('xray' as const, 'otlp' as const),
      status: fc.constantFrom(
        'running' as const,
        'ok' as const,
        'error' as const,
        'fault' as const,
        'throttled' as const,
      ),
      startTime: fc.integer({ min: -50, max: 50 }).map((millis) => epochNanos(start + BigInt(millis) * 1_000_000n)),
      duration: fc.integer({ min: -5, max: 100 }).map((millis) => durationNanos(BigInt(millis) * 1_000_000n)),
      isSubsegment: fc.boolean(),
      isParentRemote: fc.boolean(),
      http,
      attributes,
      annotations: fc.dictionary(fc.constantFrom('a', '__proto__'), fc.constantFrom('x', 1, true, false), {
        maxKeys: 2,
      }),
      metadata: fc.dictionary(fc.constantFrom('default', '__proto__'), fc.constantFrom('x', { y: 1n }), { maxKeys: 2 }),
      resource: attributes,
      events: fc.constantFrom([], [{ name: 'tick', time: epochNanos(start), attributes: {} }]),
      links: fc.constantFrom([], [{ traceId, attributes: { why: 'batch' } }]),
      exceptions: fc.array(exception, { maxLength: 2 }),
      statusMessage: fc.constantFrom('broken', ''),
    },
    {
      requiredKeys: [
        ...(['id', 'traceId', 'name', 'service', 'kind', 'source', 'status', 'startTime', 'duration'] as const),
        ...(['attributes', 'annotations', 'metadata', 'resource', 'events', 'links', 'exceptions'] as const),
      ],
    },
  );
}

/** The spans of a trace as no sender makes them: duplicates, orphans, rings, any kind below any other, clocks that run backwards. */
export const anyTrace: fc.Arbitrary<Span[]> = fc
  .integer({ min: 1, max: 12 })
  .chain((count) => fc.array(anySpan(count), { maxLength: 16 }));
