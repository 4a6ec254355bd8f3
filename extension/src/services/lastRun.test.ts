import { expect, test } from 'vitest';
import { parseLastRun, toRestore } from './lastRun.ts';

const services = [
  { id: 'database', pid: 10 },
  { id: 'backend', pid: 11 },
] as const;

function check(endedAt: number | undefined, alive: readonly number[], expected: string): void {
  const last = endedAt === undefined ? { services } : { services, endedAt };
  const restored = toRestore(last, 100_000, (_, pid) => alive.includes(pid));
  expect(restored.map(({ id }) => id).join(' ')).toBe(expected);
}

test('what ran before a reload runs after it', () => {
  check(95_000, [], 'database backend');
});

test('what ran in a window that was closed longer ago is not started', () => {
  check(30_000, [], '');
});

test('after a crash only what outlived it is taken up', () => {
  check(undefined, [11], 'backend');
  check(undefined, [], '');
});

test('a file that is missing or damaged names nothing', () => {
  expect([undefined, '', '{', 'null', '{"services":1}'].map(parseLastRun)).toEqual(
    Array.from({ length: 5 }, () => ({ services: [] })),
  );
});
