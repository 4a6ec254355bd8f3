import { createSocket } from 'node:dgram';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runXRayDaemon } from './localXRayDaemon.ts';
import { freeXRayPort } from './ports.ts';
import { describeExit } from './serviceProcess.ts';
import { programSurroundings } from './xrayDaemonChoice.ts';
import type { XRayDaemonConfig } from './xrayDaemonConfig.ts';
import { parseXRayDaemonLine, type XRayDaemonEvent } from './xrayDaemonLog.ts';
import type { XRayDaemonRun } from './xrayDaemon.ts';

const realDaemon = process.env['XRAY_DAEMON'];

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-xray-daemon-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function run(program: string, folder: string, config: XRayDaemonConfig): XRayDaemonRun {
  const running = runXRayDaemon(program, folder, config);
  onTestFinished(async () => void (await running.stop(1_000)));
  return running;
}

/** Settles with the first event of this kind. */
function eventOf(running: XRayDaemonRun, kind: XRayDaemonEvent['kind']): Promise<XRayDaemonEvent> {
  return new Promise((resolve) => {
    running.onLine((line) => {
      const event = parseXRayDaemonLine(line);
      if (event?.kind === kind) {
        resolve(event);
      }
    });
  });
}

/** A receiver that answers every call with `{}`; answers what was asked of it. */
async function startReceiver(): Promise<{ endpoint: string; calls: string[] }> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      calls.push(request.url ?? '');
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

test.skipIf(process.platform === 'win32')(
  'the program gets a configuration that only its owner reads, while it runs',
  async () => {
    const folder = path.join(temporaryFolder(), 'storage');
    const program = path.join(path.dirname(folder), 'xray');
    // Stands for the daemon: prints what it was given, its configuration and a name of its environment, in pieces.
    writeFileSync(
      program,
      '#!/bin/sh\nprintf "args $1 ${2##*/}\\nkey $AWS_ACCESS_KEY_ID"; cat "$2"; printf "\\nlast"; sleep 60\n',
      {
        mode: 0o700,
      },
    );
    const config = { endpoint: 'http://127.0.0.1:4319', region: 'eu-west-1', address: '127.0.0.1:2000' };
    const running = run(program, folder, config);
    const lines: string[] = [];
    running.onLine((line) => lines.push(line));
    await expect.poll(() => lines.length).toBe(9);
    expect(lines.slice(0, 3)).toEqual([
      'args -c cfg-2000.yaml',
      'key sightline-localVersion: 2',
      'Region: "eu-west-1"',
    ]);
    expect([statSync(folder).mode & 0o777, statSync(path.join(folder, 'cfg-2000.yaml')).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
    await running.stop();
    expect(describeExit(await running.exited)).toBe('was ended by SIGTERM');
    expect(readdirSync(folder)).toEqual([]);
  },
);

// No package registry has the daemon, so the program is named by whoever has it.
test.skipIf(realDaemon === undefined)('a real daemon hands a segment to its endpoint, and says so', async () => {
  const program = realDaemon ?? '';
  expect(await programSurroundings.versionText(program)).toMatch(/^AWS X-Ray daemon version: /);
  const { endpoint, calls } = await startReceiver();
  const port = await freeXRayPort();
  const running = run(program, temporaryFolder(), { endpoint, region: 'us-east-1', address: `127.0.0.1:${port}` });
  await eventOf(running, 'started');
  const sent = eventOf(running, 'sent');
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  const id = '53995c3f42cd8ad8';
  const segment = { name: 'a', id, trace_id: '1-581cf771-a006649127e371903a2de979', start_time: 1, end_time: 2 };
  socket.send(`{"format":"json","version":1}\n${JSON.stringify(segment)}`, port, '127.0.0.1');
  expect(await sent).toEqual({ kind: 'sent', segments: 1, unprocessed: 0 });
  await fetch(`http://127.0.0.1:${port}/GetSamplingRules`, { method: 'POST', body: '{}' });
  await running.stop();
  // It reports its own counts when it ends, which it is left the time for.
  expect(calls).toEqual(['/TraceSegments', '/GetSamplingRules', '/TelemetryRecords']);
});

test.skipIf(realDaemon === undefined)('a real daemon on a port that is held says which', async () => {
  const held = createSocket('udp4');
  await new Promise<void>((resolve) => held.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void held.close());
  const { port } = held.address();
  const { endpoint } = await startReceiver();
  const running = run(realDaemon ?? '', temporaryFolder(), {
    endpoint,
    region: 'us-east-1',
    address: `127.0.0.1:${port}`,
  });
  const failure = eventOf(running, 'error');
  expect(describeExit(await running.exited)).toBe('ended with exit code 1');
  expect(await failure).toEqual({
    kind: 'error',
    detail: `listen udp 127.0.0.1:${port}: bind: address already in use`,
  });
});
