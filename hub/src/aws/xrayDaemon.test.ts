/** The AWS X-Ray daemon in front of the hub: what it sends, as it was captured, and the program itself where XRAY_DAEMON names it. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { runApp } from '../testing/hubProcess.ts';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { send } from '../testing/rawHttp.ts';
import { startRealHub, type RealHub } from '../testing/realHub.ts';

interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const captured = JSON.parse(readFileSync(new URL('testing/xrayDaemonCalls.json', import.meta.url), 'utf8')) as {
  readonly calls: readonly Call[];
};

/** Sends the captured calls to an endpoint, as the daemon did, and compares each answer's status and the length of its first list. */
async function check(endpoint: string | undefined, expected: readonly string[]): Promise<void> {
  const answers: string[] = [];
  for (const { path, headers, body } of captured.calls) {
    const reply = await send(`${endpoint}${path}`, { method: 'POST', headers, body });
    const [member] = reply.body.startsWith('{')
      ? Object.entries(JSON.parse(reply.body) as Record<string, unknown[]>)
      : [];
    answers.push(`${path} ${reply.status} ${member === undefined ? '' : `${member[0]} ${member[1].length}`}`.trimEnd());
  }
  expect(answers).toEqual(expected);
}

const answered = [
  '/GetSamplingRules 200 SamplingRuleRecords 2',
  '/TraceSegments 200 UnprocessedTraceSegments 0',
  '/SamplingTargets 200 SamplingTargetDocuments 1',
  '/TelemetryRecords 200',
];

/** The traces as `service xray-id spans status`. */
async function traces({ client }: RealHub): Promise<string[]> {
  const { traces: rows } = await client.listTraces();
  return rows
    .map(({ service, xrayId, spanCount, status }) => `${service} ${xrayId} ${spanCount} ${status}`)
    .toSorted((a, b) => a.localeCompare(b));
}

const arrived = ['shop 1-6b03c60f-b86cbc6af30fb2d1e55db7d0 2 ok', 'stock 1-6b03c60f-3fdaf8a3dd372e7a361a7892 2 error'];

test.each(['api', 'xrayTcp'] as const)(
  'every call of a daemon is answered on the port %s, and its segments arrive',
  async (port) => {
    const hub = await startRealHub();
    await check(hub.ready.endpoints[port], answered);
    expect(await traces(hub)).toEqual(arrived);
  },
);

test('a batch that is sent twice is there once, whichever port it comes to', async () => {
  const hub = await startRealHub();
  const { api, xrayTcp } = hub.ready.endpoints;
  for (const endpoint of [api, api, xrayTcp]) {
    await check(endpoint, answered);
  }
  expect(await traces(hub)).toEqual(arrived);
  const { spans, duplicates } = await hub.client.stats();
  expect([spans, duplicates > 0]).toEqual([4, true]);
});

test('a daemon needs no credentials of the hub, whose reading calls do', async () => {
  const hub = await startRealHub('--require-credentials');
  await check(hub.ready.endpoints.api, answered);
  expect(await traces(hub)).toEqual(arrived);
});

// No package registry has the daemon, so the program is named by whoever has it.
const program = process.env['XRAY_DAEMON'];

interface RunningDaemon {
  /** For UDP and TCP. */
  readonly port: number;
  /** Settles with the first line that this is in. */
  readonly line: (part: string) => Promise<string>;
}

/** Starts the program with its batches going to an endpoint; it ends with the test. */
async function startDaemon(endpoint: string): Promise<RunningDaemon> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const file = join(temporaryFolder(), 'cfg.yaml');
  const socket = { UDPAddress: address, TCPAddress: address };
  writeFileSync(
    file,
    JSON.stringify({ Version: 2, Region: 'us-east-1', Endpoint: endpoint, LocalMode: true, Socket: socket }),
  );
  const env = { AWS_ACCESS_KEY_ID: 'sightline-local', AWS_SECRET_ACCESS_KEY: 'sightline-local' };
  const child = spawn(program ?? '', ['-c', file], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(text);
    waiting.forEach((look) => look(text));
  });
  const line = (part: string): Promise<string> =>
    new Promise((resolve) => {
      const look = (text: string): void => void (text.includes(part) && resolve(text));
      waiting.add(look);
      lines.forEach(look);
    });
  await line('Starting proxy http server');
  return { port, line };
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** A segment a trace, sent as SDKs do. */
async function sendSegments(port: number, count: number): Promise<void> {
  const socket = createSocket('udp4');
  const seconds = Math.floor(Date.now() / 1_000);
  for (let number = 0; number < count; number += 1) {
    const hex = number.toString(16);
    const segment = {
      name: 'shop',
      id: hex.padStart(16, 'a'),
      trace_id: `1-${seconds.toString(16)}-${hex.padStart(24, 'b')}`,
      start_time: seconds,
      end_time: seconds + 1,
    };
    const datagram = `{"format":"json","version":1}\n${JSON.stringify(segment)}`;
    await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
  }
  socket.close();
}

test.skipIf(program === undefined)(
  'an unchanged app goes through a real daemon: rules, segments, every one once',
  async () => {
    const hub = await startRealHub();
    const { port, line } = await startDaemon(hub.ready.endpoints.api);
    const { stdout } = await runApp('xrayApp', { AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${port}` });
    // `Default` is the name of the rule that the hub gave; without rules the SDK says true or false.
    expect(stdout).toMatch(/^request: Default\nhealth check: false\ntrace: 1-/);
    expect(await line('Successfully sent batch of')).toContain('batch of 1 segments');
    expect((await traces(hub)).map((row) => row.replace(/1-\S+/, ''))).toEqual(['app  2 ok']);
  },
);

test.skipIf(program === undefined)(
  'of a hub that answers too late a real daemon hears nothing and sends again: still once',
  async () => {
    const hub = await startRealHub();
    const slow = await startSlowProxy(hub.ready.endpoints.api);
    const { port, line } = await startDaemon(slow.endpoint);
    await sendSegments(port, 3);
    await line('Successfully sent batch of 3 segments');
    expect(slow.batches()).toBe(2);
    const { spans, traces: count, duplicates } = await hub.client.stats();
    expect([spans, count, duplicates]).toEqual([3, 3, 3]);
  },
  20_000,
);

test.skipIf(program === undefined)(
  'what a real daemon takes while no hub is there is lost, and it says so',
  async () => {
    const first = await startRealHub();
    const { port, line } = await startDaemon(first.ready.endpoints.api);
    await first.client.shutdown();
    await sendSegments(port, 1);
    expect(await line('Sending segment batch failed')).toMatch(/request send failed|api error/);
  },
  20_000,
);

/** Hands on to the hub at once, and the first batch's answer only once the daemon has given up on it. */
async function startSlowProxy(endpoint: string): Promise<{ endpoint: string; batches: () => number }> {
  let batches = 0;
  const server = createServer((incoming, response) => {
    batches += incoming.url === '/TraceSegments' ? 1 : 0;
    const isLate = incoming.url === '/TraceSegments' && batches === 1;
    handOn(endpoint, incoming, (answer) => {
      if (!isLate) {
        answerWith(response, answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, batches: () => batches };
}

function handOn(endpoint: string, incoming: IncomingMessage, onAnswer: (answer: IncomingMessage) => void): void {
  const { host: _host, ...headers } = incoming.headers;
  incoming.pipe(httpRequest(new URL(incoming.url ?? '/', endpoint), { method: 'POST', headers }, onAnswer));
}

function answerWith(response: ServerResponse, answer: IncomingMessage): void {
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  answer.pipe(response);
}
