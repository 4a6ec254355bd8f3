import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startCloudHub, type CloudHub } from '../testing/cloudHub.ts';
import { startFaultProxy, type Fault, type FaultProxy } from '../testing/faultProxy.ts';
import { startUntrustedServer } from '../testing/untrustedServer.ts';
import { RollbarErrorSource } from './rollbarErrorSource.ts';
import { RollbarProject, type RollbarProjectOptions } from './rollbarProject.ts';

// Another hub stands for Rollbar, since it serves the same read API; sockets and faults are real.
const readToken = 'PlantedRollbarReadToken0000000001';
const writeToken = 'PlantedRollbarWriteToken000000001';
const setting = 'sightline.rollbar.readEndpoint';
const noClock = { every: () => ({ dispose: () => undefined }) };
let cloud: CloudHub;

beforeAll(async () => {
  cloud = await startCloudHub();
}, 60_000);

afterAll(() => cloud.stop());

interface Stage {
  readonly source: RollbarErrorSource;
  readonly proxy: FaultProxy;
}

async function stage(options: Partial<RollbarProjectOptions> = {}, target = cloud.endpoint): Promise<Stage> {
  const proxy = await startFaultProxy(target);
  const project = new RollbarProject({
    endpoint: proxy.endpoint,
    setting,
    loadToken: async (scope) => (scope === 'read' ? readToken : writeToken),
    isOwnHub: async () => false,
    ...options,
  });
  const source = new RollbarErrorSource(project, { clock: noClock, pollMillis: 1000 });
  onTestFinished(async () => {
    source.dispose();
    await proxy.stop();
  });
  return { source, proxy };
}

const trace = {
  frames: [{ filename: '/app/feed.ts', lineno: 14, colno: 3, method: 'loadFeed' }],
  exception: { class: 'TypeError', message: 'feed is undefined' },
};
let sent = 0;

/** Reports an error to the hub that stands for Rollbar. */
async function report(data: Readonly<Record<string, unknown>>): Promise<void> {
  sent += 1;
  const timestamp = Math.floor(Date.now() / 1000) - 100 + sent;
  const item = { environment: 'production', uuid: `uuid-${sent}`, timestamp, body: { trace }, ...data };
  const reply = await fetch(`${cloud.endpoint}/api/1/item/`, { method: 'POST', body: JSON.stringify({ data: item }) });
  expect(reply.status).toBe(200);
}

/** The counter of the group with this title. */
async function counterOf(source: RollbarErrorSource, title: string): Promise<number> {
  const { groups } = await source.listErrorGroups({ limit: 1000 });
  return groups.find((group) => group.title === title)?.counter ?? 0;
}

test('items are listed by status, the one seen last first, with what Rollbar knows of them', async () => {
  const { source, proxy } = await stage();
  await report({ title: 'Listed first', fingerprint: 'l1', level: 'warning', person: { id: '7', username: 'ann' } });
  await report({ title: 'Listed second', fingerprint: 'l2', level: 'critical', environment: 'staging' });
  await report({ title: 'Listed second', fingerprint: 'l2', level: 'critical', environment: 'staging' });
  const { groups, next } = await source.listErrorGroups({ limit: 100, status: 'active' });
  const lines = groups.map(({ title, level, status, count, environments, personCount, reactivated }) =>
    [title, level, status, `${count}×`, environments.join(), `${personCount} persons`, reactivated].join(' · '),
  );
  expect(lines.slice(0, 2)).toEqual([
    'Listed second · critical · active · 2× · staging · 0 persons · false',
    'Listed first · warning · active · 1× · production · 1 persons · false',
  ]);
  expect(groups[0]?.fingerprint).not.toBe('');
  expect(Number(groups[0]?.lastSeen)).toBeGreaterThan(Number(groups[0]?.firstSeen));
  expect(next).toBeUndefined();
  expect(proxy.calls).toEqual(['api/1/items/?page=1&status=active']);
  expect(proxy.headers()['x-rollbar-access-token']).toBe(readToken);
});

test('occurrences have their stack, request, person and what happened before, and are asked for once', async () => {
  const { source, proxy } = await stage();
  const traceId = '65a0b1c2000102030405060708090a0b';
  await report({
    title: 'Detailed',
    fingerprint: 'd1',
    request: { method: 'GET', url: 'https://shop.example/feed' },
    person: { id: '7', username: 'ann' },
    custom: { traceId },
    body: {
      trace,
      telemetry: [{ type: 'log', level: 'info', timestamp_ms: 1_700_000_000_000, body: { message: 'before' } }],
    },
  });
  const counter = await counterOf(source, 'Detailed');
  const { occurrences, next } = await source.listOccurrences(counter, { limit: 10 });
  expect(next).toBeUndefined();
  const [occurrence] = occurrences;
  expect(occurrence?.item).toMatchObject({
    title: 'Detailed',
    environment: 'production',
    traceId,
    exceptions: [{ type: 'TypeError', stack: [{ path: '/app/feed.ts', line: 14, label: 'loadFeed' }] }],
    request: { method: 'GET', url: 'https://shop.example/feed' },
    person: { id: '7', username: 'ann' },
    telemetry: [{ type: 'log', body: { message: 'before' } }],
  });
  expect(occurrence?.raw).toMatchObject({ data: { custom: { traceId } } });
  const { length } = proxy.calls;
  expect(await source.loadOccurrence(counter, occurrence?.id ?? '')).toEqual(occurrence);
  expect((await source.listOccurrencesOfTrace(traceId, 5)).occurrences).toEqual([occurrence]);
  expect(proxy.calls).toHaveLength(length);
  const { source: another } = await stage();
  expect(await another.loadOccurrence(counter, occurrence?.id ?? '')).toEqual(occurrence);
  expect(await another.loadOccurrence(counter, '987654321')).toBeUndefined();
  expect((await another.listOccurrences(counter, { limit: 10 })).occurrences).toEqual([occurrence]);
  expect((await another.listOccurrences(987_654, { limit: 10 })).occurrences).toEqual([]);
});

test('a page of items is gone on from, and so is one of occurrences', async () => {
  const own = await startCloudHub();
  onTestFinished(() => own.stop());
  const { source, proxy } = await stage({}, own.endpoint);
  const send = async (number: number, fingerprint: string): Promise<void> => {
    const data = { environment: 'dev', uuid: `p${number}`, fingerprint, title: fingerprint, body: { trace } };
    await fetch(`${own.endpoint}/api/1/item/`, { method: 'POST', body: JSON.stringify({ data }) });
  };
  for (let at = 0; at < 105; at++) {
    // oxlint-disable-next-line no-await-in-loop -- in this order.
    await send(at, `f${at}`);
  }
  for (let at = 0; at < 25; at++) {
    // oxlint-disable-next-line no-await-in-loop -- in this order.
    await send(1000 + at, 'f104');
  }
  const first = await source.listErrorGroups({ limit: 100 });
  const second = await source.listErrorGroups({ limit: 100, before: first.next ?? '' });
  const third = await source.listErrorGroups({ limit: 105 });
  expect([first, second, third].map(({ groups, next }) => `${groups.length} then ${next}`)).toEqual([
    '100 then 2',
    '5 then undefined',
    '105 then undefined',
  ]);
  expect(new Set([...first.groups, ...second.groups].map(({ counter }) => counter)).size).toBe(105);
  const counter = first.groups.find(({ title }) => title === 'f104')?.counter ?? 0;
  const newest = await source.listOccurrences(counter, { limit: 10 });
  const older = await source.listOccurrences(counter, { limit: 10, before: newest.next ?? '' });
  expect([newest, older].map(({ occurrences, next }) => `${occurrences.length} then ${next}`)).toEqual([
    '20 then 2',
    '6 then undefined',
  ]);
  expect(proxy.calls.at(-1)).toMatch(/^api\/1\/item\/\d+\/instances\/\?page=2$/);
});

test('an error is resolved and opened again with the token that writes', async () => {
  const { source, proxy } = await stage();
  await report({ title: 'Comes back', fingerprint: 'b1' });
  const counter = await counterOf(source, 'Comes back');
  expect(await source.setStatus(counter, 'resolved')).toBe(true);
  expect(proxy.headers()['x-rollbar-access-token']).toBe(writeToken);
  expect(proxy.bodies.at(-1)).toBe('{"status":"resolved"}');
  const resolved = await source.listErrorGroups({ limit: 100, status: 'resolved' });
  expect(resolved.groups.map(({ title, status }) => `${title} ${status}`)).toEqual(['Comes back resolved']);
  await report({ title: 'Comes back', fingerprint: 'b1', timestamp: Math.floor(Date.now() / 1000) + 60 });
  const { groups } = await source.listErrorGroups({ limit: 100, status: 'active' });
  expect(groups.find((group) => group.counter === counter)?.count).toBe(2);
  expect(await source.setStatus(987_654, 'resolved')).toBe(false);
});

test('a question that is given up is given up at Rollbar too', async () => {
  const { source, proxy } = await stage();
  proxy.always('api/1/items/?page=1&status=active', { kind: 'hang' });
  const cancel = new AbortController();
  const asked = source.listErrorGroups({ limit: 10, status: 'active' }, cancel.signal);
  await expect.poll(() => proxy.calls.length).toBe(1);
  cancel.abort(new Error('given up'));
  await expect(asked).rejects.toThrow('given up');
  await expect.poll(() => proxy.abandoned).toEqual(['api/1/items/?page=1&status=active']);
});

const first = 'api/1/items/?page=1&status=active';

/** How the first page fails, in words. */
async function check(
  fault: Fault,
  expected: string,
  options: Partial<RollbarProjectOptions> = {},
): Promise<readonly string[]> {
  const { source, proxy } = await stage(options);
  proxy.always(first, fault);
  const outcome = await source.listErrorGroups({ limit: 10, status: 'active' }).then(
    () => 'answered',
    (error: Error) => `${error.name === 'UserError' ? '' : `${error.name}: `}${error.message}`,
  );
  expect(outcome.replaceAll(new URL(proxy.endpoint).host, 'HOST')).toBe(expected);
  expect(outcome).not.toContain(readToken);
  return proxy.calls;
}

function refusal(status: number, message: string): Fault {
  return {
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ err: 1, message }),
  };
}

const howToGetOne =
  'Make one under Project Access Tokens in the settings of the project in Rollbar, and set it with "Sightline: Set Rollbar Token".';

test('a token of another scope is told which scope it lacks', async () => {
  await check(
    refusal(403, 'insufficient privileges: read scope is required but the access token only has post_server_item.'),
    `The Rollbar token lacks the scope read: insufficient privileges: read scope is required but the access token only has post_server_item. ${howToGetOne}`,
  );
});

test('a token that Rollbar does not know is not repeated, although Rollbar repeats it', async () => {
  await check(
    refusal(403, `access token not found: ${readToken}`),
    `Rollbar does not know the token (403): access token not found: …. It may have been revoked. ${howToGetOne}`,
  );
});

test('resolving with a token that only reads names the scope write', async () => {
  const { source, proxy } = await stage({ loadToken: async () => readToken });
  await report({ title: 'Only read', fingerprint: 'w1' });
  const counter = await counterOf(source, 'Only read');
  // A hub has the same number for both.
  proxy.always(
    `api/1/item/${counter}`,
    refusal(403, 'insufficient privileges: write scope is required but the access token only has read.'),
  );
  await expect(source.setStatus(counter, 'resolved')).rejects.toThrow(/^The Rollbar token lacks the scope write: /);
});

test('without a token the command that sets one is named', async () => {
  const { source, proxy } = await stage({ loadToken: async () => undefined });
  await expect(source.listErrorGroups({ limit: 10 })).rejects.toMatchObject({
    message: 'Reading errors from Rollbar needs a project token with the scope read.',
    actions: [{ label: 'Set Rollbar Token', command: 'sightline.setRollbarToken' }],
  });
  expect(proxy.calls).toEqual([]);
});

test('an endpoint that is this very hub is refused in words', async () => {
  const { source, proxy } = await stage({ isOwnHub: async () => true });
  await expect(source.listErrorGroups({ limit: 10 })).rejects.toThrow(
    /^The setting sightline\.rollbar\.readEndpoint \(http:\/\/127\.0\.0\.1:\d+\) is this window's own hub, not Rollbar\./,
  );
  expect(proxy.calls).toEqual([]);
});

test('a web page, a redirect and what is no Rollbar are told apart', async () => {
  await check(
    { kind: 'answer', status: 200, body: '<!doctype html><title>Sign in</title>' },
    "HOST gave a web page instead of an answer (200): a proxy's or portal's, or it is no Rollbar API.",
  );
  await check(
    {
      kind: 'answer',
      status: 302,
      headers: { location: 'https://portal.example/?access_token=x', 'content-type': 'text/plain' },
    },
    'HOST sends elsewhere (302 to https://portal.example): use the address that it names in the setting sightline.rollbar.readEndpoint.',
  );
  await check(
    { kind: 'answer', status: 404, headers: { 'content-type': 'text/plain' }, body: 'no such page' },
    'HOST has no Rollbar API (404): look at the setting sightline.rollbar.readEndpoint.',
  );
  await check(refusal(422, 'Invalid page.'), 'Rollbar refused the call (422): Invalid page.');
});

test('a short throttling is waited for, a long one is said and asks nothing meanwhile', async () => {
  const { source, proxy } = await stage();
  const throttled = (seconds: string): Fault =>
    ({ ...refusal(429, 'rate limit'), headers: { 'retry-after': seconds } }) as Fault;
  proxy.fail(first, throttled('0.1'));
  await source.listErrorGroups({ limit: 10, status: 'active' });
  expect(proxy.calls).toEqual([first, first]);
  proxy.always(first, { ...refusal(429, 'rate limit'), headers: { 'x-rate-limit-remaining-seconds': '60' } } as Fault);
  const said =
    /^Rollbar takes no more calls now: the limit of the token is reached\. It can be asked again in \d\d s\.$/;
  await expect(source.listErrorGroups({ limit: 10, status: 'active' })).rejects.toThrow(said);
  await expect(source.listErrorGroups({ limit: 10, status: 'resolved' })).rejects.toThrow(said);
  expect(proxy.calls).toEqual([first, first, first]);
});

test('trouble that passes is not seen, trouble that stays is said', async () => {
  const { source, proxy } = await stage();
  proxy.fail(first, { kind: 'cut' }, { kind: 'answer', status: 500, message: 'oops' });
  await source.listErrorGroups({ limit: 10, status: 'active' });
  expect(proxy.calls).toEqual([first, first, first]);
  await check(
    { kind: 'answer', status: 503, message: 'maintenance' },
    'Rollbar is in trouble (503): maintenance. Try again later.',
  );
  await check({ kind: 'hang' }, 'HOST does not answer. Look at the network and the proxy (setting http.proxy).', {
    answerMillis: 200,
  });
});

/** How a project at an endpoint that cannot be talked to fails, in words. */
async function checkUnreachable(endpoint: string, expected: RegExp): Promise<void> {
  const project = new RollbarProject({
    endpoint,
    setting,
    loadToken: async () => readToken,
    isOwnHub: async () => false,
  });
  await expect(project.ask({ path: 'items/' })).rejects.toThrow(expected);
}

test('where nothing listens, no such name is known or nobody is trusted, that is said', async () => {
  await checkUnreachable(
    'http://127.0.0.1:1',
    /^127\.0\.0\.1:1 cannot be reached \(.+\)\. Look at the network and the proxy/,
  );
  await checkUnreachable(
    'https://no-such-name.invalid',
    /^The address of no-such-name\.invalid cannot be found: there is no network, or the setting/,
  );
  const untrusted = await startUntrustedServer();
  onTestFinished(() => untrusted.stop());
  await checkUnreachable(
    untrusted.endpoint,
    /^The connection to 127\.0\.0\.1:\d+ is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. Where a proxy opens TLS,/,
  );
});

test('a token that cannot be one is not sent', async () => {
  const { source, proxy } = await stage({ loadToken: async () => 'two\nlines' });
  await expect(source.listErrorGroups({ limit: 10 })).rejects.toThrow(/^The Rollbar token that is kept has characters/);
  expect(proxy.calls).toEqual([]);
});
