import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ReadyLine } from '@sightline/hub/client/api';
import { HubClient } from '@sightline/hub/client/hubClient';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HubLogSource } from './hubLogSource.ts';
import type { LogEventQuery } from './logSource.ts';

// Everything here is real: a hub in a process of its own, its sockets, its store.
const hubMain = path.resolve(import.meta.dirname, '../../../hub/src/main.ts');
const now = Date.now();

let dataDir: string;
let hub: ChildProcess;
let ready: ReadyLine;
let client: HubClient;
let source: HubLogSource;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'sightline-log-source-'));
  const ports = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', 'none', '--xray-port', 'none'];
  hub = spawn(process.execPath, [hubMain, 'serve', '--data-dir', dataDir, ...ports, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (hub.stdout === null) {
    throw new Error('The hub has no standard output.');
  }
  const [line] = (await once(createInterface(hub.stdout), 'line')) as [string];
  ready = JSON.parse(line) as ReadyLine;
  client = new HubClient({ dataDir });
  const { pid, version, endpoints } = ready;
  const running = { pid, version, dataDir, endpoints, startedAt: new Date(), origin: 'started' } as const;
  source = new HubLogSource(
    { state: { kind: 'running', hub: running }, onDidChange: () => ({ dispose: () => undefined }) },
    client,
  );
});

afterEach(async () => {
  source.dispose();
  client.dispose();
  const ended = once(hub, 'exit');
  hub.kill('SIGTERM');
  await ended;
  await rm(dataDir, { recursive: true, force: true });
});

/** Compares the lines that a question finds, newest first. */
async function check(query: Omit<LogEventQuery, 'group' | 'limit'>, expected: readonly string[]): Promise<void> {
  const { events } = await source.listEvents({ group: 'cruddur', limit: 100, ...query });
  expect(events.map(({ message }) => message)).toEqual(expected);
}

test('what a program writes is announced, and is in its group, its stream, and a line of its own', async () => {
  const announced = Promise.withResolvers<void>();
  source.onDidChange(({ logs }) => logs && announced.resolve());
  await write('web', ['server listens', 'ERROR no such table']);
  await announced.promise;
  const groups = await source.listGroups();
  expect(groups.map(({ name, eventCount, streamCount }) => `${name} ${eventCount} ${streamCount}`)).toEqual([
    'cruddur 2 1',
  ]);
  const [stream] = await source.listStreams('cruddur');
  expect([stream?.name, stream?.eventCount, stream?.writers.length]).toEqual(['web', 2, 1]);
  await check({}, ['ERROR no such table', 'server listens']);
});

test('streams, a pattern, a time range and pages narrow the lines down', async () => {
  await write('web', ['one', 'two', 'three']);
  await write('worker', ['two too']);
  await check({ streams: ['worker'] }, ['two too']);
  await check({ streams: ['web'], pattern: 'two' }, ['two']);
  await check({ streams: ['web'], from: `${now + 1}000000`, to: `${now + 1}000000` }, ['two']);
  const page = await source.listEvents({ group: 'cruddur', streams: ['web'], limit: 2 });
  await check({ streams: ['web'], ...(page.next !== undefined && { before: page.next }) }, ['one']);
});

test('a group is created, kept for some days, and deleted; afterwards every question says that it is gone', async () => {
  await source.changeGroup({ name: 'cruddur', retentionDays: 7 });
  expect((await source.listGroups()).map(({ name, retentionDays }) => `${name} ${retentionDays}`)).toEqual([
    'cruddur 7',
  ]);
  await source.changeGroup({ name: 'cruddur', retentionDays: null });
  expect((await source.listGroups())[0]?.retentionDays).toBeUndefined();
  await source.deleteGroup('cruddur');
  await expect(source.listStreams('cruddur')).rejects.toThrow('There is no log group "cruddur" any more.');
  await expect(source.deleteGroup('cruddur')).rejects.toThrow('There is no log group');
});

test('a pattern that is wrong is refused in words', async () => {
  await write('web', ['one']);
  await expect(source.listEvents({ group: 'cruddur', limit: 1, pattern: '{ $.a' })).rejects.toThrow("end with '}'");
});

/** Writes lines a millisecond apart, as an SDK of AWS does. */
async function write(stream: string, messages: readonly string[]): Promise<void> {
  await call('CreateLogGroup', { logGroupName: 'cruddur' });
  await call('CreateLogStream', { logGroupName: 'cruddur', logStreamName: stream });
  const logEvents = messages.map((message, index) => ({ timestamp: now + index, message }));
  const reply = await call('PutLogEvents', { logGroupName: 'cruddur', logStreamName: stream, logEvents });
  expect(reply.status).toBe(200);
}

async function call(name: string, body: object): Promise<Response> {
  return await fetch(ready.endpoints.api, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${name}` },
    body: JSON.stringify(body),
  });
}
