import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorItem } from '../../test/errorItem.ts';
import type { ErrorGroup, ErrorItem } from '../model/errorItem.ts';
import { epochNanos } from '../model/units.ts';
import { addOccurrence, muteGroup, reopenGroup, resolveGroup, startGroup } from './errorGroups.ts';

type Step = ErrorItem | ((group: ErrorGroup) => ErrorGroup);

/** A group after its first occurrence at second 10 and these steps, in one line. */
function check(steps: readonly Step[], expected: string): void {
  expect(render(after(steps))).toBe(expected);
}

function after(steps: readonly Step[]): ErrorGroup {
  return steps.reduce<ErrorGroup>(
    (group, step) => (typeof step === 'function' ? step(group) : addOccurrence(group, step)),
    startGroup(errorItem({ at: 10 }), 1),
  );
}

function render(group: ErrorGroup): string {
  return [
    `${group.status} ${group.count}x ${seconds(group.firstSeen)}-${seconds(group.lastSeen)}`,
    ...(group.reactivatedAt === undefined ? [] : [`again at ${seconds(group.reactivatedAt)}`]),
    ...(group.resolvedAt === undefined ? [] : [`resolved at ${seconds(group.resolvedAt)}`]),
    ...(group.resolvedInVersion === undefined ? [] : [`in ${group.resolvedInVersion}`]),
    `last ${group.last.uuid}`,
  ].join(', ');
}

function seconds(time: bigint): string {
  return String(Number(time) / 1e9);
}

function resolveAt(second: number, inVersion?: string): Step {
  return (group) => resolveGroup(group, epochNanos(BigInt(Math.round(second * 1e9))), inVersion);
}

test('an error that nobody saw before is active', () => {
  check([], 'active 1x 10-10, last u10');
});

test('an occurrence that arrives late is counted in its place', () => {
  check([errorItem({ at: 30 }), errorItem({ at: 20 })], 'active 3x 10-30, last u30');
  check([errorItem({ at: 5 })], 'active 2x 5-10, last u10');
});

test('a resolved error is active again when it happens again', () => {
  check([resolveAt(20, '1.4')], 'resolved 1x 10-10, resolved at 20, in 1.4, last u10');
  check([resolveAt(20), errorItem({ at: 30 })], 'active 2x 10-30, again at 30, last u30');
  check([resolveAt(20), errorItem({ at: 30 }), resolveAt(40)], 'resolved 2x 10-30, resolved at 40, last u30');
});

test('what happened before it was resolved leaves it resolved, the very second counts as after', () => {
  check([resolveAt(20), errorItem({ at: 19 })], 'resolved 2x 10-19, resolved at 20, last u19');
  check([resolveAt(20.7), errorItem({ at: 20 })], 'active 2x 10-20, again at 20, last u20');
});

test('a muted error counts on and stays muted', () => {
  check([muteGroup, errorItem({ at: 30 })], 'muted 2x 10-30, last u30');
});

test('a person opens a resolved or muted error again', () => {
  check([resolveAt(20), reopenGroup], 'active 1x 10-10, last u10');
  check([muteGroup, reopenGroup], 'active 1x 10-10, last u10');
});

test('the title is the first one until the error is active again, the level is always the first one', () => {
  const other = { title: 'other words', level: 'critical' } as const;
  const titles = [[errorItem({ at: 30, ...other })], [resolveAt(20), errorItem({ at: 30, ...other })]].map((steps) => {
    const { title, level } = after(steps);
    return `${level} ${title}`;
  });
  expect(titles).toEqual(['error TypeError: no handle', 'error other words']);
});

test('persons and environments are named once', () => {
  const { persons, environments } = after([
    errorItem({ at: 11, person: { id: '1', username: 'reader' }, environment: 'prod' }),
    errorItem({ at: 12, person: { id: '1', username: 'reader' } }),
    errorItem({ at: 13, person: { id: '2', email: 'writer@example.com' } }),
    errorItem({ at: 14, person: { id: '3' } }),
  ]);
  expect([persons, environments]).toEqual([
    ['reader', 'writer@example.com', '3'],
    ['dev', 'prod'],
  ]);
});

test('whatever the order of its occurrences, a group has the same times and count', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1 }), (times) => {
      const items = times.map((at) => errorItem({ at }));
      const { count, firstSeen, lastSeen, last } = after(items);
      const { count: sortedCount, ...sorted } = after(items.toSorted((a, b) => Number(a.time - b.time)));
      expect([count, firstSeen, lastSeen, last.time]).toEqual([
        sortedCount,
        sorted.firstSeen,
        sorted.lastSeen,
        sorted.last.time,
      ]);
    }),
  );
});
