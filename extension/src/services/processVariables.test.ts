import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { otherAddresses } from './processVariables.ts';

const right = { AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

async function check(env: Record<string, string>, script: string, expected: readonly string[]): Promise<void> {
  const child = spawn('sh', ['-c', script], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.stdin.end());
  await once(child.stdout, 'data');
  expect(otherAddresses(child.pid ?? 0, right).map(({ name, value }) => `${name}=${value}`)).toEqual(expected);
}

// Only Linux tells what another process was started with.
test.skipIf(process.platform !== 'linux')('a process that has the addresses, or none, is well', async () => {
  await check(right, 'echo up; read end', []);
  await check({}, 'echo up; read end', []);
  await check({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318/' }, 'echo up; read end', []);
});

// Only Linux tells what another process was started with.
test.skipIf(process.platform !== 'linux')(
  'an address that a script sets for what it starts is found, without what is secret in it',
  async () => {
    await check(right, 'AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2001 sh -c "echo up; read end"; true', [
      'AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2001',
    ]);
    await check({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:secret@127.0.0.1:4999/' }, 'echo up; read end', [
      'OTEL_EXPORTER_OTLP_ENDPOINT=127.0.0.1:4999',
    ]);
  },
);
