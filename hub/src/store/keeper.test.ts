import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { Keeper } from './keeper.ts';
import { databaseFile, openForWriting } from './schema.ts';

/** Commits until a checkpoint has come out as `expected` says. */
async function check(keeper: Keeper, outcomes: readonly string[], expected: RegExp): Promise<void> {
  await vi.waitFor(
    () => {
      keeper.noteCommit();
      expect(outcomes.at(-1)).toMatch(expected);
    },
    { timeout: 20_000 },
  );
}

function openKeeper(dataDir: string): { keeper: Keeper; outcomes: string[] } {
  const outcomes: string[] = [];
  const onCheckpoint = (trouble: string | undefined): void => void outcomes.push(trouble ?? 'made');
  const keeper = new Keeper(dataDir, { onSealed: () => undefined, onCheckpoint, onLongLog: () => undefined }, 0);
  onTestFinished(() => keeper.close());
  return { keeper, outcomes };
}

test('a checkpoint that fails is told, and tried again with what comes next', async () => {
  const dataDir = temporaryFolder();
  const file = join(dataDir, databaseFile);
  writeFileSync(file, 'this is no database, and it is long enough to be read as one'.repeat(200));
  const { keeper, outcomes } = openKeeper(dataDir);
  await check(keeper, outcomes, /^file is not a database$/);
  writeFileSync(file, '');
  await check(keeper, outcomes, /^made$/);
});

test('a thread that has died is told, and started again', async () => {
  const dataDir = join(temporaryFolder(), 'later');
  const { keeper, outcomes } = openKeeper(dataDir);
  await check(keeper, outcomes, /^unable to open database file$/);
  mkdirSync(dataDir);
  openForWriting(dataDir).close();
  await check(keeper, outcomes, /^made$/);
});

test('closing after the thread has died ends', async () => {
  const { keeper, outcomes } = openKeeper(join(temporaryFolder(), 'nowhere'));
  await check(keeper, outcomes, /^unable to open database file$/);
  await keeper.close();
});
