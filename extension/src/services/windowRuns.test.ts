import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { FileWindowRuns } from './windowRuns.ts';

let folder: string;
/** Processes that have ended. */
let dead: Set<number>;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sightline-windows-'));
  dead = new Set();
  return () => rmSync(folder, { recursive: true, force: true });
});

const file = (): string => path.join(folder, 'runs', 'backend.json');

const isAlive = (process: number): boolean => !dead.has(process);

function window(id: number, sleepMillis?: number): FileWindowRuns {
  const runs = new FileWindowRuns(file(), {
    window: id,
    isWindowAlive: isAlive,
    isServiceAlive: isAlive,
    sleep: (millis) => sleep(sleepMillis ?? millis),
  });
  onTestFinished(() => runs.dispose());
  return runs;
}

/** What a window sees that runs nothing itself. */
function check(expected: object | undefined): void {
  expect(window(99).other()).toEqual(expected);
}

test('what one window runs the others know, from its start to its end', () => {
  const first = window(1);
  check(undefined);
  first.tell({ endpoints: {} });
  check({ window: 1, endpoints: {} });
  first.tell({ endpoints: { page: 'http://127.0.0.1:3000' }, pid: 7, since: '2026-01-02T03:04:05.000Z' });
  check({
    window: 1,
    endpoints: { page: 'http://127.0.0.1:3000' },
    pid: 7,
    since: '2026-01-02T03:04:05.000Z',
  });
  expect(first.other()).toBeUndefined();
  first.withdraw();
  check(undefined);
  expect(existsSync(file())).toBe(false);
});

test('a window that has crashed, or whose service has, runs nothing', () => {
  window(1).tell({ endpoints: {}, pid: 7 });
  dead.add(7);
  check(undefined);
  dead.clear();
  dead.add(1);
  check(undefined);
});

test('a window that ends late takes nothing from the one after it', () => {
  const first = window(1);
  first.tell({ endpoints: {} });
  const second = window(2);
  second.withdraw(1);
  check(undefined);
  second.tell({ endpoints: {} });
  first.dispose();
  check({ window: 2, endpoints: {} });
});

test('another window may have it ended', async () => {
  const first = window(1);
  first.onDidAskToStop(() => first.withdraw());
  first.tell({ endpoints: {} });
  await window(2).stopOther();
  check(undefined);
});

test('a window that does not answer is named, and is not asked later either', async () => {
  window(1).tell({ endpoints: {} });
  await expect(window(2, 0).stopOther()).rejects.toThrow('The window that runs it did not end it.');
  expect(existsSync(`${file()}.stop`)).toBe(false);
});

test('no password is written', () => {
  window(1).tell({ endpoints: { postgres: 'postgres://me:secret@127.0.0.1/db', backend: 'http://127.0.0.1:4567' } });
  expect(readFileSync(file(), 'utf8')).not.toContain('secret');
  check({ window: 1, endpoints: { backend: 'http://127.0.0.1:4567' } });
});

test('a folder that cannot be written, or a file of somebody else, is as good as none', () => {
  writeFileSync(path.join(folder, 'runs'), '');
  window(1).tell({ endpoints: {} });
  check(undefined);
});
