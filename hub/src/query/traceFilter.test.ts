import { expect, test } from 'vitest';
import type { HubClient } from '../client/hubClient.ts';
import { send } from '../testing/rawHttp.ts';
import { startHubUnderTest } from '../testing/hubUnderTest.ts';
import { startRealHub, type RealHub } from '../testing/realHub.ts';

interface Request {
  readonly path: string;
  readonly status?: number;
  readonly annotations?: object;
  readonly metadata?: object;
}

/** A hub that was told of these requests to `backend`, the last one newest. */
async function hubWith(...requests: readonly Request[]): Promise<RealHub> {
  const hub = await startRealHub();
  const now = Math.floor(Date.now() / 1000) - 60;
  const documents = requests.map(({ path, status = 200, ...rest }, index) => ({
    name: 'backend',
    id: `53995c3f42cd8a${String(index).padStart(2, '0')}`,
    trace_id: `1-${now.toString(16)}-${String(index).padStart(24, '0')}`,
    start_time: now + index,
    end_time: now + index + 0.5,
    fault: status >= 500,
    http: { request: { method: 'GET', url: `http://localhost${path}` }, response: { status } },
    ...rest,
  }));
  const body = JSON.stringify({ TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) });
  await send(`${hub.ready.endpoints.xrayTcp}/TraceSegments`, { method: 'POST', body });
  return hub;
}

/** Lists what fulfils a filter, page after page, or what it is refused with. */
async function check({ client }: RealHub, filter: string, expected: readonly string[]): Promise<void> {
  expect(await listed(client, filter).catch((error: unknown) => [String(error)])).toEqual(expected);
}

async function listed(client: HubClient, filter: string): Promise<string[]> {
  const names: string[] = [];
  let before: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page needs the cursor of the one before.
    const page = await client.listTraces({ filter, limit: 2, ...(before !== undefined && { before }) });
    names.push(...page.traces.map(({ name }) => name));
    before = page.next;
  } while (before !== undefined);
  return names;
}

test('only traces that fulfil the filter are listed, newest first, page by page', async () => {
  const hub = await hubWith(
    { path: '/a' },
    { path: '/b', status: 500 },
    { path: '/c', annotations: { user: 'juno' } },
    { path: '/d', status: 503 },
    { path: '/e', status: 500 },
  );
  await check(hub, 'fault', ['GET /e', 'GET /d', 'GET /b']);
  await check(hub, 'annotation.user = "juno" OR http.status = 503', ['GET /d', 'GET /c']);
  await check(hub, 'service("frontend")', []);
  await check(hub, '  ', ['GET /e', 'GET /d', 'GET /c', 'GET /b', 'GET /a']);
});

test('a group stands for its filter, as it is at that moment', async () => {
  const hub = await hubWith({ path: '/a' }, { path: '/b', status: 500 });
  await hub.client.changeGroup({ name: 'broken', filter: 'fault' });
  await check(hub, 'group.name = "broken"', ['GET /b']);
  await hub.client.changeGroup({ name: 'broken', filter: 'ok' });
  await check(hub, 'group.name = "broken"', ['GET /a']);
  await hub.client.deleteGroup('broken');
  await check(hub, 'group.name = "broken"', ['HubError: There is no group with the name "broken".']);
});

test('health checks that fulfil the filter are left out and counted', async () => {
  const { client } = await hubWith({ path: '/health' }, { path: '/a' }, { path: '/b', status: 500 });
  const { traces, hiddenHealthChecks } = await client.listTraces({ filter: 'ok', health: 'exclude' });
  expect([traces.map(({ name }) => name), hiddenHealthChecks]).toEqual([['GET /a'], 1]);
});

test('a wrong filter is refused with its place and what could stand there', async () => {
  const hub = await startHubUnderTest();
  const answers = [];
  for (const filter of ['fault )', 'duration >', 'group.name = "none"', 'fault'.padEnd(10_001)]) {
    const url = `${hub.endpoints.api}/sightline/v1/traces?filter=${encodeURIComponent(filter)}`;
    // oxlint-disable-next-line no-await-in-loop -- one at a time is as fast.
    const { status, body } = await send(url, { headers: { authorization: `Bearer ${hub.token}` } });
    answers.push(`${status} ${body}`);
  }
  expect(answers).toEqual([
    '400 {"error":") cannot stand here; here could stand =, !=, a keyword, !, (, AND, OR or the end.","column":7,"length":1,"expected":["=","!=","a keyword","!","(","AND","OR","the end"]}',
    '400 {"error":"The expression ends too early; here could stand a number.","column":11,"length":0,"expected":["a number"]}',
    '400 {"error":"There is no group with the name \\"none\\"."}',
    '400 {"error":"`filter` must be given once, with at most 10000 characters."}',
  ]);
});

test('what could be typed into a filter is what was seen', async () => {
  const { client } = await hubWith(
    { path: '/a', annotations: { user: 'juno' } },
    { path: '/b', annotations: { user: 'juno', count: 2 }, metadata: { default: { payload: 'x' } } },
  );
  expect(await client.loadFilterFacts()).toEqual({
    services: [{ name: 'backend' }],
    annotations: [
      { key: 'user', values: ['juno'] },
      { key: 'count', values: [2] },
    ],
    metadataKeys: ['default.payload'],
  });
});
