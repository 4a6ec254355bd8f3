import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ServiceMapReply } from '../client/mapApi.ts';
import { startRealHub, type RealHub } from '../testing/realHub.ts';
import { send } from '../testing/rawHttp.ts';

const seconds = 1_700_000_000;
const slow = '1-6553f100-000000000000000000000001';
const failed = '1-6553f164-000000000000000000000002';

/** Two requests a hundred seconds apart: each asks a database, the second one fails. */
const segments = [
  segmentOf(slow, seconds, 0.25, {}),
  segmentOf(failed, seconds + 100, 0.05, { fault: true, http: { response: { status: 500 } } }),
];

/** Compares the services, one a line: name (type) requests and what went wrong > calls. */
function check({ nodes }: ServiceMapReply, expected: readonly string[]): void {
  const lines = nodes.map(({ name, type = 'service', statistics, edges, isInferred }) => {
    const { total = 0, fault = 0 } = statistics ?? {};
    const calls = edges.map((edge) => ` > ${nodes[edge.target]?.name} ${edge.statistics.total}`).join('');
    return `${name} (${isInferred ? 'inferred ' : ''}${type}) ${total} faults ${fault}${calls}`;
  });
  expect(lines.toSorted((one, other) => (one < other ? -1 : 1))).toEqual(expected);
}

test('the map of a time range has its services, its calls and how requests ended', async () => {
  const { client } = await start();
  const window = { from: nanos(-60), to: nanos(160) };
  const map = await client.loadServiceMap(window);
  check(map, [
    'backend (client) 0 faults 0 > backend 2',
    'backend (service) 2 faults 1 > posts@db.local 2',
    'posts@db.local (inferred Database::SQL) 2 faults 0',
  ]);
  expect([map.from, map.to]).toEqual([window.from, window.to]);
  const backend = map.nodes.find(({ name, statistics }) => name === 'backend' && statistics !== undefined);
  expect(backend?.startTime).toBe(nanos(0));
  // Times are counted in classes, of which the value is one.
  expect(backend?.responseTimes.map(({ value, count }) => `${count} of ${value.toFixed(2)} s`)).toEqual([
    '1 of 0.05 s',
    '1 of 0.25 s',
  ]);
});

test('requests outside of the range are not counted', async () => {
  const { client } = await start();
  check(await client.loadServiceMap({ from: nanos(-60), to: nanos(50) }), [
    'backend (client) 0 faults 0 > backend 1',
    'backend (service) 1 faults 0 > posts@db.local 1',
    'posts@db.local (inferred Database::SQL) 1 faults 0',
  ]);
  check(await client.loadServiceMap({ from: nanos(-60), to: nanos(-30) }), []);
  // The last hour, in which nothing happened.
  check(await client.loadServiceMap(), []);
});

test('a filter leaves the traces that fulfil it, groups included', async () => {
  const { client } = await start();
  const window = { from: nanos(-60), to: nanos(160) };
  const onlyFailed = [
    'backend (client) 0 faults 0 > backend 1',
    'backend (service) 1 faults 1 > posts@db.local 1',
    'posts@db.local (inferred Database::SQL) 1 faults 0',
  ];
  check(await client.loadServiceMap({ ...window, filter: 'service("backend") { fault }' }), onlyFailed);
  await client.changeGroup({ name: 'failed', filter: 'fault' });
  check(await client.loadServiceMap({ ...window, filter: 'group.name = "failed"' }), onlyFailed);
});

test('one trace has a map of its own, from its start to its end', async () => {
  const { client } = await start();
  const map = await client.loadServiceMap({ trace: slow });
  check(map, [
    'backend (client) 0 faults 0 > backend 1',
    'backend (service) 1 faults 0 > posts@db.local 1',
    'posts@db.local (inferred Database::SQL) 1 faults 0',
  ]);
  expect([map.from, map.to]).toEqual([nanos(0), nanos(0.25)]);
  check(await client.loadServiceMap({ trace: slow.replace(/1$/, '9') }), []);
});

test('a wrong request is answered in words, a wrong filter with its place too', async () => {
  const { ready, token } = await start();
  const answers = [
    ['filter=service(', /^\{"error":"[^"]+","column":9,"length":0,"expected":\[/],
    ['filter=group.name+%3D+%22b%22', /^\{"error":"There is no group with the name \\"b\\"\."\}$/],
    ['from=2&to=1', /^\{"error":"`from` must not be after `to`\."\}$/],
    ['from=yesterday', /nanoseconds since the Unix epoch/],
    ['trace=7', /must be a trace id/],
  ] as const;
  for (const [query, expected] of answers) {
    const headers = { authorization: `Bearer ${token}` };
    const { status, body } = await send(`${ready.endpoints.api}/sightline/v1/map?${query}`, { headers });
    expect(body).toMatch(expected);
    expect(status).toBe(400);
  }
});

async function start(): Promise<RealHub & { readonly token: string }> {
  const hub = await startRealHub();
  const token = readFileSync(hub.ready.tokenFile, 'utf8').trim();
  const body = JSON.stringify({ TraceSegmentDocuments: segments.map((segment) => JSON.stringify(segment)) });
  const { status } = await send(`${hub.ready.endpoints.xrayTcp}/TraceSegments`, { method: 'POST', body });
  expect(status).toBe(200);
  return { ...hub, token };
}

function segmentOf(traceId: string, begin: number, duration: number, more: object): object {
  const times = { start_time: begin, end_time: begin + duration };
  const sql = { url: 'postgresql://db.local/posts', database_type: 'PostgreSQL' };
  const query = { id: `${traceId.slice(-15)}b`, name: 'posts@db.local', namespace: 'remote', ...times, sql };
  return { id: `${traceId.slice(-15)}a`, trace_id: traceId, name: 'backend', ...times, subsegments: [query], ...more };
}

function nanos(after: number): string {
  return String(BigInt(Math.round((seconds + after) * 1000)) * 1_000_000n);
}
