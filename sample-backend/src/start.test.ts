import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Recorder } from './testing/recorder.ts';
import { renderTrace } from './testing/renderTrace.ts';
import { SampleProcess } from './testing/sampleProcess.ts';

/** Milliseconds; a new embedded database takes four seconds on an idle machine, and several times that on a busy one. */
const newDatabaseLimit = 120_000;

let database: SampleProcess;
let databaseUrl: string;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'sample-database-'));
  database = new SampleProcess('database.ts', {}, '--port', '0', '--data-dir', dataDir);
  ({ postgres: databaseUrl = '' } = await database.ready());
}, newDatabaseLimit);

afterAll(async () => {
  await database.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Runs a program that ends by itself, and gives its exit code and what it said on standard error. */
async function check(program: SampleProcess): Promise<string> {
  const code = await program.exit();
  await program.dispose();
  return `${code}: ${program.errors.join('\n')}`;
}

describe('the end', () => {
  test('a signal sends what is waiting, cuts off what goes on, and ends before that would have', async () => {
    const recorder = await Recorder.start();
    const sample = new SampleProcess('main.ts', {
      ...recorder.environment,
      OTEL_BSP_SCHEDULE_DELAY: '60000',
      DATABASE_URL: databaseUrl,
    });
    const { backend } = await sample.ready();
    const done = randomBytes(16).toString('hex');
    const slow = randomBytes(16).toString('hex');
    await fetch(`${backend}/api/message_groups`, { headers: { traceparent: `00-${done}-${'ab'.repeat(8)}-01` } });
    const request = http.get(`${backend}/api/activities/home?delay=9000`, {
      headers: { traceparent: `00-${slow}-${'ab'.repeat(8)}-01` },
    });
    request.on('error', () => undefined);
    // The answer to a later request means that the slow one is under way.
    await once(request, 'finish');
    await fetch(`${backend}/api/message_groups`);

    const asked = performance.now();
    sample.signal('SIGTERM');
    expect(await sample.exit()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(8000);
    expect(renderTrace(recorder, done)).toMatchInlineSnapshot(`
      "server backend: GET /api/message_groups 200
        client backend: pg.query:SELECT postgres
        segment backend 200
      "
    `);
    const cutOff = await recorder.waitFor(() =>
      recorder.segments.find(({ trace_id }) => trace_id.endsWith(slow.slice(8))),
    );
    expect(cutOff.annotations).toEqual({ aborted: true });
    await sample.dispose();
    recorder.close();
  });

  test('it ends as soon without anyone to send to', async () => {
    const sample = new SampleProcess('main.ts', {
      DATABASE_URL: databaseUrl,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:9',
    });
    const { backend } = await sample.ready();
    expect((await fetch(`${backend}/api/activities/home`)).status).toBe(200);
    const asked = performance.now();
    sample.signal('SIGINT');
    expect(await sample.exit()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(8000);
    expect(sample.errors).toEqual([]);
    await sample.dispose();
  });
});

test('a daemon that is started after the backend is asked for its sampling rules', async () => {
  const daemon = http.createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(daemon, 'listening');
  const { port } = daemon.address() as net.AddressInfo;
  daemon.close();
  const sample = new SampleProcess('main.ts', {
    DATABASE_URL: databaseUrl,
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${port}`,
  });
  await sample.ready();
  daemon.listen(port, '127.0.0.1');
  const [request] = (await once(daemon, 'request')) as [http.IncomingMessage];
  expect(`${request.method} ${request.url}`).toBe('POST /GetSamplingRules');
  await sample.dispose();
  daemon.close();
});

test('a sample that is killed takes its embedded database with it', { timeout: newDatabaseLimit }, async () => {
  const sample = new SampleProcess('main.ts', {});
  await sample.ready();
  const folder = watch(sample.dataDir);
  const lock = path.join(sample.dataDir, 'in-use-by.json');
  expect(existsSync(lock)).toBe(true);
  sample.signal('SIGKILL');
  while (existsSync(lock)) {
    await once(folder, 'change');
  }
  folder.close();
  await sample.dispose();
});

describe('what a person can put right is one sentence', () => {
  test.each(['PORT', 'PAGE_PORT'])('%s is taken', async (variable) => {
    const holder = net.createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as net.AddressInfo;
    expect(await check(new SampleProcess('main.ts', { [variable]: String(port) }))).toBe(
      `1: Port ${port} is taken by another program: end it, or set ${variable} to another port (0 picks a free one).`,
    );
    holder.close();
  });

  test('PORT is no port', async () => {
    expect(await check(new SampleProcess('main.ts', { PORT: 'http' }))).toBe(
      '1: PORT must be a port between 0 and 65535, not "http".',
    );
  });

  test('the database does not answer, and its password is not shown', async () => {
    const url = 'postgres://someone:secret@127.0.0.1:9/postgres';
    expect(await check(new SampleProcess('main.ts', { DATABASE_URL: url }))).toBe(
      '1: The database at postgres://someone:***@127.0.0.1:9/postgres cannot be used: connect ECONNREFUSED 127.0.0.1:9',
    );
  });

  test('the database folder is in use', async () => {
    const second = await check(new SampleProcess('database.ts', {}, '--data-dir', dataDir));
    expect(second.replace(/process \d+/, 'process <pid>').replace(dataDir, '<folder>')).toBe(
      '1: The database folder <folder> is in use by process <pid>: end it, or set SAMPLE_DATA_DIR.',
    );
  });
});

test('a database folder that cannot be opened is moved aside', { timeout: newDatabaseLimit }, async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sample-damaged-'));
  writeFileSync(path.join(folder, 'data'), 'not a database');
  const repaired = new SampleProcess('database.ts', {}, '--data-dir', folder);
  expect((await repaired.ready())['postgres']).toMatch(/^postgres:/);
  expect(readdirSync(folder).map((name) => name.replace(/\d+$/, '<time>'))).toEqual([
    'data',
    'data-damaged-<time>',
    'in-use-by.json',
  ]);
  await repaired.dispose();
  rmSync(folder, { recursive: true });
});

test('traffic calls every route and says how each went', async () => {
  const sample = new SampleProcess('main.ts', { DATABASE_URL: databaseUrl });
  const { backend = '' } = await sample.ready();
  const traffic = new SampleProcess('traffic.ts', { BACKEND_URL: backend }, '--rate', '1000', '--count', '17');
  expect(await check(traffic)).toBe('0: ');
  expect(traffic.output.map((line) => line.replace(/\d+ ms$/, '<n> ms').replace(/[\da-f-]{36}/, '<uuid>')).join('\n'))
    .toMatchInlineSnapshot(`
    "200 GET /api/activities/home <n> ms
    200 GET /api/activities/notifications <n> ms
    200 GET /api/activities/@juno <n> ms
    200 GET /api/activities/search?term=span <n> ms
    200 GET /api/message_groups <n> ms
    200 GET /api/messages/@juno <n> ms
    201 POST /api/messages <n> ms
    201 POST /api/activities <n> ms
    201 POST /api/activities/<uuid>/reply <n> ms
    200 GET /api/announcements <n> ms
    200 GET /rollbar/test <n> ms
    200 GET /api/health-check <n> ms
    200 GET /api/activities/home?delay=1200 <n> ms
    500 GET /api/activities/@juno?fail=1 <n> ms
    500 GET /api/activities/notifications?fail=1 <n> ms
    404 GET /api/activities/@nobody <n> ms
    422 POST /api/messages <n> ms"
  `);
  await sample.dispose();
});
