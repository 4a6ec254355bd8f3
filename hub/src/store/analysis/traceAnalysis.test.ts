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
import { testEpoch } from '../testing/testSpans.ts';
import { openTestStore } from '../testing/testStore.ts';

const always = { from: epochNanos(0n), to: epochNanos(testEpoch + 10n ** 15n) };

/** One of each kind at least; those that a column cannot answer are answered by what was sent. */
const filters = `
  ok; error; fault; throttle; partial; inferred; root; !ok; !fault
  responsetime > 1; responsetime <= 0.5; duration >= 2.5; duration < 1; http.status = 404; http.status >= 500; http.status != 200
  http.method = "GET"; http.url CONTAINS "orders"; http.url BEGINSWITH "http://"; http.url ENDSWITH "only"; http.url
  http.useragent CONTAINS "curl"; http.clientip; user = "alice"; user; name = "backend"; type = "AWS::ECS::Container"
  message CONTAINS "timeout"; availabilityzone; resource.arn
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
