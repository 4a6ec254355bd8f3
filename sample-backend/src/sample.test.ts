import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Recorder } from './testing/recorder.ts';
import type { RecordedSegment, RecordedSpan } from './testing/recorder.ts';
import { renderTrace } from './testing/renderTrace.ts';
import { SampleProcess } from './testing/sampleProcess.ts';

let recorder: Recorder;
let sample: SampleProcess;
let backend: string;
let page: string;

beforeAll(async () => {
  recorder = await Recorder.start();
  sample = new SampleProcess('main.ts', {
    ...recorder.environment,
    ANNOUNCEMENTS_URL: `${recorder.url}/remote.json`,
    ROLLBAR_ACCESS_TOKEN: 'a-token',
    ROLLBAR_ENDPOINT: `${recorder.url}/api/1/item/`,
  });
  ({ backend = '', page = '' } = await sample.ready());
}, 120_000);

afterAll(async () => {
  await sample.dispose();
  recorder.close();
});

interface Request {
  readonly path: string;
  /** Text is sent as it is, anything else as JSON; either makes it a POST. */
  readonly body?: object | string;
  readonly origin?: string;
}

interface Reply {
  readonly traceId: string;
  readonly status: number;
  readonly json: unknown;
}

async function send({ path, body, origin = backend }: Request): Promise<Reply> {
  const traceId = randomBytes(16).toString('hex');
  const reply = await fetch(`${origin}${path}`, {
    headers: { traceparent: `00-${traceId}-${'ab'.repeat(8)}-01`, 'content-type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { traceId, status: reply.status, json: await reply.json() };
}

async function serverSpanOf(traceId: string): Promise<RecordedSpan> {
  return await recorder.waitFor(() => recorder.spans.find((span) => span.traceId === traceId && span.kind === 2));
}

async function segmentOf(traceId: string): Promise<RecordedSegment> {
  const xrayId = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
  return await recorder.waitFor(() => recorder.segments.find(({ trace_id }) => trace_id === xrayId));
}

/** Sends a request and gives its trace as text, once the server span, the last to end, and the segment have arrived. */
async function check(request: Request): Promise<string> {
  const { traceId } = await send(request);
  await serverSpanOf(traceId);
  await segmentOf(traceId);
  return renderTrace(recorder, traceId);
}

describe('one request is one trace', () => {
  test('the segment has the id of the trace and hangs below the server span', async () => {
    expect(await check({ path: '/api/activities/home' })).toMatchInlineSnapshot(`
      "server backend: GET /api/activities/home 200
        internal backend: home-activities-mock-data app.now=<time> app.result_length=4
          client backend: pg.query:SELECT postgres
          client backend: pg.query:SELECT postgres
        segment backend 200
      "
    `);
  });

  test('the caller is the parent of the server span', async () => {
    const { traceId } = await send({ path: '/api/activities/notifications' });
    expect((await serverSpanOf(traceId)).parentSpanId).toBe('ab'.repeat(8));
  });

  test('a profile has subsegments with metadata, and an annotation for the handle', async () => {
    expect(await check({ path: '/api/activities/@juno' })).toMatchInlineSnapshot(`
      "server backend: GET /api/activities/@:handle 200
        client backend: pg.query:SELECT postgres
        client backend: pg.query:SELECT postgres
        segment backend 200 @handle=juno
          subsegment UserData username=juno timestamp=<time>
          subsegment mock-data now=<time> results-size=2
      "
    `);
  });

  test('a call to another server is a client span, and the other server gets its id', async () => {
    const { traceId } = await send({ path: '/api/announcements' });
    await serverSpanOf(traceId);
    await segmentOf(traceId);
    expect(renderTrace(recorder, traceId)).toMatchInlineSnapshot(`
      "server backend: GET /api/announcements 200
        client backend: GET 200
        segment backend 200
      "
    `);
    const call = recorder.requests.find(({ headers }) => String(headers['traceparent']).includes(traceId));
    const client = recorder.spans.find((span) => span.traceId === traceId && span.kind === 3);
    expect(call?.headers['traceparent']).toBe(`00-${traceId}-${client?.spanId}-01`);
  });

  test('a slow request says where the time went', async () => {
    expect(await check({ path: '/api/activities/home?delay=30' })).toMatchInlineSnapshot(`
      "server backend: GET /api/activities/home 200
        internal backend: delay-on-purpose app.delay_ms=30
        internal backend: home-activities-mock-data app.now=<time> app.result_length=4
          client backend: pg.query:SELECT postgres
          client backend: pg.query:SELECT postgres
        segment backend 200
      "
    `);
  });

  test('a request by way of the page is the same one trace, and the page adds nothing to it', async () => {
    expect(await check({ path: '/api/message_groups', origin: page })).toMatchInlineSnapshot(`
      "server backend: GET /api/message_groups 200
        client backend: pg.query:SELECT postgres
        segment backend 200
      "
    `);
  });
});

describe('errors', () => {
  test('the forced one is a fault in both, with the exception', async () => {
    expect(await check({ path: '/api/activities/@juno?fail=1' })).toMatchInlineSnapshot(`
      "server backend: GET /api/activities/@:handle 500 exception TypeError
        client backend: pg.query:SELECT postgres
        segment backend 500 fault TypeError @handle=juno
          subsegment UserData username=juno timestamp=<time>
      "
    `);
  });

  test('its stack leads to the line that threw', async () => {
    const { traceId } = await send({ path: '/api/activities/@juno?fail=1' });
    const [exception] = (await segmentOf(traceId)).cause?.exceptions ?? [];
    const [frame] = exception?.stack ?? [];
    expect(`${exception?.type}: ${exception?.message} in ${frame?.label}`).toMatchInlineSnapshot(
      `"TypeError: Cannot read properties of undefined (reading 'join') in bannerOfVersion1"`,
    );
    const line = readFileSync(frame?.path ?? '', 'utf8').split('\n')[(frame?.line ?? 0) - 1];
    expect(line?.trim()).toMatchInlineSnapshot(`"return banner.lines.join(' · ');"`);
  });

  test("the caller's own mistake is an error and no fault", async () => {
    expect(await check({ path: '/api/activities/@nobody' })).toMatchInlineSnapshot(`
      "server backend: GET /api/activities/@:handle 404
        client backend: pg.query:SELECT postgres
        segment backend 404 error @handle=nobody
          subsegment UserData username=nobody timestamp=<time>
      "
    `);
  });

  test('a caller that goes away leaves a closed segment', async () => {
    const traceId = randomBytes(16).toString('hex');
    const request = http.get(`${backend}/api/activities/home?delay=9000`, {
      headers: { traceparent: `00-${traceId}-${'ab'.repeat(8)}-01` },
    });
    request.on('error', () => undefined);
    request.once('finish', () => setImmediate(() => request.destroy()));
    const { end_time, error, annotations, http: data } = await segmentOf(traceId);
    expect({ ended: end_time !== undefined, error, annotations, response: data?.response }).toEqual({
      ended: true,
      error: true,
      annotations: { aborted: true },
      response: undefined,
    });
  });
});

describe('health checks', () => {
  test.each(['/api/health-check', '/api/health-check?from=monitor'])('%s leaves nothing', async (path) => {
    const { traceId, status } = await send({ path });
    expect(status).toBe(200);
    // Both protocols keep the order: when a later request is there, an earlier one would be too.
    await check({ path: '/api/message_groups' });
    expect(renderTrace(recorder, traceId)).toBe('');
  });
});

describe('what the watching itself does is not traced', () => {
  test('neither the start of the database nor the calls for sampling rules', async () => {
    await check({ path: '/api/message_groups' });
    expect(recorder.requests.map(({ path }) => path)).toContain('/GetSamplingRules');
    expect(recorder.spans.filter(({ parentSpanId }) => !parentSpanId)).toEqual([]);
  });

  test('Rollbar gets its warning without a span', async () => {
    const { traceId, json } = await send({ path: '/rollbar/test' });
    expect(json).toEqual({ sent: true, uuid: 'd4c7acef55bf4c9ea95e4fe9428a8287' });
    const item = recorder.requests.find(({ path, body }) => path === '/api/1/item/' && body.includes('Hello World'));
    expect(item?.headers['x-rollbar-access-token']).toBe('a-token');
    expect(item?.headers['traceparent']).toBeUndefined();
    await serverSpanOf(traceId);
    await segmentOf(traceId);
    expect(renderTrace(recorder, traceId)).toMatchInlineSnapshot(`
      "server backend: GET /rollbar/test 200
        segment backend 200
      "
    `);
  });
});

describe('the feed', () => {
  const noBody = { message: '' };
  test.each<[string, Request, string]>([
    ['a message without text', { path: '/api/messages', body: { user_receiver_handle: 'juno' } }, '422 message_blank'],
    ['a message of blanks', { path: '/api/messages', body: { message: '  ' } }, '422 message_blank'],
    [
      'a message of 1025 characters',
      { path: '/api/messages', body: { message: 'x'.repeat(1025), user_receiver_handle: 'juno' } },
      '422 message_exceed_max_chars',
    ],
    [
      'a message to nobody',
      { path: '/api/messages', body: { message: 'x', user_receiver_handle: 'nobody' } },
      '404 user_not_found',
    ],
    ['a message that is no text', { path: '/api/messages', body: { message: { a: 1 } } }, '422 message_blank'],
    ['a body that is a list', { path: '/api/messages', body: [] }, '422 message_blank'],
    [
      'an activity of 281 characters',
      { path: '/api/activities', body: { message: 'x'.repeat(281) } },
      '422 message_exceed_max_chars',
    ],
    ['an unknown lifetime', { path: '/api/activities', body: { message: 'x', ttl: 'constructor' } }, '422 ttl_unknown'],
    ['a reply to what is no id', { path: '/api/activities/1/reply', body: { message: 'x' } }, '404 activity_not_found'],
    [
      'a reply to nothing',
      { path: '/api/activities/00000000-0000-0000-0000-000000000000/reply', body: { message: 'x' } },
      '404 activity_not_found',
    ],
    ['a reply without text', { path: '/api/activities/1/reply', body: noBody }, '422 message_blank'],
    ['a search for nothing', { path: '/api/activities/search' }, '422 search_term_blank'],
    ['a conversation with nobody', { path: '/api/messages/@nobody' }, '404 user_not_found'],
    ['a route that is none', { path: '/api/nothing' }, '404 no route GET /api/nothing'],
    [
      'a body that is no JSON',
      { path: '/api/activities', body: '{' },
      "400 Expected property name or '}' in JSON at position 1 (line 1 column 2)",
    ],
  ])('%s is refused', async (_title, request, expected) => {
    const { status, json } = await send(request);
    expect(`${status} ${(json as { errors: string[] }).errors.join()}`).toBe(expected);
  });

  test('what is written is found, and its reply with it', async () => {
    const message = `A message with 100% of its_signs ${randomBytes(4).toString('hex')}`;
    const created = await send({ path: '/api/activities', body: { message, ttl: '1-hour' } });
    const { uuid } = created.json as { uuid: string };
    const reply = await send({ path: `/api/activities/${uuid}/reply`, body: { message: 'And its reply' } });
    expect([created.status, reply.status]).toEqual([201, 201]);
    const found = await send({ path: `/api/activities/search?term=${encodeURIComponent('100% OF ITS_')}` });
    expect(found.json).toMatchObject([{ uuid, message, replies_count: 1 }]);
    const home = await send({ path: '/api/activities/home' });
    expect((home.json as object[])[0]).toMatchObject({ uuid, replies: [{ message: 'And its reply' }] });
  });

  test('a message that is sent is the newest of its conversation', async () => {
    const sent = await send({ path: '/api/messages', body: { message: 'Hello', user_receiver_handle: 'juno' } });
    expect(sent.status).toBe(201);
    const conversation = await send({ path: '/api/messages/@juno' });
    expect((conversation.json as object[]).at(-1)).toEqual(sent.json);
    const groups = await send({ path: '/api/message_groups' });
    expect((groups.json as object[])[0]).toMatchObject({ handle: 'juno', message: 'Hello' });
  });
});

describe('the page', () => {
  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/style.css', 'text/css; charset=utf-8'],
    ['/icon.svg', 'image/svg+xml'],
    ['/main.ts', 'text/javascript; charset=utf-8'],
  ])('%s is served as %s', async (path, type) => {
    const reply = await fetch(`${page}${path}`);
    expect(`${reply.status} ${reply.headers.get('content-type')}`).toBe(`200 ${type}`);
  });

  test('its scripts are JavaScript when they are served', async () => {
    const script = await (await fetch(`${page}/clientSpan.ts`)).text();
    expect(script).toContain('export function traceparentOf(');
    expect(script).not.toContain('interface');
  });

  test.each(['/clientSpan.test.ts', '/..%2fmain.ts', '/package.json'])('%s is not served', async (path) => {
    expect((await fetch(`${page}${path}`)).status).toBe(404);
  });

  test('its own spans reach the collector, as the service frontend', async () => {
    const traceId = randomBytes(16).toString('hex');
    const span = { traceId, spanId: 'cd'.repeat(8), name: 'GET /api/activities/home', kind: 3, startTimeUnixNano: '1' };
    const body = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'frontend' } }] },
          scopeSpans: [{ spans: [{ ...span, attributes: [] }] }],
        },
      ],
    };
    const { status } = await send({ path: '/v1/traces', origin: page, body });
    expect(status).toBe(200);
    expect(renderTrace(recorder, traceId)).toMatchInlineSnapshot(`
      "client frontend: GET /api/activities/home
      "
    `);
  });

  test('another site cannot write through it', async () => {
    const reply = await fetch(`${page}/v1/traces`, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
    expect(reply.status).toBe(403);
  });
});
