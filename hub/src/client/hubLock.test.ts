import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { findRunningHub, hubRecordFileOf } from './hubLock.ts';

/** A hub that wrote itself down in another container, where its addresses were its own: here it answers as `localhost` only. */
async function check(names: readonly string[], health: { readonly pid: number }, expected: unknown): Promise<void> {
  const server = createServer((_request, response) => response.end(JSON.stringify({ version: '1', ...health })));
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const dataDir = temporaryFolder();
  // The server above does not listen on this loopback address.
  const own = `http://127.255.255.254:${port}`;
  const endpoints = { api: own, otlpHttp: 'http://127.255.255.254:4318', otlpGrpc: '127.255.255.254:4317' };
  const record = { pid: 7, api: own, version: '1', startedAt: '', endpoints, names };
  writeFileSync(hubRecordFileOf(dataDir), JSON.stringify(record));
  const found = await findRunningHub(dataDir);
  expect(JSON.stringify(found?.endpoints ?? null).replaceAll(String(port), 'PORT')).toBe(JSON.stringify(expected));
}

test('a hub in another container is joined by a name that it was allowed to be called by', async () => {
  const endpoints = { api: 'http://localhost:PORT', otlpHttp: 'http://localhost:4318', otlpGrpc: 'localhost:4317' };
  await check(['nowhere.invalid', 'localhost'], { pid: 7 }, endpoints);
});

test('a hub that answers nowhere is not joined', async () => {
  await check([], { pid: 7 }, null);
});

test('whoever else answers by that name is not the hub', async () => {
  await check(['localhost'], { pid: 8 }, null);
});
