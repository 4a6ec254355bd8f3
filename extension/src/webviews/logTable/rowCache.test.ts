import { expect, test } from 'vitest';
import type { LogTableRow, LogTableRows, RowCount } from '../../contracts/logTable.ts';
import { RowCache } from './rowCache.ts';

/** Compares what was asked for, as `start+count`, each with a mark where it was given up. */
function check(asked: readonly Asked[], expected: readonly string[]): void {
  expect(asked.map(({ start, count, signal }) => `${start}+${count}${signal.aborted ? ' given up' : ''}`)).toEqual(
    expected,
  );
}

test('rows that came with the view are not asked for', () => {
  const { cache, asked } = list(1_000_000);
  cache.need(0, 50);
  check(asked, []);
  expect(cache.rowAt(42)?.message).toBe('row 42');
});

test('rows that are not here are asked for once, with some more behind them', async () => {
  const { cache, asked, answer } = list(1_000_000);
  cache.need(500_010, 50);
  cache.need(500_020, 50);
  check(asked, ['500000+200']);
  await answer();
  expect([cache.rowAt(500_042)?.message, cache.rowAt(400_000)]).toEqual(['row 500042', undefined]);
});

test('a question for rows that were scrolled past is given up', async () => {
  const { cache, asked, answer } = list(1_000_000);
  cache.need(500_000, 50);
  cache.need(900_000, 50);
  check(asked, ['500000+200 given up', '900000+200']);
  await answer();
  expect(cache.rowAt(900_001)?.message).toBe('row 900001');
});

test('however far somebody scrolls, only so many rows are kept', async () => {
  const { cache, answer } = list(1_000_000);
  for (let index = 0; index < 100_000; index += 100) {
    cache.need(index, 50);
    await answer();
  }
  expect([...cache.known()].length).toBeLessThanOrEqual(6000);
});

test('where fewer rows come than there should be, the list ends there', async () => {
  const { cache, asked, answer } = list(1_000_000, { kept: 700 });
  cache.need(650, 50);
  await answer();
  expect(cache.count).toEqual({ rows: 700, isExact: true });
  cache.need(650, 50);
  check(asked, ['600+200']);
});

test('a failure is told, and the next look asks again', async () => {
  const { cache, asked, fail, troubles } = list(1_000_000);
  cache.need(5000, 50);
  await fail(new Error('The hub does not answer.'));
  expect(troubles).toEqual(['Error: The hub does not answer.']);
  cache.need(5000, 50);
  check(asked, ['5000+200', '5000+200']);
});

test('where the end is not known, looking at it asks for what is behind it', async () => {
  const { cache, asked, answer } = list(200, { isExact: false });
  expect(cache.length).toBe(201);
  cache.need(150, 50);
  check(asked, []);
  cache.need(190, 11);
  check(asked, ['200+200']);
  await answer();
});

interface Asked {
  readonly start: number;
  readonly count: number;
  readonly signal: AbortSignal;
}

function list(rows: number, { kept = rows, isExact = true }: { kept?: number; isExact?: boolean } = {}) {
  const asked: Asked[] = [];
  const troubles: string[] = [];
  const count: RowCount = { rows, isExact };
  let settle: PromiseWithResolvers<LogTableRows> | undefined;
  const cache = new RowCache(
    async (start, wanted, signal) => {
      asked.push({ start, count: wanted, signal });
      settle = Promise.withResolvers();
      return await settle.promise;
    },
    () => undefined,
    (error) => troubles.push(String(error)),
  );
  cache.restart({ view: 1, count, rows: rowsFrom(0, 200), passed: 0 });
  const settled = async (): Promise<void> => {
    await settle?.promise.catch(() => undefined);
    await Promise.resolve();
  };
  const answer = async (): Promise<void> => {
    const { start, count: wanted } = asked.at(-1) ?? { start: 0, count: 0 };
    settle?.resolve({ view: 1, start, count, rows: rowsFrom(start, Math.max(0, Math.min(wanted, kept - start))) });
    await settled();
  };
  const fail = async (error: Error): Promise<void> => {
    settle?.reject(error);
    await settled();
  };
  return { cache, asked, troubles, answer, fail };
}

function rowsFrom(start: number, count: number): readonly LogTableRow[] {
  return Array.from({ length: count }, (_item, index) => ({
    id: String(start + index),
    stream: 'web',
    time: '0',
    level: 'info',
    message: `row ${start + index}`,
  }));
}
