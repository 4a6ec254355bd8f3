import { expect, test } from 'vitest';
import { startHubUnderTest, type HubUnderTest } from '../testing/hubUnderTest.ts';
import { send } from '../testing/rawHttp.ts';
import { detail, rows, spanId, storedTrace, traceId } from '../testing/traces.ts';

async function startHubWithTrace(): Promise<HubUnderTest> {
  const hub = await startHubUnderTest();
  hub.store.traces.set(traceId, storedTrace);
  return hub;
}

/** Calls the API as `GET /path` and compares `status body`; the path is under `/sightline/v1`. */
async function check(hub: HubUnderTest, call: string, expected: string): Promise<void> {
  const [method = '', path = ''] = call.split(' ');
  const headers = { authorization: `Bearer ${hub.token}` };
  const { status, body } = await send(`${hub.endpoints.api}/sightline/v1${path}`, { method, headers });
  expect(`${status} ${body}`.trim()).toBe(expected);
}

test('/health is for everybody on this machine and says nothing about the data', async () => {
  const { endpoints } = await startHubUnderTest();
  const { status, body } = await send(`${endpoints.api}/health`);
  expect(`${status} ${body}`).toBe(`200 {"status":"ok","version":"0.1.0","pid":${process.pid}}`);
});

test('without the token nobody reads or changes anything', async () => {
  const hub = await startHubWithTrace();
  const wrong = [
    undefined,
    '',
    'Bearer',
    'Bearer x',
    `Basic ${hub.token}`,
    `Bearer ${hub.token}0`,
    `Bearer ${'0'.repeat(64)}`,
  ];
  const paths = ['/sightline/v1/traces', `/sightline/v1/traces/${traceId}`, '/sightline/v1/changes', '/sightline/v1/x'];
  for (const path of [...paths, '/%73ightline/v1/traces', '/sightline/v1/traces?token=1', '/sightline']) {
    for (const authorization of wrong) {
      for (const method of ['GET', 'DELETE', 'POST', 'HEAD']) {
        const url = `${hub.endpoints.api}${path}`;
        const { status, body } = await send(url, {
          method,
          headers: authorization === undefined ? {} : { authorization },
        });
        expect([401, 404], `${method} ${path}`).toContain(status);
        expect(body, `${method} ${path}`).not.toContain('4efaaf4d');
      }
    }
  }
  expect([...hub.store.traces.keys()]).toEqual([traceId]);
});

test('a missing token is said in one sentence', async () => {
  const { endpoints } = await startHubUnderTest();
  const { status, headers, body } = await send(`${endpoints.api}/sightline/v1/traces`);
  expect(`${status} ${headers['www-authenticate']} ${body}`).toBe(
    '401 Bearer {"error":"This needs the hub\'s token: the header `Authorization: Bearer` and the content of the token file."}',
  );
});

test('the list takes a limit, a page and health checks', async () => {
  const hub = await startHubWithTrace();
  await check(hub, 'GET /traces', `200 ${JSON.stringify({ traces: [rows.trace] })}`);
  await check(
    hub,
    'GET /traces?limit=1000&before=5-1&health=exclude',
    `200 ${JSON.stringify({ traces: [rows.trace] })}`,
  );
  expect(hub.store.queries).toEqual([{ limit: 100 }, { limit: 1000, before: '5-1', excludeHealthChecks: true }]);
});

test('a wrong parameter is answered in words', async () => {
  const hub = await startHubWithTrace();
  for (const limit of ['0', '1001', '-1', '1.5', 'x', '', '1e2', '99999999999999999999']) {
    await check(hub, `GET /traces?limit=${limit}`, '400 {"error":"`limit` must be a whole number from 1 to 1000."}');
  }
  await check(
    hub,
    'GET /traces?limit=1&limit=2',
    '400 {"error":"`limit` must be given once, with at most 2000 characters."}',
  );
  await check(
    hub,
    'GET /traces?before=zzz',
    '400 {"error":"`before` can only be what `next` of an earlier page said."}',
  );
  await check(hub, 'GET /traces?health=no', '400 {"error":"`health` can only be \\"exclude\\"."}');
});

test('a trace is found by both spellings of its id, in any case', async () => {
  const hub = await startHubWithTrace();
  for (const id of [traceId, traceId.toUpperCase(), '1-4efaaf4d-1e8720b39541901950019ee5']) {
    await check(hub, `GET /traces/${id}`, `200 ${JSON.stringify(detail)}`);
    await check(hub, `GET /traces/${id}/rows`, `200 ${JSON.stringify(rows)}`);
    await check(hub, `GET /traces/${id}/raw`, `200 {"id":"${traceId}","documents":[]}`);
    await check(hub, `GET /traces/${id}/spans/${spanId}`, `200 ${JSON.stringify(detail.spans[0])}`);
  }
});

test('what is not there is 404, what is no id is 400', async () => {
  const hub = await startHubWithTrace();
  const other = '5efaaf4d1e8720b39541901950019ee5';
  for (const path of ['', '/rows', '/raw', `/spans/${spanId}`]) {
    const what = path.startsWith('/spans')
      ? 'There is no such span in this trace.'
      : 'There is no such trace here (any more).';
    await check(hub, `GET /traces/${other}${path}`, `404 {"error":"${what}"}`);
    const wrong = '400 {"error":"A trace id is 32 hex digits or 1-<8>-<24>, not all zero."}';
    await check(hub, `GET /traces/${'0'.repeat(32)}${path}`, wrong);
    await check(hub, `GET /traces/..%2f..%2fetc${path}`, wrong);
  }
  await check(hub, `GET /traces/${traceId}/spans/1`, '400 {"error":"A span id is 16 hex digits, not all zero."}');
  await check(hub, 'GET /nothing', '404 {"error":"There is no GET /sightline/v1/nothing in this version."}');
});

test('a trace is pinned and let go', async () => {
  const hub = await startHubWithTrace();
  await check(hub, `PUT /traces/${traceId}/pin`, '204');
  expect([...hub.store.pinned]).toEqual([traceId]);
  await check(hub, `DELETE /traces/${traceId}/pin`, '204');
  expect([...hub.store.pinned]).toEqual([]);
  await check(hub, `PUT /traces/${'1'.repeat(32)}/pin`, '404 {"error":"There is no such trace here (any more)."}');
});

test('problems are listed and cleared, traces are cleared', async () => {
  const hub = await startHubWithTrace();
  hub.store.recordProblem({ receiver: 'otlpHttp', place: 'body', message: 'cut short' });
  await check(
    hub,
    'GET /problems?limit=1',
    '200 {"problems":[{"id":1,"time":"0","receiver":"otlpHttp","place":"body","message":"cut short"}]}',
  );
  await check(hub, 'DELETE /problems', '204');
  await check(hub, 'GET /problems', '200 {"problems":[]}');
  await check(hub, 'DELETE /traces', '204');
  await check(hub, 'GET /traces', '200 {"traces":[]}');
});

test('an error of the store is one sentence, and the next call is answered', async () => {
  const hub = await startHubWithTrace();
  hub.store.loadRaw = () => Promise.reject(new Error('the reader has ended'));
  await check(hub, `GET /traces/${traceId}/raw`, '500 {"error":"The hub could not answer this: the reader has ended"}');
  await check(hub, `GET /traces/${traceId}/rows`, `200 ${JSON.stringify(rows)}`);
});

test("other vendors' calls are answered in the words of AWS and counted", async () => {
  const hub = await startHubUnderTest();
  const target = { 'x-amz-target': 'DynamoDB_20120810.PutItem', 'content-type': 'application/x-amz-json-1.0' };
  const table = await send(hub.endpoints.api, { method: 'POST', headers: target, body: '{}' });
  expect(`${table.status} ${table.headers['x-amzn-errortype'] as string} ${table.body}`).toMatch(
    /^404 UnknownOperationException .*does not serve DynamoDB_20120810.PutItem/,
  );
  for (const path of ['/Traces2', '/nothing', '/auth']) {
    const headers = { 'content-type': 'application/json' };
    const { status, body } = await send(`${hub.endpoints.api}${path}`, { method: 'POST', headers, body: '{"a":1}' });
    expect(`${status} ${body}`).toContain(`does not serve POST ${path}.`);
  }
  const headers = { authorization: `Bearer ${hub.token}` };
  const stats = await send(`${hub.endpoints.api}/sightline/v1/stats`, { headers });
  expect(JSON.parse(stats.body)).toMatchObject({ unservedCalls: 4 });
});

test('a shutdown is answered before the hub ends', async () => {
  const hub = await startHubUnderTest();
  await check(hub, 'POST /shutdown', '202 {"status":"ending"}');
  await hub.hub.ended;
  expect(hub.store.isClosed).toBe(true);
});
