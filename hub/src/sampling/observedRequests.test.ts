import { expect, test } from 'vitest';
import { openTestStore, segmentPayload } from '../store/testing/testStore.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { otlpTraces } from '../store/testing/otlpBytes.ts';
import { InMemoryDocuments } from '../testing/inMemoryDocuments.ts';
import { loadObservedRequests } from '../client/observedRequests.ts';
import { dryRunLastHour, recentTracesOf } from './lastHour.ts';
import { Sampling } from './sampling.ts';

const now = Date.now();
let traces = 0;

interface Request {
  readonly name?: string;
  readonly url?: string;
  readonly secondsAgo?: number;
  readonly sdk?: string;
  readonly rule?: Record<string, string>;
  readonly parent?: string;
}

async function putRequest(
  store: TelemetryStore,
  { name = 'backend', url = '/api', secondsAgo = 10, sdk = 'X-Ray for Node.js', rule = {}, parent }: Request,
): Promise<void> {
  traces += 1;
  const start = now / 1_000 - secondsAgo;
  await store.append(
    segmentPayload({
      name,
      id: traces.toString(16).padStart(16, '0'),
      trace_id: `1-${Math.floor(start).toString(16)}-${traces.toString(16).padStart(24, '0')}`,
      start_time: Math.floor(start),
      end_time: Math.floor(start) + 0.1,
      http: { request: { method: 'GET', url: `http://localhost:4567${url}` }, response: { status: 200 } },
      aws: { xray: { sdk, ...rule } },
      ...(parent !== undefined && { parent_id: parent }),
    }),
  );
}

/** The patterns that are found, as text, sorted. */
async function check(store: TelemetryStore, expected: readonly string[]): Promise<void> {
  const { patterns } = await loadObservedRequests(recentTracesOf(store), now);
  const shown = patterns.map(({ request: { service, host, method, path }, sdk, perSecond, decidedBy }) => {
    const counts = [...perSecond.values()].toSorted((one, other) => other - one).join('+');
    const rules = [...(decidedBy ?? [])].map(([rule, count]) => `${rule} ${count}`);
    return `${sdk} ${service} ${method} ${host} ${path}: ${counts} ${rules.toSorted().join(', ')}`.trim();
  });
  expect(shown.toSorted()).toEqual(expected);
}

test('requests of the last hour are counted by second, with the rules that decided them', async () => {
  const { store } = await openTestStore({ maxAgeMillis: 10 * 3_600_000 });
  await putRequest(store, { rule: { rule_name: 'Default' } });
  await putRequest(store, { rule: { rule_name: 'Old' } });
  await putRequest(store, { secondsAgo: 20 });
  await putRequest(store, { url: '/api?page=2' });
  await putRequest(store, { sdk: 'X-Ray for Python', rule: { sampling_rule_name: 'Default' } });
  await putRequest(store, { secondsAgo: 3_700 });
  await check(store, [
    'node backend GET localhost:4567 /api: 2+1 Default 1, Old 1, undefined 1',
    'node backend GET localhost:4567 /api?page=2: 1 undefined 1',
    'python backend GET localhost:4567 /api: 1 Default 1',
  ]);
});

test('a request whose caller decided is counted apart', async () => {
  const { store } = await openTestStore();
  await putRequest(store, {});
  await putRequest(store, { parent: 'ffffffffffffffff' });
  const { decidedByCaller, traces: looked, isPartial } = await loadObservedRequests(recentTracesOf(store), now);
  expect([decidedByCaller, looked, isPartial]).toEqual([1, 2, false]);
});

async function putServerSpan(store: TelemetryStore, service: string, path: string, port: bigint): Promise<void> {
  traces += 1;
  const start = BigInt(now - 5_000) * 1_000_000n;
  const attributes = [
    ['http.request.method', { text: 'GET' }],
    ['url.path', { text: path }],
    ['server.address', { text: 'localhost' }],
    ['server.port', { int: port }],
  ] as const;
  const ids = { traceId: traces.toString(16).padStart(32, 'a'), spanId: traces.toString(16).padStart(16, 'b') };
  const span = { ...ids, name: 'GET', kind: 2, start, end: start, attributes };
  await store.append({
    format: 'otlp-traces-protobuf',
    receiver: 'otlpHttp',
    body: otlpTraces([{ service, spans: [span] }]),
  });
}

test('OpenTelemetry’s server spans are requests of no X-Ray SDK', async () => {
  const { store } = await openTestStore();
  await putServerSpan(store, 'shop', '/otel', 8080n);
  await check(store, ['other shop GET localhost:8080 /otel: 1']);
});

test('what OpenTelemetry alone reports of a service with an X-Ray SDK is counted as left out by that SDK, once', async () => {
  const { store } = await openTestStore();
  await putRequest(store, { secondsAgo: 10, rule: { rule_name: 'Cruddur' } });
  await putServerSpan(store, 'backend', '/api', 4567n);
  await putServerSpan(store, 'backend', '/api', 4567n);
  await putServerSpan(store, 'shop', '/otel', 8080n);
  await check(store, ['node backend GET localhost:4567 /api: 2+1 Cruddur 1', 'other shop GET localhost:8080 /otel: 1']);
  const sampling = new Sampling(new InMemoryDocuments(), () => now);
  const counts = { requests: 5, sampled: 1, borrowed: 0 };
  await sampling.report([{ rule: 'Default', clientId: 'c'.repeat(24), ...counts }]);
  const { rules, notes } = await dryRunLastHour(sampling, store, now);
  expect(rules.map(({ rule, requests }) => `${rule} ${requests}`)).toEqual(['SightlineHealthChecks 0', 'Default 4']);
  expect(notes.slice(-2)).toEqual([
    'Default left out 2 in the last 10 minutes, as SDKs report; they are not here.',
    '2 of these requests were left out by the X-Ray SDK and are known by OpenTelemetry, whose own traces are kept whatever the rules say: the Traces view shows them all the same.',
  ]);
});

test('the last hour is tried against the rules as they are now', async () => {
  const { store } = await openTestStore();
  for (let index = 0; index < 20; index += 1) {
    // oxlint-disable-next-line no-await-in-loop -- in order.
    await putRequest(store, { name: 'backend-flask' });
  }
  await putRequest(store, { url: '/api/health-check' });
  const sampling = new Sampling(new InMemoryDocuments(), () => now);
  await sampling.rules.create({
    RuleName: 'Cruddur',
    ResourceARN: '*',
    Priority: 9000,
    FixedRate: 0.1,
    ReservoirSize: 5,
    ServiceName: 'backend-flask',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    Version: 1,
  });
  const run = await dryRunLastHour(sampling, store, now);
  expect(run.requests.map(({ count, rule, kept }) => `${count} ${rule} ${kept.toFixed(1)}`)).toEqual([
    '20 Cruddur 2.9',
    '1 SightlineHealthChecks 0.0',
  ]);
  expect(run.rules.map(({ rule, requests }) => `${rule} ${requests}`)).toEqual([
    'SightlineHealthChecks 1',
    'Cruddur 20',
    'Default 0',
  ]);
  expect(run.notes.length).toBe(2);
  const counts = { requests: 30, sampled: 0, borrowed: 0 };
  await sampling.report([{ rule: 'SightlineHealthChecks', clientId: 'c'.repeat(24), ...counts }]);
  const { notes } = await dryRunLastHour(sampling, store, now);
  expect(notes.at(-1)).toBe(
    'SightlineHealthChecks left out 30 in the last 10 minutes, as SDKs report; they are not here.',
  );
});
