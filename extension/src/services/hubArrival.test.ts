import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hubRecordFileOf } from '@sightline/hub/client/hubLock';
import { expect, test } from 'vitest';
import { HubArrival } from './hubArrival.ts';
import type { HubPhase } from './hubState.ts';
import type { HubSession } from './hubSession.ts';

/** Writes the record of a hub, in a folder that appears with it, while the session is in a state; compares whether it was asked to join then. */
async function check(kind: HubPhase, expected: 'joins' | 'waits'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-arrival-'));
  const dataDir = join(folder, 'data');
  let asked = Promise.withResolvers<void>();
  let joined: typeof expected = 'waits';
  const session = {
    get state() {
      asked.resolve();
      return { kind };
    },
    join: () => {
      joined = 'joins';
      return Promise.resolve(undefined);
    },
  } as unknown as HubSession;
  const arrival = new HubArrival(session, dataDir, 20);
  // Node calls back once for a file that is not there; from then on it sees the file come.
  await asked.promise;
  asked = Promise.withResolvers<void>();
  joined = 'waits';
  mkdirSync(dataDir);
  writeFileSync(hubRecordFileOf(dataDir), '{}');
  await asked.promise;
  expect(joined).toBe(expected);
  arrival.dispose();
  rmSync(folder, { recursive: true });
}

test('a hub that appears is joined by a window that has none', async () => {
  await check('off', 'joins');
  await check('stopped', 'joins');
});

test('a window that has one, or is about to, is left alone', async () => {
  await check('running', 'waits');
  await check('starting', 'waits');
});
