import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { counterOf, makeCounters, type Counters } from './memory/counters.ts';
import { databaseFile, openForWriting } from './schema.ts';
import { StoreWriter } from './storeWriter.ts';
import type { Payload } from './telemetryStore.ts';
import { testTrace, traceIdOf } from './testing/testSpans.ts';
import { otlpPayload, segmentPayload } from './testing/testStore.ts';

const keptMillis = 3000;

interface OpenWriter {
  readonly writer: StoreWriter;
  readonly counters: Counters;
  readonly database: DatabaseSync;
}

/** The writer in this thread, with a clock of the test's own; closed when the test has ended. */
async function openWriter(dataDir: string, now: () => number): Promise<OpenWriter> {
  const opened = await startWriter(dataDir, now);
  onTestFinished(() => opened.writer.close());
  return opened;
}

async function startWriter(dataDir: string, now: () => number): Promise<OpenWriter> {
  const { port1, port2 } = new MessageChannel();
  const counters = makeCounters();
  const start = { dataDir, maxBytes: 1e9, maxAgeMillis: keptMillis, counters: counters.buffer, sharing: port1 };
  const database = openForWriting(dataDir);
  const writer = await StoreWriter.open(database, start, () => undefined, now);
  onTestFinished(() => port2.close());
  return { writer, counters, database };
}

type Act = (writer: StoreWriter, database: DatabaseSync) => void;

/** Commits each payload, or does something else, at its second; compares the spans that count with those that do after a `kill -9`. */
async function check(
  arrivals: readonly (readonly [second: number, what: Payload | Act])[],
  spans: number,
): Promise<void> {
  let now = Date.now();
  const dataDir = temporaryFolder();
  const { writer, counters, database } = await openWriter(dataDir, () => now);
  const startedAt = now;
  for (const [id, [second, what]] of arrivals.entries()) {
    now = startedAt + second * 1000;
    if (typeof what === 'function') {
      what(writer, database);
    } else {
      writer.handle({ kind: 'group', id, payloads: [what] });
    }
  }
  expect(counterOf(counters, 'spans')).toBe(spans);
  // The files as they are now are what a kill would leave.
  const killed = temporaryFolder();
  cpSync(dataDir, killed, { recursive: true });
  const { counters: again } = await openWriter(killed, () => now);
  expect(counterOf(again, 'spans')).toBe(spans);
}

function pin(number: number, pinned: boolean): Act {
  return (writer) => writer.handle({ kind: 'pin', id: 0, traceId: traceIdOf(number), pinned });
}

function sql(text: string): Act {
  return (_writer, database) => database.exec(text);
}

const [a, b, c] = testTrace(1, 3).map((span) => otlpPayload([span])) as [Payload, Payload, Payload];
const bad = segmentPayload('no document');

test('a trace that begins anew after it was too old stays', async () => {
  await check(
    [
      [0, a],
      [3.1, b],
      [3.2, c],
    ],
    1,
  );
});

test('a trace that begins anew stays also where it was retired with a commit of no payload', async () => {
  await check(
    [
      [0, a],
      [2.6, b],
      [3.3, bad],
      [3.4, c],
    ],
    1,
  );
});

test('a pin that could not be taken off still holds its trace', async () => {
  await check(
    [
      [0, a],
      [0, otlpPayload(testTrace(2, 1))],
      [0, pin(1, true)],
      [0, pin(2, true)],
      [3.1, otlpPayload(testTrace(3, 1))],
      [3.1, sql(`create trigger broken before delete on raw begin select raise(abort, 'broken'); end`)],
      [3.1, pin(1, false)],
      [3.1, sql('drop trigger broken')],
      [3.1, pin(2, false)],
    ],
    2,
  );
});

/** A writer whose first segment is full and about to be sealed: 68,000 spans. */
async function writerThatSeals(dataDir: string): Promise<OpenWriter & { readonly now: () => number }> {
  const startedAt = Date.now();
  const now = (): number => startedAt;
  const opened = await startWriter(dataDir, now);
  for (let number = 1; number <= 17; number += 1) {
    // Ids that no compression makes small: a seal of many slices.
    const spans = testTrace(number, 4_000).map((span) => ({ ...span, spanId: randomBytes(8).toString('hex') }));
    opened.writer.handle({ kind: 'group', id: number, payloads: [otlpPayload(spans)] });
  }
  return { ...opened, now };
}

/** From here on only the seals know what there is. */
function loseGroups(dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, databaseFile));
  database.exec(`update raw set body = x'00'`);
  database.close();
}

test('a store that is closed while seals wait to be written writes them and ends; the next start needs nothing else', async () => {
  const dataDir = temporaryFolder();
  const { writer, database, now } = await writerThatSeals(dataDir);
  // The other thread seals the first segment; of its slices two have been written then.
  const slices = database.prepare('select count(*) as written from seg');
  while (slices.get()?.['written'] === 0) {
    await turn();
  }
  await writer.close();
  let tried = 0;
  database.exec = () => {
    tried += 1;
  };
  await turn();
  await turn();
  expect(tried).toBe(0);
  loseGroups(dataDir);
  const { counters } = await openWriter(dataDir, now);
  expect(counterOf(counters, 'spans')).toBe(68_000);
});

test('seals that a full disk does not take are tried now and then, not with every turn, and written once there is room', async () => {
  const { writer, database } = await writerThatSeals(temporaryFolder());
  onTestFinished(() => writer.close());
  const exec = database.exec.bind(database);
  const tries: string[] = [];
  database.exec = (statement) => {
    tries.push(statement);
    throw new Error('database or disk is full');
  };
  while (tries.length === 0) {
    await turn();
  }
  for (let count = 0; count < 1000; count += 1) {
    await turn();
  }
  expect(tries.length).toBeLessThan(50);
  database.exec = exec;
  const whole = database.prepare('select count(*) as written, max(parts) as parts from seg');
  for (let found = whole.get(); found?.['written'] !== found?.['parts']; found = whole.get()) {
    await turn();
  }
});
