import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { announceRun, runningBackendUrl, takeRunLock } from './runLock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sightline-run-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What somebody else finds out about the run. */
function check(): { backendUrl: string | undefined; second: string } {
  const lock = takeRunLock(folder);
  if (lock.kind === 'held') lock.release();
  return { backendUrl: runningBackendUrl(folder), second: lock.kind === 'held' ? 'may start' : lock.sentence };
}

test('nothing runs', () => {
  expect(check()).toEqual({ backendUrl: undefined, second: 'may start' });
});

test('a run in a browser tells both of its addresses', () => {
  const lock = takeRunLock(folder);
  announceRun(folder, { url: 'http://127.0.0.1:8000/?token', backendPort: 4568 });
  expect(check()).toEqual({
    backendUrl: 'http://127.0.0.1:4568',
    second: `Sightline already runs from this folder, at http://127.0.0.1:8000/?token (process ${process.pid}). Press Ctrl-C there to end it.`,
  });
  if (lock.kind === 'held') lock.release();
});

test('a run that was killed is none', () => {
  // No process has this number: the largest that any system gives is far below.
  writeFileSync(
    path.join(folder, 'running.json'),
    JSON.stringify({ pid: 2 ** 31 - 1, backendUrl: 'http://127.0.0.1:4568' }),
  );
  expect(check()).toEqual({ backendUrl: undefined, second: 'may start' });
});
