import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './folderLock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sample-lock-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The folder can be locked although a lock file says `content`. */
async function check(content: string): Promise<void> {
  writeFileSync(path.join(folder, 'in-use-by.json'), content);
  const unlock = await lockFolder(folder);
  expect(readdirSync(folder)).toEqual(['in-use-by.json']);
  unlock();
}

test('a folder is locked once, and again after it was given free', async () => {
  const unlock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${process.pid}`);
  unlock();
  (await lockFolder(folder))();
  expect(readdirSync(folder)).toEqual([]);
});

test('of two that start at once, one gets it', async () => {
  const results = await Promise.allSettled([lockFolder(folder), lockFolder(folder)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  for (const result of results) {
    if (result.status === 'fulfilled') {
      result.value();
    }
  }
});

test('a lock that a crash left does not count, even if its process id is taken again', async () => {
  await check(JSON.stringify({ pid: process.pid, port: 9 }));
});

test('another program on the port of a lock that was left is not taken for its holder', async () => {
  const other = net.createServer((socket) => socket.end('something else')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  await check(JSON.stringify({ pid: 1, port: (other.address() as net.AddressInfo).port }));
  other.close();
});

test('a file that is no lock does not count', async () => {
  await check('');
});
