import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { DatagramIntake } from './datagramIntake.ts';
import { makeCounters } from './memory/counters.ts';
import { ProblemLog } from './problemLog.ts';
import { openForWriting } from './schema.ts';

const header = '{"format":"json","version":1}\n';

/** Posts all batches at once; answers the groups that are committed, a line each, and what is said to be taken in the end. */
async function check(batches: readonly (readonly string[])[], expected: readonly string[]): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sightline-intake-'));
  const database = openForWriting(dataDir);
  onTestFinished(() => {
    database.close();
    rmSync(dataDir, { recursive: true });
  });
  const { port1, port2 } = new MessageChannel();
  const seen: string[] = [];
  const intake = new DatagramIntake(port1, new ProblemLog(database, makeCounters()), (payloads) =>
    seen.push(payloads.map(({ body }) => Buffer.from(body).toString().slice(0, 20)).join(' ')),
  );
  onTestFinished(() => intake.close());
  let waiting = 0;
  for (const batch of batches.map(toBatch)) {
    waiting += batch.byteLength;
    port2.postMessage({ batch }, [batch]);
  }
  while (waiting > 0) {
    const [{ taken }] = (await once(port2, 'message')) as [{ taken: number }];
    waiting -= taken;
  }
  expect(seen).toEqual(expected);
}

function toBatch(documents: readonly string[]): ArrayBuffer {
  const parts = documents.flatMap((document) => {
    const datagram = Buffer.from(header + document);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(datagram.length);
    return [length, datagram];
  });
  return new Uint8Array(Buffer.concat(parts)).buffer;
}

test('batches that wait are one group', async () => {
  await check([['a', 'b'], ['c'], ['d']], ['a b c d']);
});

test('a group that is large enough takes no more', async () => {
  const large = `large${' '.repeat(300_000)}`;
  const shown = large.slice(0, 20);
  await check([[large], [large], ['c'], ['d']], [`${shown} ${shown}`, 'c d']);
});
