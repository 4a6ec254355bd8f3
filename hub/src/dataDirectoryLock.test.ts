import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DataDirectoryLock } from './dataDirectoryLock.ts';

function makeDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'sightline-lock-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

test('a hub that is about to end is waited for', async () => {
  const dataDir = makeDataDir();
  const ending = await DataDirectoryLock.take(dataDir);
  const next = DataDirectoryLock.take(dataDir);
  ending.release();
  (await next).release();
  expect(await next).not.toBe(ending);
});

test('one that neither answers nor ends is named', async () => {
  const dataDir = makeDataDir();
  const silent = await DataDirectoryLock.take(dataDir);
  onTestFinished(() => silent.release());
  await expect(DataDirectoryLock.take(dataDir, 0)).rejects.toThrow(
    `Another process holds ${dataDir} and does not say where it listens; end it, or give this hub another --data-dir.`,
  );
  const api = 'http://127.0.0.1:1';
  silent.announce({ pid: process.pid, api, version: '1', startedAt: '', endpoints: { api } });
  await expect(DataDirectoryLock.take(dataDir, 0)).rejects.toThrow(
    `A hub holds ${dataDir} (process ${process.pid}, ${api}) but does not answer; end that process, then start again.`,
  );
});
