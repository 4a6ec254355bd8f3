import { spawn, type ChildProcess } from 'node:child_process';
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
import { HubTraceSource } from './hubTraceSource.ts';
import type { SourceState } from './traceSource.ts';

// Everything here is real: a hub in a process of its own, its sockets, its store.
const hubMain = path.resolve(import.meta.dirname, '../../../hub/src/main.ts');

let dataDir: string;
let hub: RunningTestHub;
let client: HubClient;
let presence: TestPresence;
let source: HubTraceSource;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'sightline-source-'));
  hub = await startHub();
  client = new HubClient({ dataDir });
  presence = new TestPresence(runningState(hub.ready));
  source = new HubTraceSource(presence, client);
});

afterEach(async () => {
  source.dispose();
  client.dispose();
  await hub.end();
  await rm(dataDir, { recursive: true, force: true });
});

/** What is listed, as text, newest first. */
async function check(expected: readonly string[]): Promise<void> {
  const { traces } = await source.listTraces({ limit: 100, excludeHealthChecks: true });
  expect(traces.map(({ name, status, httpStatus }) => `${name} ${status} ${httpStatus}`)).toEqual(expected);
}

test('what a program sends is announced, listed, and opens as a tree, a span and a document', async () => {
  const announced = firstChange((ids) => ids === 'many' || ids.includes(traceId(1)));
  await send(1, { status: 500, exception: 'Feed is broken' });
  await announced;
  await check(['GET /api/activities/home fault 500']);

  const rows = await source.loadTreeRows(traceId(1));
  expect(rows?.rows.map(([depth, , name]) => `${depth} ${rows.texts[name]}`)).toEqual([
    '0 GET /api/activities/home',
    '1 pg.query',
  ]);
  const span = await source.loadSpan(traceId(1), spanId(1));
  expect(span?.exceptions.map(({ type, message }) => `${type}: ${message}`)).toEqual(['TypeError: Feed is broken']);
  expect(JSON.stringify(await source.loadRaw(traceId(1)))).toContain('Feed is broken');
  expect(await source.countTraces()).toBe(1);
});

test('pages follow each other without a gap, newest first', async () => {
  for (const number of [1, 2, 3]) {
    await send(number, {});
  }
  const first = await source.listTraces({ limit: 2, excludeHealthChecks: true });
  const second = await source.listTraces({
    limit: 2,
    excludeHealthChecks: true,
    ...(first.next !== undefined && { before: first.next }),
  });
  expect([...first.traces, ...second.traces].map(({ id }) => id)).toEqual([traceId(3), traceId(2), traceId(1)]);
  expect(second.next).toBeUndefined();
});

test('health checks are left out and counted, or listed', async () => {
  await send(1, {});
  await send(2, { path: '/api/health-check' });
  const without = await source.listTraces({ limit: 10, excludeHealthChecks: true });
  const withThem = await source.listTraces({ limit: 10, excludeHealthChecks: false });
  expect([without.traces.length, without.hiddenHealthChecks, withThem.traces.length]).toEqual([1, 1, 2]);
});

test('clearing leaves what is pinned, and announces that rows are gone', async () => {
  await send(1, {});
  await send(2, { path: '/api/search' });
  expect([await source.setPinned(traceId(1), true), await source.setPinned(traceId(9), true)]).toEqual([true, false]);
  await source.clear();
  await check(['GET /api/activities/home ok 200']);
  expect(await source.loadTreeRows(traceId(2))).toBeUndefined();
});

test('a hub that is killed is said to be gone, and after its restart has what it acknowledged', async () => {
  const states: SourceState[] = [];
  source.onDidChangeState((state) => states.push(state));
  await firstChange(() => true);
  await send(1, {});
  const lost = stateOf('failed');
  hub.kill();
  await lost;
  await expect(source.listTraces({ limit: 1, excludeHealthChecks: true })).rejects.toThrow('does not answer');

  const back = stateOf('ready');
  hub = await startHub();
  await back;
  await check(['GET /api/activities/home ok 200']);
});

test('while no hub runs, every question says what to do', async () => {
  presence.set({ kind: 'stopped' });
  expect(source.state).toEqual({ kind: 'stopped' });
  await expect(source.loadRaw(traceId(1))).rejects.toThrow('Start it in the Services view');
});

/** One hub process on the test's own folder and on ports that the system chose. */
interface RunningTestHub {
  readonly ready: ReadyLine;
  kill(): void;
  end(): Promise<void>;
}

async function startHub(): Promise<RunningTestHub> {
  const ports = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', 'none', '--xray-port', 'none'];
  const child: ChildProcess = spawn(process.execPath, [hubMain, 'serve', '--data-dir', dataDir, ...ports, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) {
    throw new Error('The hub has no standard output.');
  }
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const ended = once(child, 'exit');
  return {
    ready: JSON.parse(line) as ReadyLine,
    kill: () => child.kill('SIGKILL'),
    end: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Where the window thinks its hub is; here the test decides. */
class TestPresence {
  state: HubState;
  readonly #changed = new Emitter<HubState>();
  readonly onDidChange = this.#changed.event;

  constructor(state: HubState) {
    this.state = state;
  }

  set(state: HubState): void {
    this.state = state;
    this.#changed.fire(state);
  }
}

function runningState(ready: ReadyLine): HubState {
  const { pid, version, endpoints } = ready;
  return { kind: 'running', hub: { pid, version, dataDir, endpoints, startedAt: new Date(), origin: 'started' } };
}

/** Settles with the first change that fits. */
async function firstChange(fits: (ids: readonly string[] | 'many') => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = source.onDidChange(({ traces }) => {
    if (fits(traces)) {
      resolve();
    }
  });
  // The feed stays open for as long as somebody listens, which is what the tests about its loss need.
  source.onDidChange(() => undefined);
  await promise;
  subscription.dispose();
}

async function stateOf(kind: SourceState['kind']): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = source.onDidChangeState((state) => {
    if (state.kind === kind) {
      resolve();
    }
  });
  await promise;
  subscription.dispose();
}

/** A request of two spans, as an OpenTelemetry SDK sends it; each number is a second later than the one before. */
async function send(
  number: number,
  {
    path: route = '/api/activities/home',
    status = 200,
    exception,
  }: { path?: string; status?: number; exception?: string },
): Promise<void> {
  const start = BigInt(Date.now() - 100_000 + number * 1000) * 1_000_000n;
  const common = {
    traceId: traceId(number),
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 34_000_000n),
  };
  const root = {
    ...common,
    spanId: spanId(number),
    name: `GET ${route}`,
    kind: 2,
    status: { code: status >= 500 ? 2 : 0 },
    attributes: [
      { key: 'http.request.method', value: { stringValue: 'GET' } },
      { key: 'url.path', value: { stringValue: route } },
      { key: 'http.route', value: { stringValue: route } },
      { key: 'http.response.status_code', value: { intValue: status } },
    ],
    events: exception === undefined ? [] : [exceptionEvent(exception, start)],
  };
  const query = { ...common, spanId: spanId(number + 1000), parentSpanId: spanId(number), name: 'pg.query', kind: 3 };
  const body = {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'backend' } }] },
        scopeSpans: [{ spans: [root, query] }],
      },
    ],
  };
  const reply = await fetch(`${hub.ready.endpoints.otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(reply.status).toBe(200);
}

function exceptionEvent(message: string, time: bigint): object {
  const attributes = [
    { key: 'exception.type', value: { stringValue: 'TypeError' } },
    { key: 'exception.message', value: { stringValue: message } },
  ];
  return { name: 'exception', timeUnixNano: String(time), attributes };
}

function traceId(number: number): string {
  return number.toString(16).padStart(32, 'a');
}

function spanId(number: number): string {
  return number.toString(16).padStart(16, 'b');
}
