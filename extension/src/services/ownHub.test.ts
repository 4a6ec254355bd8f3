import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { leadsToOwnHub } from './ownHub.ts';

async function check(endpoint: string, expected: boolean, api = 'http://127.0.0.1:4319'): Promise<void> {
  expect(await leadsToOwnHub(endpoint, { api, pid: 7 })).toBe(expected);
}

/** Something that answers as a hub with this process id. */
async function healthOf(pid: number): Promise<string> {
  const server = createServer((_, reply) => reply.end(JSON.stringify({ status: 'ok', version: '0', pid })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('each name of the loopback interface leads to it', async () => {
  await check('http://localhost:4319/', true);
  await check('http://[::1]:4319', true);
});

test('another way to the same process leads to it', async () => check(await healthOf(7), true));

test('another hub, and what is none, do not', async () => {
  await check(await healthOf(8), false);
  await check('http://127.0.0.1:1', false);
  await check('nonsense', false);
});

test('without a hub nothing does', async () =>
  expect(await leadsToOwnHub('http://localhost:4319', undefined)).toBe(false));
