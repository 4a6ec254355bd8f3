import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { openForReading } from './schema.ts';
import { openTestStore } from './testing/testStore.ts';

/** Payloads that zstd cannot make smaller, more of them than the write-ahead log may hold before it is started over. */
const payloads = 120;
const payloadBytes = 800_000;

test('a question that goes on and on keeps nobody from being acknowledged', { timeout: 60_000 }, async () => {
  const { store, dataDir } = await openTestStore();
  await store.append(segmentOf(0));
  const reader = openForReading(dataDir);
  onTestFinished(() => reader.close());
  reader.exec('begin');
  reader.prepare('select count(*) from raw').get();

  let slowest = 0;
  const refused: unknown[] = [];
  for (let at = 1; at <= payloads; at += 1) {
    const started = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as a sender that waits for its answers.
    await store.append(segmentOf(at)).catch((error: unknown) => refused.push(error));
    slowest = Math.max(slowest, performance.now() - started);
  }
  expect(refused).toEqual([]);
  // A writer that waits for the reader does so for half a minute.
  expect(slowest).toBeLessThan(10_000);
});

function segmentOf(at: number): Parameters<Awaited<ReturnType<typeof openTestStore>>['store']['append']>[0] {
  const id = at.toString(16).padStart(16, '0');
  const text = randomBytes(payloadBytes / 2).toString('latin1');
  const document = {
    trace_id: `1-5f84c7a5-${id}00000000`,
    id,
    name: 'backend',
    start_time: 1,
    end_time: 2,
    metadata: { text },
  };
  return { format: 'xray-segment', receiver: 'api', body: new Uint8Array(Buffer.from(JSON.stringify(document))) };
}
