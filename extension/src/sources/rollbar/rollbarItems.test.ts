import { expect, test } from 'vitest';
import { rollbarInstanceIn, rollbarInstancesIn, rollbarItemsIn } from './rollbarItems.ts';

const item = {
  id: 275_123_456,
  counter: 7,
  title: 'TypeError: feed is undefined',
  level: 'error',
  status: 'active',
  environment: 'production',
  hash: 'c0ffee',
  total_occurrences: 12,
  unique_occurrences: null,
  first_occurrence_timestamp: 1_700_000_000,
  last_occurrence_timestamp: 1_700_000_060,
  last_resolved_timestamp: null,
};

/** A list of items as Rollbar answers it, as lines of what a person sees. */
function check(items: readonly unknown[], expected: readonly string[]): void {
  const lines = rollbarItemsIn({ page: 1, total_count: items.length, items }).items.map(({ id, group }) =>
    [id, group.counter, group.title, group.level, group.status, group.count, group.lastSeen, group.reactivated].join(
      ' · ',
    ),
  );
  expect(lines).toEqual(expected);
}

test('an item has its number, and the id that calls take', () => {
  check([item], ['275123456 · 7 · TypeError: feed is undefined · error · active · 12 · 1700000060000000000 · false']);
});

test('levels may be numbers, what is archived is over, and one that was resolved before happens again', () => {
  check(
    [
      { ...item, level: 50, status: 'archived' },
      { ...item, level: 10, last_resolved_timestamp: 1_700_000_030 },
    ],
    [
      '275123456 · 7 · TypeError: feed is undefined · critical · resolved · 12 · 1700000060000000000 · false',
      '275123456 · 7 · TypeError: feed is undefined · debug · active · 12 · 1700000060000000000 · true',
    ],
  );
});

test('what is no item is left out, and what an item lacks stands for nothing', () => {
  check([null, 'x', { id: 1 }, { id: 1, counter: 2 }], ['1 · 2 · Item 2 · error · resolved · 0 · 0 · false']);
  for (const result of [undefined, null, 7, [], { items: {} }]) {
    expect(rollbarItemsIn(result)).toEqual({ items: [], total: 0 });
    expect(rollbarInstancesIn(result, 1)).toEqual([]);
    expect(rollbarInstanceIn(result, 1)).toBeUndefined();
  }
});

test('an occurrence that no rule of today would take is shown by its raw text', () => {
  const data = { metadata: { debug: {} }, level: 'warning' };
  const occurrence = rollbarInstanceIn({ id: 9, timestamp: 1_700_000_000, data }, 7);
  expect(occurrence).toMatchObject({
    id: '9',
    counter: 7,
    item: { level: 'warning', title: 'Item', exceptions: [] },
    raw: { data },
  });
});
