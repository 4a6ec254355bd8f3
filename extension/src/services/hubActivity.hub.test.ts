import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ReadyLine } from '@sightline/hub/client/api';
import { HubClient } from '@sightline/hub/client/hubClient';
import { expect, onTestFinished, test } from 'vitest';
import { Emitter } from '../lifetime.ts';
import { HubActivity } from './hubActivity.ts';
import type { HubState } from './hubState.ts';

const hubMain = path.resolve(import.meta.dirname, '../../../hub/src/main.ts');
const ports = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', 'none', '--xray-port', '0'];

/** Everything here is real but the session: a hub in a process of its own, its sockets, its store. */
async function startHub(): Promise<{ readonly ready: ReadyLine; readonly client: HubClient }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sightline-activity-'));
  const child = spawn(process.execPath, [hubMain, 'serve', '--data-dir', dataDir, ...ports, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const client = new HubClient({ dataDir });
  onTestFinished(async () => {
    client.dispose();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  });
  return { ready: JSON.parse(line) as ReadyLine, client };
}

function activityOf({ ready, client }: { readonly ready: ReadyLine; readonly client: HubClient }): HubActivity {
  const { version, pid, dataDir, endpoints } = ready;
  const hub = { version, pid, dataDir, endpoints, startedAt: new Date(), origin: 'started' } as const;
  const state: HubState = { kind: 'running', hub };
  const activity = new HubActivity({ state, onDidChange: new Emitter<HubState>().event }, client);
  onTestFinished(() => activity.dispose());
  return activity;
}

const traceIds = [1, 2, 3, 4, 5].map(
  (number) => `1-${Math.floor(Date.now() / 1_000 - 30).toString(16)}-${'a'.repeat(23)}${number}`,
);

async function call(endpoint: string, target: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${target}` };
  const { status } = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(status).toBe(200);
}

/** Half a minute ago, so that no span of theirs is still under way. */
async function writeLines({ api }: ReadyLine['endpoints']): Promise<void> {
  const stream = { logGroupName: 'cruddur', logStreamName: 'backend/today' };
  await call(api, 'CreateLogGroup', { logGroupName: stream.logGroupName });
  await call(api, 'CreateLogStream', stream);
  const timestamp = Date.now() - 30_000;
  const logEvents = traceIds.map((id) => ({ timestamp, message: `INFO Served trace=${id}` }));
  await call(api, 'PutLogEvents', { ...stream, logEvents });
}

test('log lines of traces that never came are noticed', async () => {
  const hub = await startHub();
  await writeLines(hub.ready.endpoints);
  const activity = activityOf(hub);
  await expect
    .poll(() => activity.strayLines, { timeout: 15_000 })
    .toEqual({ group: 'cruddur', stream: 'backend/today', traces: 5 });
});

test('with one of these traces nothing is said', async () => {
  const hub = await startHub();
  await writeLines(hub.ready.endpoints);
  const start = Date.now() / 1_000 - 30;
  const segment = {
    name: 'backend',
    id: 'b'.repeat(16),
    trace_id: traceIds[0],
    start_time: start,
    end_time: start + 1,
  };
  const body = JSON.stringify({ TraceSegmentDocuments: [JSON.stringify(segment)] });
  await fetch(`${hub.ready.endpoints.xrayTcp}/TraceSegments`, { method: 'POST', body });
  const activity = activityOf(hub);
  await new Promise<void>((resolve) => activity.onDidChange(resolve));
  expect([activity.stats?.traces, activity.strayLines]).toEqual([1, undefined]);
});

test('of more traces than a list shows, each is counted, and each failure', async () => {
  const { ready, client } = await startHub();
  const start = Date.now() / 1_000 - 5;
  const documents = Array.from({ length: 600 }, (_, number) => {
    const end = number.toString(16).padStart(24, '0');
    const trace_id = `1-${Math.floor(start).toString(16)}-${end}`;
    const ended = { start_time: start, end_time: start + 1, fault: number % 3 === 0 };
    return JSON.stringify({ name: 'backend', id: (number + 1).toString(16).padStart(16, '0'), trace_id, ...ended });
  });
  const [first = '', ...others] = documents;
  const send = async (segments: readonly string[]): Promise<void> => {
    const body = JSON.stringify({ TraceSegmentDocuments: segments });
    const { status } = await fetch(`${ready.endpoints.xrayTcp}/TraceSegments`, { method: 'POST', body });
    expect(status).toBe(200);
  };
  const activity = activityOf({ ready, client });
  await send([first]);
  await expect.poll(() => activity.activity, { timeout: 20_000 }).toEqual({ tracesPerMinute: 1, recentErrors: 1 });
  await send(others);
  await expect.poll(() => activity.activity, { timeout: 20_000 }).toEqual({ tracesPerMinute: 600, recentErrors: 200 });
});
