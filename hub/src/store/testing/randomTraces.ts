import * as fc from 'fast-check';
import type { Payload } from '../telemetryStore.ts';
import { otlpTraces, type TestSpan, type TestValue } from './otlpBytes.ts';
import { testEpoch, traceIdOf } from './testSpans.ts';
import { segmentPayload } from './testStore.ts';

/** A piece of work as a test makes it up; parents are earlier pieces, or one that never arrives. */
interface Work {
  readonly source: 'otlp' | 'segment' | 'subsegment';
  readonly parent: number;
  readonly service: string;
  readonly kind: number;
  readonly name: string;
  readonly startMillis: number;
  readonly durationMillis: number;
  readonly status: number;
  readonly http: { readonly url: string; readonly method: string; readonly status: number } | undefined;
  readonly called: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string | number | boolean>>;
  readonly message: string | undefined;
}

const work: fc.Arbitrary<Work> = fc.record({
  source: fc.constantFrom('otlp' as const, 'otlp' as const, 'segment' as const, 'subsegment' as const),
  parent: fc.integer({ min: -1, max: 6 }),
  service: fc.constantFrom('backend', 'feed', 'users'),
  kind: fc.constantFrom(1, 2, 2, 3, 3, 4, 5),
  name: fc.constantFrom('GET /a', 'work', 'backend', 'DynamoDB', 'api.example.com'),
  startMillis: fc.integer({ min: 0, max: 20 }),
  durationMillis: fc.integer({ min: 0, max: 3000 }),
  status: fc.constantFrom(0, 0, 0, 1, 2),
  http: fc.option(
    fc.record({
      url: fc.constantFrom('http://api.example.com/orders?x=1', '/path/only', 'https://127.0.0.1:8080/x'),
      method: fc.constantFrom('GET', 'POST'),
      status: fc.constantFrom(200, 404, 429, 500, 503),
    }),
    { nil: undefined },
  ),
  called: fc.constantFrom<Readonly<Record<string, string>>>(
    {},
    {},
    { 'db.system': 'postgresql', 'db.name': 'orders', 'server.address': 'db.local' },
    { 'peer.service': 'users' },
    { 'user_agent.original': 'curl/8', 'client.address': '192.0.2.7', 'enduser.id': 'alice' },
    { 'http.user_agent': 'Firefox', user: 'bob', 'host.id': 'i-1', 'cloud.resource_id': 'arn:x' },
    { 'rpc.system': 'aws-api', 'rpc.service': 'DynamoDB', 'aws.table_name': 'Likes' },
    { 'server.address': 'cache.local', 'http.host': 'shop.example.com' },
  ),
  annotations: fc.dictionary(
    fc.constantFrom('count', 'user', 'flag', 'app.note'),
    fc.oneof(
      fc.constantFrom<string | number | boolean>('alice', 'bob', 'Ä?', '', true, false),
      fc.constantFrom(0, 5, 5.5, 0.1, -3, 1e300, 16_777_217),
    ),
    { maxKeys: 3 },
  ),
  message: fc.option(fc.constantFrom('timeout upstream', 'no such user'), { nil: undefined }),
});

/** Traces of mixed origin, with all that goes wrong in them: missing parents, twins, clocks that differ. */
export const randomTraces: fc.Arbitrary<readonly (readonly Work[])[]> = fc
  .array(fc.array(work, { minLength: 1, maxLength: 7 }), { minLength: 4, maxLength: 16 })
  .map((traces) => [
    ...traces,
    ...traces.map((trace) => trace.map(likeButOther)),
    ...traces.map((trace) => [...trace]),
  ]);

/** The same work, with other times, another URL and other annotations. */
function likeButOther(one: Work): Work {
  const http = one.http && { ...one.http, url: one.http.url.replace(/(?:orders\?x=1|only|x)$/, 'other') };
  const durationMillis = one.durationMillis === 0 ? 0 : one.durationMillis * 2 + 1;
  return { ...one, durationMillis, http, annotations: { count: one.startMillis } };
}

/** What senders would make of them: an OTLP request and segment documents for each trace. */
export function payloadsOf(traces: readonly (readonly Work[])[]): Payload[] {
  return traces.flatMap((trace, number) => {
    const spans = trace.flatMap((one, at) => (one.source === 'otlp' ? [{ one, span: toSpan(trace, number, at) }] : []));
    const resources = [...new Set(spans.map(({ one }) => one.service))].map((service) => ({
      service,
      spans: spans.flatMap(({ one, span }) => (one.service === service ? [span] : [])),
    }));
    const documents = trace.flatMap((one, at) =>
      one.source === 'otlp' ? [] : [segmentPayload(toDocument(trace, number, at))],
    );
    const otlp: Payload = { format: 'otlp-traces-protobuf', receiver: 'otlpHttp', body: otlpTraces(resources) };
    return spans.length === 0 ? documents : [otlp, ...documents];
  });
}

function idOf(number: number, at: number): string {
  return (number * 16 + at + 1).toString(16).padStart(16, 'd');
}

function parentIdOf(trace: readonly Work[], number: number, at: number): string | undefined {
  const { parent, source } = trace[at] as Work;
  if (parent === -1 && source !== 'subsegment') {
    return undefined;
  }
  // A parent that is not earlier never arrives.
  return parent < at ? idOf(number, Math.max(0, parent)) : idOf(number, 15);
}

function startOf(number: number, { startMillis }: Work): bigint {
  return testEpoch + BigInt(number * 1000 + startMillis) * 1_000_000n;
}

function toSpan(trace: readonly Work[], number: number, at: number): TestSpan {
  const one = trace[at] as Work;
  const parentId = at === 0 ? undefined : parentIdOf(trace, number, at);
  const start = startOf(number, one);
  const http: [string, TestValue][] =
    one.http === undefined
      ? []
      : [
          [one.http.url.startsWith('/') ? 'url.path' : 'url.full', { text: one.http.url }],
          ['http.request.method', { text: one.http.method }],
          ['http.response.status_code', { int: BigInt(one.http.status) }],
        ];
  const texts = Object.entries(one.called).map(([key, text]): [string, TestValue] => [key, { text }]);
  const annotations = Object.entries(one.annotations).map(([key, value]): [string, TestValue] => [key, toValue(value)]);
  return {
    traceId: traceIdOf(number + 1),
    spanId: idOf(number, at),
    ...(parentId === undefined ? {} : { parentId }),
    name: one.name,
    kind: one.kind,
    start,
    end: start + BigInt(one.durationMillis) * 1_000_000n,
    attributes: [...http, ...texts, ...annotations],
    statusCode: one.status,
    ...(one.message === undefined
      ? {}
      : one.kind === 2
        ? { statusMessage: one.message }
        : { events: [{ name: 'exception', message: one.message }] }),
  };
}

function toValue(value: string | number | boolean): TestValue {
  if (typeof value === 'string') {
    return { text: value };
  }
  return typeof value === 'boolean' ? { flag: value } : { double: value };
}

function toDocument(trace: readonly Work[], number: number, at: number): object {
  const one = trace[at] as Work;
  const start = Number(startOf(number, one)) / 1e9;
  const traceId = traceIdOf(number + 1);
  const parentId = at === 0 && one.source === 'segment' ? undefined : parentIdOf(trace, number, at);
  const isCall = one.kind === 3;
  return {
    trace_id: `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`,
    id: idOf(number, at),
    name: one.source === 'segment' ? one.service : one.name,
    start_time: start,
    ...(one.durationMillis === 0 ? { in_progress: true } : { end_time: start + one.durationMillis / 1000 }),
    ...(parentId === undefined ? {} : { parent_id: parentId }),
    ...(one.source === 'subsegment' ? { type: 'subsegment', ...(isCall ? { namespace: 'remote' } : {}) } : {}),
    ...(one.source === 'segment' && isCall ? { origin: 'AWS::ECS::Container', user: 'alice' } : {}),
    ...(one.status === 2 ? { fault: true } : {}),
    ...(one.http === undefined
      ? {}
      : {
          http: {
            request: { url: one.http.url, method: one.http.method, user_agent: 'curl/8', client_ip: '192.0.2.7' },
            response: { status: one.http.status },
          },
        }),
    ...(one.message === undefined
      ? {}
      : { cause: { exceptions: [{ id: 'abcdefabcdefabcd', message: one.message, type: 'Error' }] } }),
    annotations: one.annotations,
  };
}
