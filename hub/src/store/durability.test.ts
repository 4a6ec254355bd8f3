import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { traceIdOf } from './testing/testSpans.ts';
import { openTestStore } from './testing/testStore.ts';

const program = fileURLToPath(new URL('testing/appendUntilKilled.ts', import.meta.url));
const spansInBatch = 20;

/** Runs the program until it has had `batches` acknowledged, kills it at once, and answers the numbers of all that were. */
async function appendAndKill(dataDir: string, first: number, batches: number): Promise<number[]> {
  const child = spawn(process.execPath, [program, dataDir, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line));
    if (acknowledged.length === batches) {
      child.kill('SIGKILL');
    }
  }
  await ended;
  return acknowledged;
}

test('every acknowledged span is there, once, after kill -9 under load, and after the next', async () => {
  const dataDir = temporaryFolder();
  const acknowledged: number[] = [];
  for (const batches of [300, 150, 1]) {
    acknowledged.push(...(await appendAndKill(dataDir, acknowledged.length + 1000 * batches, batches)));
  }
  const { store } = await openTestStore({ dataDir });
  const { traces } = await store.listTraces({ limit: 100_000 });
  const counts = new Map(traces.map(({ id, spanCount }) => [id, spanCount]));
  const lost = acknowledged.filter((number) => counts.get(traceIdOf(number)) !== spansInBatch);
  expect(lost).toEqual([]);
  expect(store.stats()).toMatchObject({ spans: traces.length * spansInBatch, duplicates: 0, problems: 0 });
  const some = acknowledged.at(-2) ?? 0;
  expect((await store.loadTrace(traceIdOf(some)))?.spans).toHaveLength(spansInBatch);
});
