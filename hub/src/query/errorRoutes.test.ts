import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { ChangeEvent } from '../client/api.ts';
import { send } from '../testing/rawHttp.ts';
import { startRealHub, type RealHub } from '../testing/realHub.ts';

/** A hub with an error that happened twice and a message that came once, each at a second of its own. */
async function startHubWithErrors(): Promise<RealHub> {
  const hub = await startRealHub();
  const trace = { frames: [{ filename: '/app/a.js', lineno: 3 }], exception: { class: 'TypeError', message: 'no' } };
  await report(hub, 1, { trace });
  await report(hub, 2, { trace });
  await report(hub, 3, { message: { body: 'Hello World' } });
  return hub;
}

async function report({ ready }: RealHub, number: number, said: object): Promise<void> {
  const data = { environment: 'dev', uuid: `u${number}`, timestamp: 1_700_000_000 + number, body: said };
  const body = JSON.stringify({ data: { ...data, person: { username: `user${number}` } } });
  await send(`${ready.endpoints.api}/api/1/item/`, { method: 'POST', body });
}

/** Calls the API as `PATCH /path body` and compares `status body`; the path is under `/sightline/v1/errors`. */
async function check({ ready }: RealHub, call: string, expected: string): Promise<void> {
  const [method = '', path = '', ...body] = call.split(' ');
  const authorization = `Bearer ${readFileSync(ready.tokenFile, 'utf8').trim()}`;
  const reply = await send(`${ready.endpoints.api}/sightline/v1/errors${path === '/' ? '' : path}`, {
    method,
    headers: { authorization, ...(body.length > 0 && { 'content-type': 'application/json' }) },
    ...(body.length > 0 && { body: body.join(' ') }),
  });
  expect(`${reply.status} ${reply.body}`).toBe(expected);
}

test('groups come with what a row shows, the one that was seen last first', async () => {
  const { client } = await startHubWithErrors();
  const { groups, next } = await client.listErrorGroups({ limit: 1 });
  const [{ recent, fingerprint, ...group } = { recent: [], fingerprint: '' }] = groups;
  expect(group).toEqual({
    counter: 2,
    title: 'Hello World',
    level: 'info',
    status: 'active',
    count: 1,
    firstSeen: '1700000003000000000',
    lastSeen: '1700000003000000000',
    environments: ['dev'],
    personCount: 1,
    lastPerson: 'user3',
    reactivated: false,
  });
  expect([recent.length, fingerprint.length]).toEqual([12, 40]);
  const rest = await client.listErrorGroups({ limit: 1, ...(next === undefined ? {} : { before: next }) });
  expect(rest.groups.map(({ counter, count, personCount }) => [counter, count, personCount])).toEqual([[1, 2, 2]]);
  expect(rest.next).toBeUndefined();
});

test('an error is resolved, muted and opened again, and found by its status', async () => {
  const { client } = await startHubWithErrors();
  for (const status of ['resolved', 'muted', 'active'] as const) {
    expect((await client.changeErrorGroup(1, { status }))?.status).toBe(status);
    const { groups } = await client.listErrorGroups({ status });
    expect(groups.map(({ counter }) => counter)).toEqual(status === 'active' ? [2, 1] : [1]);
  }
  expect(await client.changeErrorGroup(9, { status: 'muted' })).toBeUndefined();
});

test('occurrences come newest first, page by page, and one by one', async () => {
  const { client } = await startHubWithErrors();
  const first = await client.listOccurrences(1, { limit: 1 });
  const second = await client.listOccurrences(1, { limit: 1, before: first?.next ?? '' });
  const ids = [first, second].map((page) => page?.occurrences.map(({ id, item }) => `${id} ${item['uuid'] as string}`));
  expect([...ids, second?.next]).toEqual([['2 u2'], ['1 u1'], undefined]);
  const one = await client.loadOccurrence(1, '2');
  expect(one).toMatchObject({
    id: '2',
    counter: 1,
    item: { title: 'TypeError: no', time: '1700000002000000000', exceptions: [{ type: 'TypeError' }] },
    raw: { data: { uuid: 'u2' } },
  });
  expect(await client.loadOccurrence(2, '2')).toBeUndefined();
  expect(await client.listOccurrences(9)).toBeUndefined();
});

test('the change feed tells of errors that came or changed', async () => {
  const hub = await startHubWithErrors();
  const changes: ChangeEvent[] = [];
  const next = (): Promise<ChangeEvent> => {
    const { promise, resolve } = Promise.withResolvers<ChangeEvent>();
    const look = setInterval(() => {
      const change = changes.find(({ errors }) => errors === true);
      if (change !== undefined) {
        clearInterval(look);
        changes.length = 0;
        resolve(change);
      }
    }, 5);
    return promise;
  };
  const connected = Promise.withResolvers<undefined>();
  onTestFinished(
    hub.client.subscribe({
      onChange: (change) => changes.push(change),
      onState: ({ kind }) => kind === 'connected' && connected.resolve(undefined),
    }),
  );
  await connected.promise;
  await report(hub, 4, { message: { body: 'Hello World' } });
  expect(await next()).toMatchObject({ errors: true, logs: false, problems: false });
  await hub.client.changeErrorGroup(2, { status: 'resolved' });
  expect(await next()).toMatchObject({ errors: true });
});

test.each([
  ['GET /?status=open', '400 {"error":"`status` must be \\"active\\", \\"resolved\\" or \\"muted\\"."}'],
  ['GET /?limit=0', '400 {"error":"`limit` must be a whole number from 1 to 1000."}'],
  ['GET /?before=x', '400 {"error":"`before` must be the `next` of the page before."}'],
  ['GET /x/occurrences', '400 {"error":"Errors and their occurrences are known by whole numbers."}'],
  ['GET /9/occurrences', '404 {"error":"There is no such error here (any more)."}'],
  ['GET /1/occurrences/9', '404 {"error":"There is no such occurrence of this error here (any more)."}'],
  [
    'GET /occurrences?trace=1',
    '400 {"error":"`trace` must be a trace id: 32 hex digits or 1-<8>-<24>, not all zero."}',
  ],
  ['GET /occurrences?trace=65a0b1c2000102030405060708090a0b', '200 {"occurrences":[]}'],
  ['PATCH /1', '400 {"error":"`status` must be \\"active\\", \\"resolved\\" or \\"muted\\"."}'],
  ['PATCH /1 {"status":', '400 {"error":"`status` must be \\"active\\", \\"resolved\\" or \\"muted\\"."}'],
  ['PATCH /1 {"status":"gone"}', '400 {"error":"`status` must be \\"active\\", \\"resolved\\" or \\"muted\\"."}'],
  ['PATCH /9 {"status":"muted"}', '404 {"error":"There is no such error here (any more)."}'],
])('%s is answered in words', async (call, expected) => {
  const hub = await startHubWithErrors();
  await check(hub, call, expected);
});

test('without the token nobody reads or changes an error', async () => {
  const { ready, client } = await startHubWithErrors();
  for (const path of [
    '',
    '/1/occurrences',
    '/1/occurrences/1',
    '/occurrences?trace=65a0b1c2000102030405060708090a0b',
  ]) {
    expect((await send(`${ready.endpoints.api}/sightline/v1/errors${path}`)).status).toBe(401);
  }
  const headers = { 'content-type': 'application/json', authorization: 'Bearer x' };
  const patch = { method: 'PATCH', headers, body: '{"status":"muted"}' };
  expect((await send(`${ready.endpoints.api}/sightline/v1/errors/1`, patch)).status).toBe(401);
  expect((await client.listErrorGroups({ status: 'muted' })).groups).toEqual([]);
});
