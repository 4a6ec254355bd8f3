import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Recorder } from './testing/recorder.ts';
import { renderTrace } from './testing/renderTrace.ts';
import { SampleProcess } from './testing/sampleProcess.ts';

/** A call that is not answered is given up after five seconds, so what waits for one takes longer than this; in milliseconds. */
const patience = 4500;

let recorder: Recorder;
let database: SampleProcess;
let databaseUrl: string;

beforeAll(async () => {
  recorder = await Recorder.start();
  database = new SampleProcess('database.ts', {}, '--port', '0');
  ({ postgres: databaseUrl = '' } = await database.ready());
}, 120_000);

afterAll(async () => {
  await database.dispose();
  recorder.close();
});

interface Item {
  readonly level: string;
  readonly environment: string;
  readonly custom?: { readonly trace_id?: string };
  readonly person?: object;
  readonly request?: { readonly url: string; readonly method: string };
  readonly body: {
    readonly message?: { readonly body: string };
    readonly trace_chain?: readonly {
      readonly exception: { readonly class: string; readonly message: string };
      readonly frames: readonly { readonly filename: string; readonly lineno: number; readonly code?: string }[];
    }[];
  };
}

/** A sample that sends everything to the recorder. */
function startSample(env: Record<string, string> = {}): SampleProcess {
  return new SampleProcess('main.ts', {
    ...recorder.environment,
    DATABASE_URL: databaseUrl,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: recorder.url,
    ROLLBAR_ACCESS_TOKEN: 'a-token',
    ROLLBAR_ENDPOINT: `${recorder.url}/api/1/item/`,
    ...env,
  });
}

async function get(url: string): Promise<{ traceId: string; xrayId: string; status: number }> {
  const traceId = randomBytes(16).toString('hex');
  const reply = await fetch(url, { headers: { traceparent: `00-${traceId}-${'ab'.repeat(8)}-01` } });
  await reply.text();
  return { traceId, xrayId: `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`, status: reply.status };
}

/** Everything that CloudWatch Logs has got. */
function sentLines(): string[] {
  return recorder.requests
    .filter(({ headers }) => headers['x-amz-target'] === 'Logs_20140328.PutLogEvents')
    .flatMap(({ body }) => (JSON.parse(body) as { logEvents: { message: string }[] }).logEvents)
    .map(({ message }) => message);
}

function items(): Item[] {
  return recorder.requests
    .filter(({ path }) => path === '/api/1/item/')
    .map(({ body }) => (JSON.parse(body) as { data: Item }).data);
}

/** Waits for the request's line and gives all lines of its trace, with what differs in every run taken out, the stack's frames too. */
async function check(xrayId: string): Promise<string> {
  await recorder.waitFor(() => sentLines().find((line) => isRequestLine(line) && line.includes(xrayId)));
  return sentLines()
    .filter((line) => line.includes(`trace=${xrayId}`))
    .map((line) =>
      line
        .split('\n')[0]
        ?.replace(/^\[\d{4}-\d\d-\d\dT[\d:.]+Z\]/, '[time]')
        .replace(xrayId, '<id>'),
    )
    .join('\n');
}

function isRequestLine(line: string): boolean {
  return / (?:GET|POST) http \//.test(line);
}

async function itemOf(xrayId: string): Promise<Item> {
  return await recorder.waitFor(() => items().find(({ custom }) => custom?.trace_id === xrayId));
}

describe('a running sample', () => {
  let sample: SampleProcess;
  let backend: string;

  beforeAll(async () => {
    sample = startSample({ OTEL_LOGS_EXPORTER: 'otlp' });
    ({ backend = '' } = await sample.ready());
  });

  afterAll(async () => sample.dispose());

  test('writes a line for each request, after its own lines, all with the trace', async () => {
    const { xrayId } = await get(`${backend}/api/activities/home`);
    expect(await check(xrayId)).toMatchInlineSnapshot(`
      "[time] INFO Home feed of @mira: 4 activities trace=<id>
      [time] 127.0.0.1 GET http /api/activities/home 200 level=info trace=<id>"
    `);
  });

  test('writes what went wrong, with its level', async () => {
    const { xrayId } = await get(`${backend}/api/activities/notifications?fail=1`);
    expect(await check(xrayId)).toMatchInlineSnapshot(`
      "[time] INFO Notifications of @mira: 1 trace=<id>
      [time] ERROR TypeError: Cannot read properties of undefined (reading 'flatMap') trace=<id>
      [time] 127.0.0.1 GET http /api/activities/notifications?fail=1 500 level=error trace=<id>"
    `);
    const error = sentLines().find((line) => line.includes('TypeError') && line.includes(xrayId));
    expect(error).toMatch(/\n +at readAsVersion1 \(.+activities\.ts:\d+:\d+\)\n/);
  });

  test('writes a line for a caller that went away', async () => {
    const traceId = randomBytes(16).toString('hex');
    const request = http.get(`${backend}/api/activities/home?delay=9000`, {
      headers: { traceparent: `00-${traceId}-${'ab'.repeat(8)}-01` },
    });
    request.on('error', () => undefined);
    request.once('finish', () => setImmediate(() => request.destroy()));
    expect(await check(`1-${traceId.slice(0, 8)}-${traceId.slice(8)}`)).toMatchInlineSnapshot(
      `"[time] 127.0.0.1 GET http /api/activities/home?delay=9000 - level=warn trace=<id>"`,
    );
  });

  test('says nothing of health checks', async () => {
    const health = await get(`${backend}/api/health-check`);
    const later = await get(`${backend}/api/message_groups`);
    await check(later.xrayId);
    expect(sentLines().filter((line) => line.includes('health-check') || line.includes(health.xrayId))).toEqual([]);
  });

  test('prints the same lines', async () => {
    const { xrayId } = await get(`${backend}/api/message_groups`);
    const sent = await recorder.waitFor(() => sentLines().find((line) => line.includes(xrayId)));
    expect(sample.output).toContain(sent);
  });

  test('sends the lines as OpenTelemetry records too, in the trace', async () => {
    const { traceId } = await get(`${backend}/api/activities/notifications`);
    const records = await recorder.waitFor(() => {
      const found = logRecords().filter((record) => record.traceId === traceId);
      return found.length >= 2 ? found : undefined;
    });
    const server = await recorder.waitFor(() =>
      recorder.spans.find((span) => span.traceId === traceId && span.kind === 2),
    );
    expect(records.map(({ spanId }) => spanId)).toEqual([server.spanId, server.spanId]);
    expect(records.map(({ severityText, body }) => `${severityText} ${body.stringValue}`)).toEqual([
      expect.stringMatching(/^INFO Notifications of @mira: \d+$/),
      'INFO 127.0.0.1 GET http /api/activities/notifications 200',
    ]);
  });

  test('makes group and stream, and keeps lines for a day', () => {
    const calls = recorder.requests.filter(({ headers }) => headers['x-amz-target'] !== undefined);
    const today = /"backend\/\d{4}-\d\d-\d\d"/;
    expect(
      calls
        .slice(0, 3)
        .map(({ headers, body }) => `${String(headers['x-amz-target'])} ${body.replace(today, '<stream>')}`),
    ).toMatchInlineSnapshot(`
      [
        "Logs_20140328.CreateLogGroup {"logGroupName":"cruddur"}",
        "Logs_20140328.PutRetentionPolicy {"logGroupName":"cruddur","retentionInDays":1}",
        "Logs_20140328.CreateLogStream {"logGroupName":"cruddur","logStreamName":<stream>}",
      ]
    `);
  });

  test('gives Rollbar an error with its request, person, trace and line of code', async () => {
    const { xrayId } = await get(`${backend}/api/activities/notifications?fail=1`);
    const { level, environment, person, request, body } = await itemOf(xrayId);
    expect({ level, environment, person, path: request && new URL(request.url).pathname }).toEqual({
      level: 'error',
      environment: 'development',
      person: { id: 'mira', username: 'mira' },
      path: '/api/activities/notifications',
    });
    const [thrown] = body.trace_chain ?? [];
    expect(thrown?.exception).toEqual({
      class: 'TypeError',
      message: "Cannot read properties of undefined (reading 'flatMap')",
    });
    const frame = thrown?.frames.at(-1);
    expect(frame?.code?.trim()).toBe('return pages.flatMap(({ items }) => items);');
    expect(readFileSync(frame?.filename ?? '', 'utf8').split('\n')[(frame?.lineno ?? 0) - 1]).toBe(frame?.code);
  });

  test('gives Rollbar a warning on request', async () => {
    const { xrayId } = await get(`${backend}/rollbar/test`);
    const { level, person, body } = await itemOf(xrayId);
    expect({ level, person, message: body.message?.body }).toEqual({
      level: 'warning',
      person: { id: 'mira', username: 'mira' },
      message: 'Hello World',
    });
  });

  test('gives Rollbar what another server could not do, under its own name', async () => {
    const failing = startSample({ ANNOUNCEMENTS_URL: 'http://127.0.0.1:9' });
    const endpoints = await failing.ready();
    const { xrayId } = await get(`${endpoints['backend']}/api/announcements`);
    const { body } = await itemOf(xrayId);
    expect(body.trace_chain?.[0]?.exception).toEqual({ class: 'HttpError', message: 'announcements_unavailable' });
    expect(failing.errors.filter((text) => text.includes('DeprecationWarning'))).toEqual([]);
    await failing.dispose();
  });

  test("leaves the caller's own mistakes out of Rollbar", async () => {
    const { xrayId } = await get(`${backend}/api/activities/@nobody`);
    expect(await check(xrayId)).toMatchInlineSnapshot(
      `"[time] 127.0.0.1 GET http /api/activities/@nobody 404 level=warn trace=<id>"`,
    );
    await itemOf((await get(`${backend}/rollbar/test`)).xrayId);
    expect(items().filter(({ custom }) => custom?.trace_id === xrayId)).toEqual([]);
  });

  test('does not trace what it sends', async () => {
    const { traceId, xrayId } = await get(`${backend}/api/activities/notifications?fail=1`);
    await check(xrayId);
    await itemOf(xrayId);
    await recorder.waitFor(() => recorder.segments.find(({ trace_id }) => trace_id === xrayId));
    await recorder.waitFor(() => recorder.spans.find((span) => span.traceId === traceId && span.kind === 2));
    expect(renderTrace(recorder, traceId)).toMatchInlineSnapshot(`
      "server backend: GET /api/activities/notifications 500 exception TypeError
        client backend: pg.query:SELECT postgres
        segment backend 500 fault TypeError
      "
    `);
    expect(recorder.spans.filter(({ parentSpanId }) => !parentSpanId)).toEqual([]);
    const carriers = recorder.requests.filter(({ path }) => path === '/' || path === '/api/1/item/');
    expect(carriers.filter(({ headers }) => headers['traceparent'] !== undefined)).toEqual([]);
  });
});

test('LOG_ONLY_FAILURES leaves the lines of 200 at home, and nothing else', async () => {
  const sample = startSample({ LOG_ONLY_FAILURES: '1' });
  const { backend } = await sample.ready();
  const good = await get(`${backend}/api/activities/home`);
  const bad = await get(`${backend}/api/activities/@nobody`);
  await check(bad.xrayId);
  const lines = sentLines().filter((line) => line.includes(good.xrayId));
  expect(lines.map((line) => line.replace(/^\[.+?\] /, '').replace(good.xrayId, '<id>'))).toEqual([
    expect.stringMatching(/^INFO Home feed of @mira: \d+ activities trace=<id>$/),
  ]);
  expect(sample.output.filter((line) => isRequestLine(line) && line.includes(good.xrayId))).toHaveLength(1);
  await sample.dispose();
});

test('without OpenTelemetry, lines and errors have the trace of the X-Ray segment', async () => {
  const sample = startSample({ OTEL_SDK_DISABLED: 'true' });
  const { backend } = await sample.ready();
  const { xrayId } = await get(`${backend}/api/activities/notifications?fail=1`);
  const segment = await recorder.waitFor(() =>
    recorder.segments.find(({ http: data }) =>
      data?.request?.url.startsWith(`${backend}/api/activities/notifications`),
    ),
  );
  expect(segment.trace_id).not.toBe(xrayId);
  expect(await check(segment.trace_id)).toMatchInlineSnapshot(`
    "[time] INFO Notifications of @mira: 1 trace=<id>
    [time] ERROR TypeError: Cannot read properties of undefined (reading 'flatMap') trace=<id>
    [time] 127.0.0.1 GET http /api/activities/notifications?fail=1 500 level=error trace=<id>"
  `);
  await itemOf(segment.trace_id);
  await sample.dispose();
});

describe('the end', () => {
  test('sends the last lines and errors', async () => {
    const sample = startSample();
    const { backend } = await sample.ready();
    const { xrayId } = await get(`${backend}/api/activities/notifications?fail=1`);
    sample.signal('SIGTERM');
    expect(await sample.exit()).toBe(0);
    expect(sentLines().filter((line) => line.includes(xrayId))).toHaveLength(3);
    expect(items().map(({ custom }) => custom?.trace_id)).toContain(xrayId);
    await sample.dispose();
  });

  test.skipIf(process.platform === 'win32').each([
    ['a rejection that nobody waits for', "Promise.reject(new TypeError('lost in the dark'))"],
    ['an error that nobody catches', "setImmediate(() => { throw new TypeError('lost in the dark'); })"],
  ])('%s is reported, and ends the process as Node would', async (_title, code) => {
    const seen = items().length;
    const sample = startSample({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${code}; })`)}`,
    });
    await sample.ready();
    sample.signal('SIGUSR2');
    expect(await sample.exit()).toBe(1);
    expect(sample.errors.join('\n')).toMatch(/\nTypeError: lost in the dark\n[^]+\nNode\.js v\d/);
    const [item] = items().slice(seen);
    expect(`${item?.level} ${item?.body.trace_chain?.[0]?.exception.message}`).toBe('critical lost in the dark');
    expect(sentLines().at(-1)).toMatch(/^\[.+\] ERROR Nobody has caught: TypeError: lost in the dark\n/);
    await sample.dispose();
  });
});

describe('nobody to report to', () => {
  test.skipIf(process.platform === 'win32')('whoever reads the console goes away, and the sample ends', async () => {
    const sample = startSample();
    const { backend } = await sample.ready();
    sample.hangUp();
    const { xrayId } = await get(`${backend}/api/message_groups`);
    expect(await sample.exit()).toBe(1);
    expect(await check(xrayId)).toMatch('GET http /api/message_groups 200');
    await sample.dispose();
  });

  test.each<[string, http.RequestListener | undefined]>([
    ['is down', undefined],
    ['never answers', () => undefined],
    ['answers garbage', (_request, response) => response.end('<html>')],
    ['fails', (_request, response) => response.writeHead(500).end()],
  ])('whoever %s costs neither a request nor a wait at the end', async (_title, listener) => {
    const server = http.createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (listener === undefined) {
      server.close();
    }
    const sample = startSample({
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
      ROLLBAR_ENDPOINT: `${url}/api/1/item/`,
    });
    const { backend } = await sample.ready();
    const failing = '/api/activities/notifications?fail=1';
    const statuses: number[] = [];
    for (const route of ['/api/activities/home', failing, failing, '/api/message_groups']) {
      const asked = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that each is timed by itself.
      statuses.push((await get(`${backend}${route}`)).status);
      expect(performance.now() - asked).toBeLessThan(patience);
    }
    expect(statuses).toEqual([200, 500, 500, 200]);
    const signalled = performance.now();
    sample.signal('SIGTERM');
    expect(await sample.exit()).toBe(0);
    expect(performance.now() - signalled).toBeLessThan(patience);
    expect(sample.errors).toContainEqual(
      expect.stringMatching(/^CloudWatch Logs: log lines that could not be sent: \d+\.$/),
    );
    server.close();
    server.closeAllConnections();
    await sample.dispose();
  });
});

interface LogRecordJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly severityText: string;
  readonly body: { readonly stringValue: string };
}

function logRecords(): LogRecordJson[] {
  return recorder.requests
    .filter(({ path }) => path === '/v1/logs')
    .map(({ body }) => JSON.parse(body) as { resourceLogs: { scopeLogs: { logRecords: LogRecordJson[] }[] }[] })
    .flatMap(({ resourceLogs }) => resourceLogs.flatMap(({ scopeLogs }) => scopeLogs))
    .flatMap(({ logRecords: records }) => records);
}
