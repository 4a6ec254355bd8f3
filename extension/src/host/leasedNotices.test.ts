import { expect, test } from 'vitest';
import { testGroup } from './errorsTestSource.ts';
import { LeasedNotices } from './leasedNotices.ts';

/** One window of a hub: who holds what is shared, in the order in which the hub is asked. */
function windowOf(leases: Map<string, string>, name: string, isFocused: boolean): LeasedNotices {
  return new LeasedNotices({
    claim: (lease) => {
      const holder = leases.get(lease) ?? name;
      leases.set(lease, holder);
      return Promise.resolve({ held: holder === name });
    },
    isFocused: () => isFocused,
    sleep: () => new Promise((resolve) => void setImmediate(resolve)),
  });
}

/** Both windows hear of the same groups, the one that nobody looks at first; compares what each of them tells. */
async function check(
  counters: readonly number[],
  expected: readonly [unseen: number[], seen: number[]],
): Promise<void> {
  const leases = new Map<string, string>();
  const groups = counters.map((counter) => testGroup(counter));
  const told = await Promise.all([
    windowOf(leases, 'unseen', false).claim(groups),
    windowOf(leases, 'seen', true).claim(groups),
  ]);
  expect(told.map((window) => window.map(({ counter }) => counter))).toEqual(expected);
}

test('the window that a person looks at tells of new errors, and the other one does not', async () => {
  await check([2, 3], [[], [2, 3]]);
});

test('an error that happens again is another one than the new one', async () => {
  const leases = new Map<string, string>();
  const [first, second] = [windowOf(leases, 'first', true), windowOf(leases, 'second', true)];
  expect((await first.claim([testGroup(2)])).length).toBe(1);
  expect((await second.claim([testGroup(2)])).length).toBe(0);
  expect((await second.claim([testGroup(2, { reactivated: true })])).length).toBe(1);
});

test('without a hub to decide, each window tells', async () => {
  const window = new LeasedNotices({
    claim: () => Promise.reject(new Error('no such route')),
    isFocused: () => true,
    sleep: () => Promise.resolve(),
  });
  expect((await window.claim([testGroup(2)])).length).toBe(1);
});
