import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileFilterExpression } from '@sightline/telemetry/language/filterExpressionCompiler';
import { matchesTrace } from '@sightline/telemetry/language/filterExpressionMatch';
import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import type { TracePlan } from '@sightline/telemetry/language/filterExpressionPlan';
import { epochNanos } from '@sightline/telemetry/model/units';
import type { ServiceMap } from '@sightline/telemetry/view/serviceMap';
import { ServiceMapBuilder } from '@sightline/telemetry/view/serviceMapBuilder';
import { requestsOfTrace, type TraceRequests } from '@sightline/telemetry/view/traceRequests';
import type { TelemetryStore } from '../telemetryStore.ts';
import type { FoundTraces, TraceSelection } from '../traceAnalysis.ts';
import { payloadsOf, randomTraces } from '../testing/randomTraces.ts';
import type { TestSpan } from '../testing/otlpBytes.ts';
import { testEpoch, testTrace, traceIdOf } from '../testing/testSpans.ts';
import { appendSpans, openTestStore, otlpPayload, segmentPayload } from '../testing/testStore.ts';

const always = { from: epochNanos(0n), to: epochNanos(testEpoch + 10n ** 15n) };

/** One of each kind at least; those that a column cannot answer are answered by what was sent. */
const filters = `
  ok; error; fault; throttle; partial; inferred; root; !ok; !fault
  responsetime > 1; responsetime <= 0.5; duration >= 2.5; duration < 1; http.status = 404; http.status >= 500; http.status != 200
  http.method = "GET"; http.url CONTAINS "orders"; http.url BEGINSWITH "http://"; http.url ENDSWITH "only"; http.url
  http.useragent CONTAINS "curl"; http.clientip; user = "alice"; user; name = "backend"; type = "AWS::ECS::Container"
  http.useragent = "Firefox"; http.useragent != "Firefox"; http.clientip BEGINSWITH "192"; http.clientip = "10.0.0.1"; !user
  message CONTAINS "timeout"; message = "no such user"; !message; availabilityzone; instance.id; resource.arn; resource.arn ENDSWITH "x"
  service("backend"); service("users") { fault }; service("feed") { responsetime > 1 AND !error }; !service("orders@db.local")
  service(id(name: "orders@db.local", type: "Database::SQL")); service(id(type: "remote")) { ok }; service() { partial }
  service("backend") { http.useragent CONTAINS "curl" OR fault }
  edge("backend", "users"); edge("backend", "feed") { fault }; edge(id(type: "client"), "backend"); !edge("feed", "users")
  annotation.count = 5; annotation.count != 5; annotation.count > 5; annotation.count <= 0.1; annotation.count < 0; annotation.count >= 5.5
  annotation.count > 16777216; annotation.count = 16777217; annotation.count < 1e301; annotation.user = "alice"; annotation.user != "alice"
  annotation.user CONTAINS "o"; annotation[app.note] BEGINSWITH "Ä"; annotation.user ENDSWITH "e"; annotation.flag = true; annotation.flag
  annotation.flag = false; annotation.flag != true; !annotation.flag; annotation.nothing; annotation[http.request.method] = "GET"
  annotation[otel.resource.service.name] = "feed"; annotation[otel.resource.service.name] CONTAINS "ee"; annotation[sql.url]
  (annotation.count > 1 OR fault) AND !service("users"); annotation.user = "bob" service("backend")
  rootcause.fault.service { name = "backend" }; rootcause.responsetime.entity; json
`
  .split(/[;\n]/)
  .map((text) => text.trim())
  .filter((text) => text !== '');

function planOf(text: string): TracePlan {
  const parsed = parseFilterExpression(text);
  if (!parsed.ok) {
    throw new Error(`${text}: ${parsed.error.message}`);
  }
  const compiled = compileFilterExpression(parsed.expression, () => undefined);
  if (!compiled.ok) {
    throw new Error(`${text}: ${compiled.message}`);
  }
  return compiled.plan;
}

async function findAll(store: TelemetryStore, selection: TraceSelection, limit = 1000): Promise<string[]> {
  const ids: string[] = [];
  let page: FoundTraces = { traces: [], processed: 0 };
  do {
    const { next } = page;
    // oxlint-disable-next-line no-await-in-loop -- each page needs the cursor of the one before.
    page = await store.analysis.findTraces(selection, { limit, ...(next === undefined ? {} : { after: next }) });
    ids.push(...page.traces.map(({ id }) => id));
  } while (page.next !== undefined);
  return ids;
}

async function decodeAll(store: TelemetryStore): Promise<Map<string, TraceRequests>> {
  const { traces } = await store.listTraces({ limit: 1000 });
  const decoded = new Map<string, TraceRequests>();
  for (const { id } of traces) {
    // oxlint-disable-next-line no-await-in-loop -- a few traces.
    decoded.set(id, requestsOfTrace((await store.analysis.loadSpans(id)) ?? []));
  }
  return decoded;
}

/** The same map in one form: nodes and edges by name, sums to the nanosecond. */
function renderMap({ nodes }: ServiceMap): string[] {
  const nameAt = (index: number): string => {
    const service = nodes[index]?.service;
    return `${service?.name}/${service?.type ?? ''}`;
  };
  return nodes
    .map((node, index) => {
      const { edges, names, service: _, ...facts } = node;
      const targets = edges.map((edge) => toJson({ ...edge, target: nameAt(edge.target) })).toSorted();
      return `${nameAt(index)} ${toJson({ ...facts, names: names.toSorted() })} -> ${targets.join(' ')}`;
    })
    .toSorted();
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (key, item: unknown) =>
    typeof item === 'bigint' ? String(item) : key === 'totalResponseSeconds' ? (item as number).toFixed(6) : item,
  );
}

test('columns say of every filter, and of the service map, what decoded traces say', async () => {
  await fc.assert(
    fc.asyncProperty(randomTraces, async (traces) => {
      const { store } = await openTestStore();
      for (const payload of payloadsOf(traces)) {
        // oxlint-disable-next-line no-await-in-loop -- in the order of the traces.
        await store.append(payload);
      }
      const decoded = await decodeAll(store);
      for (const text of filters) {
        const plan = planOf(text);
        const expected = [...decoded].filter(([, trace]) => matchesTrace(plan, trace)).map(([id]) => id);
        // oxlint-disable-next-line no-await-in-loop -- one filter after the other.
        expect({ text, ids: await findAll(store, { ...always, plan }) }).toEqual({ text, ids: expected });
      }
      const builder = new ServiceMapBuilder();
      for (const trace of decoded.values()) {
        builder.add(trace);
      }
      const map = await store.analysis.serviceMap(always);
      expect(renderMap(map)).toEqual(renderMap(builder.build()));
      await store.close();
    }),
    { numRuns: 12 },
  );
}, 120_000);

/** Ten traces a second apart, every other of which failed. */
async function storeWithTen(): Promise<TelemetryStore> {
  const { store } = await openTestStore();
  for (let number = 1; number <= 10; number += 1) {
    const spans = testTrace(number * 1000).map((span) => ({ ...span, statusCode: number % 2 === 0 ? 2 : 0 }));
    // oxlint-disable-next-line no-await-in-loop -- in the order of the traces.
    await appendSpans(store, spans);
  }
  return store;
}

function second(number: number): TraceSelection['from'] {
  return epochNanos(testEpoch + BigInt(number) * 1_000_000_000n);
}

test('the list of traces takes a filter and a time, and its pages join up', async () => {
  const store = await storeWithTen();
  const names: string[][] = [];
  let before: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page needs the cursor of the one before.
    const page = await store.listTraces({
      limit: 2,
      filter: planOf('fault'),
      from: second(3),
      to: second(8),
      ...(before === undefined ? {} : { before }),
    });
    names.push(page.traces.map(({ name }) => name));
    before = page.next;
  } while (before !== undefined);
  expect(names).toEqual([['request 8000', 'request 6000'], ['request 4000']]);
});

test('pages of found traces join up, and the last one has no next', async () => {
  const store = await storeWithTen();
  const all = await findAll(store, { ...always, plan: planOf('!fault') });
  expect(all).toEqual([9, 7, 5, 3, 1].map((number) => traceIdOf(number * 1000)));
  expect(await findAll(store, { ...always, plan: planOf('!fault') }, 1)).toEqual(all);
});

test('a window takes traces by their start, by any start in them, or by any moment of work', async () => {
  const { store } = await openTestStore();
  const [server, inner] = testTrace(1000, 2);
  await appendSpans(store, [
    { ...server, end: second(9) } as TestSpan,
    { ...inner, kind: 2, start: second(5), end: second(6) } as TestSpan,
  ]);
  const check = async (from: number, to: number, timeRangeType: 'TraceId' | 'Event' | 'Service'): Promise<number> =>
    (await findAll(store, { from: second(from), to: second(to), timeRangeType })).length;
  expect([await check(0, 2, 'TraceId'), await check(4, 5, 'TraceId')]).toEqual([1, 0]);
  expect([await check(4, 5, 'Event'), await check(7, 8, 'Event')]).toEqual([1, 0]);
  expect([await check(7, 8, 'Service'), await check(10, 11, 'Service')]).toEqual([1, 0]);
  const { traces } = await store.analysis.findTraces(
    { from: second(4), to: second(6), timeRangeType: 'Event' },
    { limit: 1 },
  );
  expect(traces[0]?.matchedEventTime).toBe(second(5));
});

test('a trace that grows after it was asked for is found as it is now', async () => {
  const store = await storeWithTen();
  const plan = planOf('service("late")');
  expect(await findAll(store, { ...always, plan })).toEqual([]);
  const [, late] = testTrace(4000);
  await store.append(otlpPayload([{ ...late, spanId: 'ee'.repeat(8), kind: 2 } as TestSpan], 'late'));
  expect(await findAll(store, { ...always, plan })).toEqual([traceIdOf(4000)]);
  const map = await store.analysis.serviceMapOfTraces([traceIdOf(4000), traceIdOf(4000), 'ff'.repeat(16)]);
  expect(map.nodes.map(({ service, edges }) => `${service.name} ${edges.length}`).toSorted()).toEqual([
    'backend 1',
    'backend 1',
    'late 0',
  ]);
  await store.clear();
  expect(await findAll(store, always)).toEqual([]);
});

test('a time series has a point for each period, and counts what comes in from outside or what an entity selects', async () => {
  const store = await storeWithTen();
  const selection = { from: second(0), to: second(10) };
  const render = async (entity?: string): Promise<string> => {
    const plan = entity === undefined ? undefined : planOf(entity);
    const points = await store.analysis.timeSeries(selection, {
      periodSeconds: 3,
      ...(plan?.kind === 'service' || plan?.kind === 'edge' ? { entity: plan } : {}),
    });
    return points
      .map(({ from, statistics: { ok, fault } }) => `${(from - testEpoch) / 1_000_000_000n}s ${ok}+${fault}`)
      .join(', ');
  };
  expect(await render()).toBe('0s 1+1, 3s 2+1, 6s 1+2, 9s 1+1');
  expect(await render('service("backend") { fault }')).toBe('0s 0+1, 3s 0+1, 6s 0+2, 9s 0+1');
  expect(await render('edge(id(type: "client"), "other")')).toBe('0s 0+0, 3s 0+0, 6s 0+0, 9s 0+0');
  expect(await render('service("backend") { message CONTAINS "x" }')).toBe('0s 0+0, 3s 0+0, 6s 0+0, 9s 0+0');
  await expect(store.analysis.timeSeries(selection, { periodSeconds: 0 })).rejects.toThrow('1 to 100000 points');
});

test('filter facts name services, annotations with their most frequent values, and what only is metadata', async () => {
  const { store } = await openTestStore();
  for (const [number, handle] of ['alice', 'bob', 'bob'].entries()) {
    const attributes = [
      ['app.handle', { text: handle }],
      ['app.list', { list: [] }],
    ] as const;
    // oxlint-disable-next-line no-await-in-loop -- in the order of the traces.
    await appendSpans(store, testTrace(number + 1, 1, attributes));
  }
  await store.append(
    segmentPayload({
      trace_id: '1-6afd5f80-cccccccccccccccccccccccc',
      id: 'cccccccccccccccc',
      name: 'users',
      origin: 'AWS::ECS::Container',
      start_time: 1_795_000_000,
      end_time: 1_795_000_001,
      annotations: { paid: true },
      metadata: { default: { cart: 1 } },
    }),
  );
  expect(await store.analysis.filterFacts()).toEqual({
    services: [{ name: 'backend' }, { name: 'users', type: 'AWS::ECS::Container' }],
    annotations: [
      { key: 'app.handle', values: ['bob', 'alice'] },
      { key: 'paid', values: [true] },
      { key: 'otel.resource.service.name', values: ['backend'] },
    ],
    metadataKeys: ['app.list', 'default.cart'],
  });
});

test('a question that is given up rejects with its reason, and the next one is answered', async () => {
  const store = await storeWithTen();
  const abort = new AbortController();
  const map = store.analysis.serviceMap(always, abort.signal);
  abort.abort(new Error('enough'));
  await expect(map).rejects.toThrow('enough');
  expect(await findAll(store, always)).toHaveLength(10);
});
