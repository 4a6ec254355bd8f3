import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { expect, onTestFinished, test } from 'vitest';
import type { ReadyLine, StatsReply } from './client/api.ts';
import { HubClient } from './client/hubClient.ts';
import { temporaryFolder } from './testing/hubUnderTest.ts';
import { otlpTraces } from './store/testing/otlpBytes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const free = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', '0', '--xray-port', '0', '--json'];

/** The hub as it is shipped: bundled, its libraries in pieces that are loaded late. */
async function startShippedHub(env: NodeJS.ProcessEnv = {}): Promise<{
  ready: ReadyLine;
  client: HubClient;
  stats: () => Promise<StatsReply>;
  hasEnded: () => boolean;
}> {
  // Does nothing where the bundle is newer than its sources.
  expect(spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root }).status).toBe(0);
  const dataDir = temporaryFolder();
  const child = spawn(process.execPath, ['hub/dist/main.js', '--data-dir', dataDir, ...free], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const client = new HubClient({ dataDir });
  onTestFinished(() => client.dispose());
  return {
    ready: JSON.parse(line) as ReadyLine,
    client,
    stats: () => client.stats(),
    hasEnded: () => child.exitCode !== null,
  };
}

/** Exports one span over gRPC. */
async function check(endpoint: string | undefined): Promise<void> {
  const client = new Client(endpoint ?? '', credentials.createInsecure());
  onTestFinished(() => client.close());
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const body = Buffer.from(
    otlpTraces([
      { service: 'backend', spans: [{ traceId: '5f84c7a5'.padEnd(32, '1'), spanId: '1'.repeat(16), name: 'GET /' }] },
    ]),
  );
  await new Promise<void>((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, body, new Metadata(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

test('the bundled hub takes OTLP over gRPC, and whatever else connects to that port costs only itself', async () => {
  const { ready, stats, hasEnded } = await startShippedHub();
  const [host, port] = (ready.endpoints.otlpGrpc ?? '').split(':');
  const stranger = connect(Number(port), host);
  stranger.on('error', () => stranger.destroy());
  await once(stranger, 'connect');
  stranger.write('POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await check(ready.endpoints.otlpGrpc);
  expect((await stats()).spans).toBe(1);
  expect(hasEnded()).toBe(false);
  stranger.destroy();
});

test('the bundled hub finds the keys of an AWS profile', async () => {
  const file = join(temporaryFolder(), 'credentials');
  writeFileSync(file, '[staging]\naws_access_key_id = AKIASTAGING\naws_secret_access_key = secret\n');
  const { client } = await startShippedHub({ AWS_SHARED_CREDENTIALS_FILE: file });
  const endpoint = 'http://127.0.0.1:1';
  // Far enough to be sent, to where nobody is.
  expect(
    await client.testRelay('xray', { enabled: true, profile: 'staging', region: 'eu-central-1', endpoint }),
  ).toEqual({ ok: false, message: 'Nothing answers at 127.0.0.1:1.' });
});
