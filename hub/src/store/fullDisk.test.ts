import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { openTelemetryStore } from './openTelemetryStore.ts';
import { databaseFile } from './schema.ts';
import type { Payload, TelemetryStore } from './telemetryStore.ts';
import { spanIdOf, testTrace, traceIdOf } from './testing/testSpans.ts';
import { listed, openTestStore, otlpPayload, segmentPayload } from './testing/testStore.ts';

/** A file system of 16 MiB of the test's own. Skips the test where this user may not mount one. */
function mountSmallDisk({ skip }: TestContext): string {
  const folder = temporaryFolder();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=0700', 'tmpfs', folder]);
  skip(status !== 0, 'only root may mount a small disk');
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

/** Incompressible, and larger than what the database's log may still have room for. */
function largeSegment(number: number): object {
  const traceId = `1-${traceIdOf(number).slice(0, 8)}-${traceIdOf(number).slice(8)}`;
  const metadata = { noise: randomBytes(1_000_000).toString('base64') };
  return { trace_id: traceId, id: spanIdOf(number), name: 'a', start_time: 1.7e9, end_time: 1.7e9, metadata };
}

const large = (number: number): Payload => segmentPayload(largeSegment(number));

async function sendDatagram(store: TelemetryStore): Promise<void> {
  const datagram = Buffer.from(`{"format":"json","version":1}\n${JSON.stringify(largeSegment(9))}`);
  const batch = new Uint8Array(4 + datagram.length);
  new DataView(batch.buffer).setUint32(0, datagram.length, true);
  batch.set(datagram, 4);
  const port = store.openDatagramPort();
  const taken = new Promise((resolve) => port.once('message', resolve));
  port.postMessage({ batch: batch.buffer }, [batch.buffer]);
  await taken;
  port.close();
}

const noted = async (store: TelemetryStore): Promise<string[]> =>
  (await store.listProblems(10)).map(({ place, message }) => `${place}: ${message}`);

/** Fills the disk behind a store that holds one trace; `free` makes room again. */
async function check(dataDir: string, act: (store: TelemetryStore, free: () => void) => Promise<void>): Promise<void> {
  const store = await openTelemetryStore({ dataDir, maxBytes: 1e9, maxAgeMillis: 3_600_000 });
  await store.append(otlpPayload(testTrace(1)));
  const { bavail, bsize } = statfsSync(dataDir);
  const filler = join(dataDir, 'filler');
  writeFileSync(filler, Buffer.alloc(bavail * bsize));
  await act(store, () => rmSync(filler));
}

test('what a full disk does not take is refused and said once, and kept again when there is room', async (context) => {
  await check(mountSmallDisk(context), async (store, free) => {
    await expect(store.append(large(2))).rejects.toThrow('could not keep what came: database or disk is full.');
    await expect(store.append(large(3))).rejects.toThrow('could not keep what came: database or disk is full.');
    await sendDatagram(store);
    expect(store.stats().dropped).toEqual({ diskFull: 1 });
    free();
    await store.append(large(4));
    expect(await listed(store)).toHaveLength(2);
    expect((await noted(store)).filter((problem) => problem.startsWith('commit'))).toEqual([
      'commit: The store could not keep what came: database or disk is full.',
    ]);
    await store.close();
  });
});

test('closing on a full disk ends with a sentence, and what was acknowledged is there', async (context) => {
  const dataDir = mountSmallDisk(context);
  await check(dataDir, async (store, free) => {
    await expect(store.append(large(2))).rejects.toThrow('disk is full');
    await expect(store.close()).rejects.toThrow(
      /^The store could not write what makes its next start quick: .*\. What was acknowledged is kept all the same\.$/,
    );
    free();
  });
  const { store: again } = await openTestStore({ dataDir });
  expect(await listed(again)).toEqual(['request 1 ok spans 2 errors 0 logs 0 otlp']);
});

test('a store that cannot be cleared says so, and what to do', async () => {
  const { store, dataDir } = await openTestStore();
  await store.append(otlpPayload(testTrace(1)));
  // Whether a real disk that is full has room for what a removal writes is a matter of luck.
  const database = new DatabaseSync(join(dataDir, databaseFile));
  database.exec("create trigger full before delete on raw begin select raise(abort, 'database or disk is full'); end");
  database.close();
  await expect(store.clear()).rejects.toThrow(
    "Nothing was removed: database or disk is full. Make some room on the disk of the hub's data directory, then clear again.",
  );
  expect(await listed(store)).toHaveLength(1);
});
