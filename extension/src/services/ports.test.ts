import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { choosePorts, freeXRayPort, isPortFree, type PortSettings } from './ports.ts';

/** The ports that are chosen while others hold some. */
async function check(settings: PortSettings, held: readonly number[], expected: string): Promise<void> {
  const ports = await choosePorts(settings, (_, port) => Promise.resolve(!held.includes(port)));
  expect(`${ports.api} ${ports.otlpHttp} ${ports.otlpGrpc} ${ports.xray}`).toBe(expected);
}

test('each receiver is where programs expect it', async () => {
  await check({}, [], '4319 4318 4317 2000');
});

test('a port that another program holds gives way to the same other one every time, then to any', async () => {
  await check({}, [2000, 4318], '4319 14318 4317 12000');
  await check({}, [2000, 12000], '4319 4318 4317 0');
});

test('a port that a setting names is taken as it is, so that the hub says when it is held', async () => {
  await check({ xray: 2001, api: 0 }, [2001], '0 4318 4317 2001');
});

test('a port is free when we could listen there', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await isPortFree('api', port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await isPortFree('xray', port)).toBe(true);
});

test('a number that is free for UDP and TCP can be had', async () => {
  expect(await isPortFree('xray', await freeXRayPort())).toBe(true);
});
