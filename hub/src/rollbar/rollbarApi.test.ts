import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { send, type RawRequest } from '../testing/rawHttp.ts';
import { startRealHub, type RealHub } from '../testing/realHub.ts';

const traceId = '65a0b1c2000102030405060708090a0b';

/** An item of the environment `dev` that says `Hello World`, but for what is given. */
function itemOf(data: Readonly<Record<string, unknown>> = {}): string {
  const body = { message: { body: 'Hello World' } };
  return JSON.stringify({ data: { environment: 'dev', timestamp: 1_700_000_000, uuid: 'u1', body, ...data } });
}

/** Calls Rollbar's API as `GET /path` and compares `status body`; the path is under `/api/1`. */
async function check(hub: RealHub, call: string, body: RawRequest['body'], expected: string | RegExp): Promise<void> {
  const { status, body: answered } = await ask(hub, call, body);
  expect(`${status} ${answered}`).toMatch(expected);
}

async function ask(
  { ready }: RealHub,
  call: string,
  body: RawRequest['body'] = '',
  headers: Readonly<Record<string, string>> = {},
): ReturnType<typeof send> {
  const [method = '', path = ''] = call.split(' ');
  const content = ['POST', 'PATCH'].includes(method) ? { body } : {};
  return await send(`${ready.endpoints.api}/api/1${path}`, { method, headers, ...content });
}

/** The result of an answer with what is named, in that order. */
async function resultOf(hub: RealHub, call: string, names: string): Promise<unknown> {
  const { body } = await ask(hub, call);
  const { result } = JSON.parse(body) as { result: Record<string, unknown> };
  return Object.fromEntries(names.split(' ').map((name) => [name, result[name]]));
}

/** The groups that the extension sees, a line each. */
async function groupsOf({ client }: RealHub): Promise<string[]> {
  const { groups } = await client.listErrorGroups();
  return groups.map(({ counter, count, level, status, title }) => `#${counter} ${count}x ${level} ${status} ${title}`);
}

test('an item is stored before it is answered, with and without the final slash', async () => {
  const hub = await startRealHub();
  await check(hub, 'POST /item/', itemOf(), '200 {"err":0,"result":{"id":1,"uuid":"u1"}}');
  expect(await groupsOf(hub)).toEqual(['#1 1x info active Hello World']);
  await check(hub, 'POST /item', itemOf({ uuid: 'u2' }), '200 {"err":0,"result":{"id":2,"uuid":"u2"}}');
  expect(await groupsOf(hub)).toEqual(['#1 2x info active Hello World']);
  expect(await hub.client.stats()).toMatchObject({ errorItems: 2, problems: 0 });
});

test('the same uuid is the same occurrence', async () => {
  const hub = await startRealHub();
  for (const _ of [1, 2, 3]) {
    await check(hub, 'POST /item/', itemOf(), '200 {"err":0,"result":{"id":1,"uuid":"u1"}}');
  }
  expect(await groupsOf(hub)).toEqual(['#1 1x info active Hello World']);
});

test('the older form and compressed bodies are taken', async () => {
  const hub = await startRealHub();
  const form = `access_token=a&payload=${encodeURIComponent(itemOf())}`;
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await ask(hub, 'POST /item/', form, type)).status).toBe(200);
  const encoding = { 'content-encoding': 'gzip' };
  expect((await ask(hub, 'POST /item/', gzipSync(itemOf({ uuid: 'u2' })), encoding)).status).toBe(200);
  expect(await groupsOf(hub)).toEqual(['#1 2x info active Hello World']);
  const { occurrences } = (await hub.client.listOccurrences(1)) ?? { occurrences: [] };
  expect(occurrences.map(({ raw }) => raw)).toEqual([itemOf({ uuid: 'u2' }), itemOf()].map((text) => JSON.parse(text)));
});

test('an access token is not stored, wherever the SDK put it', async () => {
  const hub = await startRealHub();
  const token = '0123456789abcdef0123456789abcdef';
  const json = JSON.stringify({ access_token: token, data: { environment: 'dev', body: { message: { body: 'x' } } } });
  await ask(hub, 'POST /item/', json);
  await ask(hub, 'POST /item/', `access_token=${token}&payload=${encodeURIComponent(json)}`);
  await ask(hub, 'POST /item/', itemOf({ custom: { sent: token } }), { 'x-rollbar-access-token': token });
  await ask(hub, 'POST /item/', `{"access_token":"${token}","data":{}}`);
  const texts = await Promise.all([1, 2].map(async (counter) => await hub.client.listOccurrences(counter)));
  expect(texts.map((list) => list?.occurrences.length)).toEqual([2, 1]);
  expect(JSON.stringify([texts, await hub.client.listProblems()])).not.toContain(token);
});

const bad: readonly (readonly [string, string, RegExp])[] = [
  ['nothing', '', /^400 \{"err":1,"message":"No JSON payload was found\."\}$/],
  ['half a JSON', '{"data":', /^400 \{"err":1,"message":"The JSON payload could not be decoded/],
  ['no body', itemOf({ body: {} }), /^422 \{"err":1,"message":"Invalid format\. data\.body must have exactly one of/],
  [
    'two bodies',
    itemOf({ body: { message: { body: 'a' }, crash_report: { raw: 'b' } } }),
    /^422 .*data\.body must have exactly one of/,
  ],
  ['no environment', itemOf({ environment: null }), /^422 .*data should have required property 'environment'/],
];

test.each(bad)('%s is refused in the words of Rollbar, and shown to a person', async (_what, body, expected) => {
  const hub = await startRealHub();
  await check(hub, 'POST /item/', body, expected);
  await check(hub, 'POST /item/', itemOf(), /^200/);
  const { problems } = await hub.client.listProblems();
  expect(problems.map(({ receiver, place }) => `${receiver} ${place}`)).toEqual(['rollbar POST /api/1/item/']);
  expect(await groupsOf(hub)).toEqual(['#1 1x info active Hello World']);
});

test('frames of a megabyte, cut rings in telemetry and a deep nest are kept as they came', async () => {
  const hub = await startRealHub();
  const code = 'x'.repeat(2 ** 20);
  const trace = { frames: [{ filename: 'a.js', lineno: 1, code }], exception: { class: 'E', message: 'm' } };
  const telemetry = [{ type: 'log', body: { self: '<removed circular reference>' } }, '[Circular]'];
  await check(hub, 'POST /item/', itemOf({ body: { trace, telemetry } }), /^200/);
  const nest = '['.repeat(20_000) + ']'.repeat(20_000);
  const deep = itemOf({ uuid: 'u2', custom: { deep: 'here' } }).replace('"here"', nest);
  await check(hub, 'POST /item/', deep, /^200/);
  expect(await groupsOf(hub)).toEqual(['#1 1x error active E: m', '#2 1x info active Hello World'].toReversed());
  const [one] = (await hub.client.listOccurrences(1))?.occurrences ?? [];
  expect(JSON.stringify(one?.raw)).toBe(itemOf({ body: { trace, telemetry } }));
  expect((await ask(hub, 'GET /instance/1')).status).toBe(200);
  expect((await ask(hub, 'GET /instances')).body).toContain(nest);
  const { body } = await send(`${hub.ready.endpoints.api}/sightline/v1/errors/2/occurrences`, {
    headers: { authorization: `Bearer ${readFileSync(hub.ready.tokenFile, 'utf8').trim()}` },
  });
  expect(body).toContain(nest);
});

test('a body beyond 16 MiB is answered with 413', async () => {
  const hub = await startRealHub();
  const body = itemOf({ custom: { text: 'x'.repeat(16 * 2 ** 20) } });
  await check(hub, 'POST /item/', body, /^413 \{"err":1,"message":"The body is larger than 16 MiB/);
});

test('beyond the rate that was given, items are answered with 429 and counted', async () => {
  const hub = await startRealHub('--rollbar-rate', '2');
  await check(hub, 'POST /item/', itemOf(), /^200/);
  const second = await ask(hub, 'POST /item/', itemOf({ uuid: 'u2' }));
  const third = await ask(hub, 'POST /item/', itemOf({ uuid: 'u3' }));
  const headers = ['limit', 'remaining'].map((name) => third.headers[`x-rate-limit-${name}`]);
  expect([second.status, second.headers['x-rate-limit-remaining'], third.status, ...headers]).toEqual([
    200,
    '0',
    429,
    '2',
    '0',
  ]);
  expect(third.body).toMatch(/^\{"err":1,"message":"Rate limit exceeded/);
  expect(Number(third.headers['x-rate-limit-remaining-seconds'])).toBeGreaterThan(50);
  expect(await hub.client.stats()).toMatchObject({ errorItems: 2, dropped: { rollbarRate: 1 } });
});

test('existing clients find items and occurrences', async () => {
  const hub = await startRealHub();
  const person = { id: 7, username: 'reader' };
  const trace = {
    frames: [{ filename: '/app/a.js', lineno: 3 }],
    exception: { class: 'TypeError', message: 'no handle' },
  };
  await ask(hub, 'POST /item/', itemOf({ body: { trace }, person, framework: 'node-js', platform: 'linux' }));
  await ask(hub, 'POST /item/', itemOf({ uuid: 'u2', timestamp: 1_700_000_060, body: { trace } }));
  await ask(hub, 'POST /item/', itemOf({ uuid: 'u3', environment: 'prod', level: 'warning' }));
  const names = 'id counter title level status environment framework total_occurrences unique_occurrences';
  expect(await resultOf(hub, 'GET /item/1', names)).toEqual({
    id: 1,
    counter: 1,
    title: 'TypeError: no handle',
    level: 'error',
    status: 'active',
    environment: 'dev',
    framework: 'unknown',
    total_occurrences: 2,
    unique_occurrences: 1,
  });
  expect(await resultOf(hub, 'GET /item?counter=2', 'id level environment')).toEqual({
    id: 2,
    level: 'warning',
    environment: 'prod',
  });
  const times = 'first_occurrence_timestamp last_occurrence_timestamp first_occurrence_id last_occurrence_id';
  expect(Object.values((await resultOf(hub, 'GET /item/1', times)) as object)).toEqual([
    1_700_000_000, 1_700_000_060, 1, 2,
  ]);
  const { status, headers } = await ask(hub, 'GET /item_by_counter/2');
  expect(`${status} ${headers.location}`).toBe('301 /api/1/item/2');
  expect(await resultOf(hub, 'GET /instance/2', 'id item_id timestamp data')).toMatchObject({
    id: 2,
    item_id: 1,
    timestamp: 1700000060,
    data: {
      uuid: 'u2',
      body: { trace },
    },
  });
});

async function idsOf(hub: RealHub, call: string): Promise<string> {
  const { body } = await ask(hub, call);
  const { result } = JSON.parse(body) as { result: { total_count?: number; items?: []; instances?: [] } };
  const ids = [...(result.items ?? []), ...(result.instances ?? [])].map(({ id }: { id: number }) => id);
  return `${ids.join(' ')}${result.total_count === undefined ? '' : ` of ${result.total_count}`}`;
}

test('items are filtered and paged', async () => {
  const hub = await startRealHub();
  for (const [at, level] of ['error', 'warning', 'error', 'debug'].entries()) {
    const body = { message: { body: `thing ${'abcd'[at]}` } };
    await ask(hub, 'POST /item/', itemOf({ uuid: `u${at}`, timestamp: 1_700_000_000 + at, level, body }));
  }
  await ask(hub, 'PATCH /item/3', '{"status":"resolved"}');
  expect(await idsOf(hub, 'GET /items/')).toBe('4 3 2 1 of 4');
  expect(await idsOf(hub, 'GET /items/?status=active&level=error&level=warning')).toBe('2 1 of 2');
  expect(await idsOf(hub, 'GET /items/?page=2&limit=3')).toBe('1 of 4');
  expect(await idsOf(hub, 'GET /items?query=THING%20B&environment=dev')).toBe('2 of 1');
  expect(await idsOf(hub, 'GET /items?environment=prod')).toBe(' of 0');
  expect(await idsOf(hub, 'GET /items?status=archived')).toBe(' of 0');
  expect(await idsOf(hub, 'GET /item/2/instances')).toBe('2');
  expect(await idsOf(hub, 'GET /instances?limit=2&page=2')).toBe('2 1');
  expect(await idsOf(hub, 'GET /occurrences?last_id=3')).toBe('2 1');
});

test('an item is resolved, active again when it happens again, and named anew', async () => {
  const hub = await startRealHub();
  await ask(hub, 'POST /item/', itemOf());
  await check(
    hub,
    'PATCH /item/1',
    '{"status":"resolved","resolved_in_version":"1.4"}',
    /"resolved_in_version":"1\.4"/,
  );
  expect(await groupsOf(hub)).toEqual(['#1 1x info resolved Hello World']);
  await ask(hub, 'POST /item/', itemOf({ uuid: 'u2', timestamp: Math.ceil(Date.now() / 1000) + 1 }));
  expect(await groupsOf(hub)).toEqual(['#1 2x info active Hello World']);
  expect((await hub.client.listErrorGroups()).groups[0]?.reactivated).toBe(true);
  await check(hub, 'PATCH /item/1', '{"title":"Greeting","level":"error","status":"muted"}', /^200/);
  expect(await groupsOf(hub)).toEqual(['#1 2x error muted Greeting']);
});

test.each([
  ['PATCH /item/1', '{"status":"archived"}', /^422 .*status should be one of/],
  ['PATCH /item/1', '{"title":""}', /^422 .*title should be/],
  ['PATCH /item/1', 'no', /^422 .*JSON object/],
  ['PATCH /item/9', '{"status":"muted"}', /^404 \{"err":1,"message":"Item not found"\}$/],
  ['GET /item/9', '', /^404 \{"err":1,"message":"Item not found"\}$/],
  ['GET /item/9/instances', '', /^404/],
  ['GET /item_by_counter/9', '', /^404/],
  ['GET /instance/9', '', /^404/],
  ['GET /projects', '', /^403 \{"err":1/],
  ['GET /deploys/', '', /^404 \{"err":1,"message":"Sightline's local hub does not serve GET \/api\/1\/deploys\/\."\}$/],
  ['DELETE /item/1', '', /^404/],
])('%s with %s is answered with a sentence', async (call, body, expected) => {
  const hub = await startRealHub();
  await ask(hub, 'POST /item/', itemOf());
  await check(hub, call, body, expected);
});

test('with --require-credentials reading and changing need the token of the data directory, sending does not', async () => {
  const hub = await startRealHub('--require-credentials');
  const file = join(hub.dataDir, 'rollbar-read-token');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const token = readFileSync(file, 'utf8').trim();
  await check(hub, 'POST /item/', itemOf(), /^200/);
  for (const call of ['GET /items/', 'GET /instance/1', 'PATCH /item/1', 'GET /projects', 'GET /x']) {
    await check(hub, call, '{"status":"muted"}', /^401 \{"err":1,"message":"invalid access token/);
    const wrong = await ask(hub, call, '{"status":"muted"}', { 'x-rollbar-access-token': `${token}0` });
    expect(wrong.status).toBe(401);
  }
  expect(await groupsOf(hub)).toEqual(['#1 1x info active Hello World']);
  expect((await ask(hub, 'GET /items/', '', { 'x-rollbar-access-token': token })).status).toBe(200);
  expect((await ask(hub, `GET /items/?access_token=${token}`)).status).toBe(200);
});

test('a web page neither sends nor reads', async () => {
  const hub = await startRealHub();
  await ask(hub, 'POST /item/', itemOf());
  const origins = [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { host: 'evil.example' }];
  for (const headers of origins) {
    for (const call of ['POST /item/', 'GET /items/', 'GET /instance/1', 'PATCH /item/1', 'OPTIONS /item/']) {
      const reply = await ask(hub, call, itemOf({ uuid: 'u2' }), headers);
      expect([reply.status, Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))]).toEqual([
        403,
        [],
      ]);
      expect(reply.body).not.toContain('Hello');
    }
  }
  expect(await groupsOf(hub)).toEqual(['#1 1x info active Hello World']);
});

test('an error is found by its trace', async () => {
  const hub = await startRealHub();
  await ask(hub, 'POST /item/', itemOf({ custom: { trace_id: traceId } }));
  await ask(hub, 'POST /item/', itemOf({ uuid: 'u2' }));
  const { occurrences } = await hub.client.listOccurrencesOfTrace('1-65a0b1c2-000102030405060708090a0b');
  expect(occurrences.map(({ id, counter }) => `${id} of #${counter}`)).toEqual(['1 of #1']);
});
