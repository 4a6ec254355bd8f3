import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ReadyLine } from '@sightline/hub/client/api';
import { HubClient } from '@sightline/hub/client/hubClient';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Emitter } from '../lifetime.ts';
import type { HubState } from '../services/hubState.ts';
import { HubBesideSource } from './hubBesideSource.ts';
import { HubErrorSource } from './hubErrorSource.ts';
import type { HubPresence } from './hubSource.ts';

// Everything here is real: a hub in a process of its own, its sockets, its store.
const hubMain = path.resolve(import.meta.dirname, '../../../hub/src/main.ts');

let dataDir: string;
let hub: { readonly ready: ReadyLine; end(): Promise<void> };
let client: HubClient;
let errors: HubErrorSource;
let beside: HubBesideSource;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'sightline-errors-'));
  hub = await startHub();
  client = new HubClient({ dataDir });
  const presence = presenceOf(hub.ready);
  errors = new HubErrorSource(presence, client);
  beside = new HubBesideSource(presence, client);
});

afterEach(async () => {
  errors.dispose();
  beside.dispose();
  client.dispose();
  await hub.end();
  await rm(dataDir, { recursive: true, force: true });
});

/** The groups of a status as text, the one seen last first. */
async function check(status: 'active' | 'resolved' | undefined, expected: readonly string[]): Promise<void> {
  const { groups } = await errors.listErrorGroups({ limit: 100, ...(status && { status }) });
  expect(groups.map(({ counter, title, count }) => `${counter} ${title} ${count}`)).toEqual(expected);
}

test('an error that an app reports is announced, grouped, opened, resolved, and active again when it comes back', async () => {
  const changes = new Emitter<boolean>();
  errors.onDidChange((change) => changes.fire(change.errors === true));
  // The first one says that the feed has begun: what happened before it is not known.
  await next(changes);
  const announced = next(changes);
  await report('no handle', traceId);
  await announced;
  await report('no handle', traceId);
  await report('no cart', undefined, 'cart', 2);
  await check('active', ['2 TypeError: no cart 1', '1 TypeError: no handle 2']);

  const { occurrences } = await errors.listOccurrences(1, { limit: 10 });
  expect(occurrences.map(({ item }) => item['traceId'])).toEqual([traceId, traceId]);
  const [newest] = occurrences;
  expect((await errors.loadOccurrence(1, newest?.id ?? ''))?.item['title']).toBe('TypeError: no handle');

  expect([await errors.setStatus(1, 'resolved'), await errors.setStatus(99, 'resolved')]).toEqual([true, false]);
  await check('resolved', ['1 TypeError: no handle 2']);
  await report('no handle', traceId);
  const { groups } = await errors.listErrorGroups({ limit: 10, status: 'active' });
  const again = groups.find(({ counter }) => counter === 1);
  expect([again?.reactivated, again?.count]).toEqual([true, 3]);
});

test('what is gone is answered as gone', async () => {
  expect(await errors.listOccurrences(7, { limit: 1 })).toEqual({ occurrences: [] });
  expect(await errors.loadOccurrence(7, '7')).toBeUndefined();
});

test('a trace finds its errors, its log lines by id, and others of its service and time as a guess', async () => {
  await report('no handle', traceId);
  await report('elsewhere', 'b'.repeat(32));
  const now = Date.now();
  await log('cruddur', [
    [now - 5000, 'of before'],
    [now - 500, `GET /api/activities/home 500 trace_id=${traceId}`],
    [now - 400, 'no id, within the request'],
    [now - 300, `GET /api/search 200 trace_id=${'b'.repeat(32)}`],
  ]);
  await log('other', [[now - 400, 'another service']]);

  const extent = { traceId, service: 'backend', startTime: `${now - 600}000000`, endTime: `${now - 350}000000` };
  const { lines, hasMore } = await beside.listLogLines(extent);
  expect(lines.map(({ message, isGuess }) => `${isGuess ? 'guess' : 'named'} ${message.slice(0, 25)}`)).toEqual([
    'named GET /api/activities/home ',
    'guess no id, within the request',
  ]);
  expect(hasMore).toBe(false);
  const titles = (await beside.listErrors(traceId)).map(({ item }) => item['title']);
  expect(titles).toEqual(['TypeError: no handle']);

  // Nothing names this one, but the service has written to that stream before.
  const unnamed = { ...extent, traceId: 'c'.repeat(32) };
  expect((await beside.listLogLines(unnamed)).lines.map(({ message, isGuess }) => [message, isGuess])).toEqual([
    ['no id, within the request', true],
  ]);
});

test('a line that names no trace finds the requests of its service that were under way', async () => {
  const now = Date.now();
  await Promise.all([
    request('a'.repeat(32), 'backend', now - 600, now - 350),
    request('b'.repeat(32), 'backend', now - 900, now - 700),
    request('c'.repeat(32), 'frontend', now - 600, now - 350),
  ]);
  await log('cruddur', [
    [now - 800, `GET /api/search 200 trace_id=${'b'.repeat(32)}`],
    [now - 400, 'no id'],
  ]);
  expect(await guessed('cruddur', now - 400)).toEqual(['a']);
  expect(await guessed('cruddur', now - 100)).toEqual([]);
});

test('a group that is called like the service is where its lines are guessed', async () => {
  const now = Date.now();
  await log('/ecs/backend', [[now - 400, 'no id']]);
  const extent = { traceId, service: 'backend', startTime: `${now - 600}000000`, endTime: `${now - 350}000000` };
  expect((await beside.listLogLines(extent)).lines.map(({ message }) => message)).toEqual(['no id']);
  expect((await beside.listLogLines({ ...extent, service: 'frontend' })).lines).toEqual([]);
});

const traceId = 'a'.repeat(32);

/** Sends what Rollbar's SDKs send. Their times are whole seconds, so an order needs a time that is `later`. */
async function report(message: string, trace: string | undefined, method = 'feed', later = 0): Promise<void> {
  const frames = [{ filename: '/app/src/feed.ts', lineno: 14, colno: 3, method }];
  const data = {
    environment: 'dev',
    timestamp: Math.floor(Date.now() / 1000) + later,
    body: { trace: { frames, exception: { class: 'TypeError', message } } },
    ...(trace !== undefined && { custom: { trace_id: trace } }),
  };
  const reply = await fetch(`${hub.ready.endpoints.api}/api/1/item/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-rollbar-access-token': 'sightline-local' },
    body: JSON.stringify({ data }),
  });
  expect([reply.status, await reply.text()]).toEqual([200, expect.stringContaining('"err":0')]);
}

async function log(logGroupName: string, lines: readonly (readonly [time: number, message: string])[]): Promise<void> {
  const stream = { logGroupName, logStreamName: 'backend' };
  await callLogs('CreateLogGroup', { logGroupName });
  await callLogs('CreateLogStream', stream);
  const logEvents = lines.map(([timestamp, message]) => ({ timestamp, message }));
  await callLogs('PutLogEvents', { ...stream, logEvents });
}

async function callLogs(name: string, input: object): Promise<void> {
  const reply = await fetch(`${hub.ready.endpoints.api}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${name}` },
    body: JSON.stringify(input),
  });
  expect(`${name} ${reply.status} ${reply.ok ? '' : await reply.text()}`).toBe(`${name} 200 `);
}

/** Settles with the next change that concerns errors. */
async function next(changes: Emitter<boolean>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = changes.event((isAboutErrors) => {
    if (isAboutErrors) {
      resolve();
    }
  });
  await promise;
  subscription.dispose();
}

/** The first digits of the traces that a line of that time may be of. */
async function guessed(group: string, millis: number): Promise<string[]> {
  const found = await beside.guessTraces({ group, stream: 'backend', time: `${millis}000000` });
  return found.map(({ id }) => id.slice(0, 1));
}

/** A request of one span, as an OpenTelemetry SDK sends it. */
async function request(id: string, service: string, startMillis: number, endMillis: number): Promise<void> {
  const span = { traceId: id, spanId: id.slice(16), name: 'GET /api', kind: 2 };
  const times = { startTimeUnixNano: `${startMillis}000000`, endTimeUnixNano: `${endMillis}000000` };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  const reply = await fetch(`${hub.ready.endpoints.otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [{ ...span, ...times }] }] }] }),
  });
  expect(reply.status).toBe(200);
}

async function startHub() {
  const ports = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', 'none', '--xray-port', 'none'];
  const child = spawn(process.execPath, [hubMain, 'serve', '--data-dir', dataDir, ...ports, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const ended = once(child, 'exit');
  return {
    ready: JSON.parse(line) as ReadyLine,
    end: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function presenceOf({ pid, version, endpoints }: ReadyLine): HubPresence {
  const running = { pid, version, dataDir, endpoints, startedAt: new Date(), origin: 'started' } as const;
  const state: HubState = { kind: 'running', hub: running };
  return { state, onDidChange: new Emitter<HubState>().event };
}
