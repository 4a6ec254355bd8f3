import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorItem, frame, messageItem } from '../../test/errorItem.ts';
import { decodeRollbarItem } from '../decode/rollbarItem.ts';
import type { ErrorGroup } from '../model/errorItem.ts';
import { epochNanos } from '../model/units.ts';
import { addOccurrence, resolveGroup, startGroup } from './errorGroups.ts';
import { renderGroup } from './renderError.ts';

/** The group as text, an hour after the epoch. */
function check(group: ErrorGroup, expected: string, counts?: readonly number[]): void {
  expect(renderGroup(group, epochNanos(3_600_000_000_000n), counts)).toBe(expected);
}

test('a message is its head alone', () => {
  check(startGroup(messageItem('Hello World'), 4), '#4 info: Hello World\nactive · 1 time · 1 h ago\ndev');
});

test('a group says how often, when, where and who, and how its own code got there', () => {
  const stack = [
    { ...frame('emit', 'node:events', 514), column: 28, code: 'not shown' },
    { ...frame('show', '/app/a.js', 7), column: 3, code: '  fail();' },
    frame('next', '/app/node_modules/express/router.js', 9),
    { path: '/app/b.js', line: 2 },
  ];
  const first = errorItem({
    exceptions: [
      { type: 'TypeError', message: 'no handle', description: 'while saving', stack },
      { type: 'KeyError', stack: [] },
    ],
    codeVersion: '1.4.2',
    context: '/api/activities/:id',
    request: { method: 'GET', url: 'http://localhost/api/activities/17', headers: {}, other: {} },
    environment: 'prod',
  });
  const group = ['a', 'b', 'c', 'd', 'e'].reduce(
    (grown, username, index) => addOccurrence(grown, { ...first, ...errorItemAt(index), person: { username } }),
    startGroup(first, 12),
  );
  check(
    resolveGroup(group, epochNanos(1n)),
    `#12 error: TypeError: no handle
resolved · 6 times · last 59 min ago, first 1 h ago · █▁▃
prod, dev · 1.4.2 · e, a, b and 2 more · /api/activities/:id
GET http://localhost/api/activities/17

TypeError: no handle
  while saving
  › show /app/a.js:7:3
      fail();
  › /app/b.js:2
    emit node:events:514:28
    next /app/node_modules/express/router.js:9

caused by KeyError`,
    [5, 0, 1],
  );
});

test('an error that came back says so', () => {
  const group = resolveGroup(startGroup(errorItem(), 1), epochNanos(1n));
  const [, status] = renderGroup(addOccurrence(group, errorItem({ at: 60 })), epochNanos(60_000_000_000n)).split('\n');
  expect(status).toBe('active again · 2 times · last now, first 1 min ago');
});

test('frames and texts beyond what a person reads are cut', () => {
  const stack = Array.from({ length: 60 }, (_item, at) => frame(`f${at}`, '/app/a.js'));
  const [own = frame('f', 'a.js'), ...rest] = stack;
  const long = 'x'.repeat(1 << 20);
  const text = renderGroup(
    startGroup(errorItem({ exceptions: [{ type: 'E', message: long, stack: [{ ...own, code: long }, ...rest] }] }), 1),
    epochNanos(0n),
  );
  expect(text.length).toBeLessThan(5000);
  expect(text.split('\n').at(-1)).toBe('    and 10 frames more');
});

test.each(['node-rollbar-error', 'python-rollbar-error', 'node-rollbar-cyclic'])(
  '%s, as its SDK sent it, reads well',
  async (name) => {
    const body = readFileSync(new URL(`../../test/fixtures/${name}.json`, import.meta.url), 'utf8');
    const [item = errorItem()] = decodeRollbarItem(body, { time: epochNanos(0n), uuid: 'u' }).records;
    const now = epochNanos(item.time + 90_000_000_000n);
    await expect(`${renderGroup(startGroup(item, 1), now)}\n`).toMatchFileSnapshot(
      `../../test/fixtures/${name}.group.golden`,
    );
  },
);

function errorItemAt(index: number) {
  const { time, uuid, environment } = errorItem({ at: (index + 1) * 10 });
  return { time, uuid, environment };
}
