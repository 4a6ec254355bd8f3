import { cpSync } from 'node:fs';
import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { counterOf, makeCounters, type Counters } from './memory/counters.ts';
import { openForWriting } from './schema.ts';
import { StoreWriter } from './storeWriter.ts';
import type { Payload } from './telemetryStore.ts';
import { testTrace } from './testing/testSpans.ts';
import { otlpPayload, segmentPayload } from './testing/testStore.ts';

const keptMillis = 3000;

/** The writer in this thread, with a clock of the test's own; closed when the test has ended. */
function openWriter(dataDir: string, now: () => number): { writer: StoreWriter; counters: Counters } {
  const { port1, port2 } = new MessageChannel();
  const counters = makeCounters();
  const start = { dataDir, maxBytes: 1e9, maxAgeMillis: keptMillis, counters: counters.buffer, sharing: port1 };
  const writer = new StoreWriter(openForWriting(dataDir), start, () => undefined, now);
  onTestFinished(async () => {
    await writer.close();
    port2.close();
  });
  return { writer, counters };
}

/** Commits each payload at its second, and compares the spans that count with those that do after a `kill -9`. */
function check(arrivals: readonly (readonly [second: number, payload: Payload])[], spans: number): void {
  let now = Date.now();
  const dataDir = temporaryFolder();
  const { writer, counters } = openWriter(dataDir, () => now);
  const startedAt = now;
  for (const [id, [second, payload]] of arrivals.entries()) {
    now = startedAt + second * 1000;
    writer.handle({ kind: 'group', id, payloads: [payload] });
  }
  expect(counterOf(counters, 'spans')).toBe(spans);
  // The files as they are now are what a kill would leave.
  const killed = temporaryFolder();
  cpSync(dataDir, killed, { recursive: true });
  const { counters: again } = openWriter(killed, () => now);
  expect(counterOf(again, 'spans')).toBe(spans);
}

const [a, b, c] = testTrace(1, 3).map((span) => otlpPayload([span])) as [Payload, Payload, Payload];
const bad = segmentPayload('no document');

test('a trace that begins anew after it was too old stays', () => {
  check(
    [
      [0, a],
      [3.1, b],
      [3.2, c],
    ],
    1,
  );
});

test('a trace that begins anew stays also where it was retired with a commit of no payload', () => {
  check(
    [
      [0, a],
      [2.6, b],
      [3.3, bad],
      [3.4, c],
    ],
    1,
  );
});
