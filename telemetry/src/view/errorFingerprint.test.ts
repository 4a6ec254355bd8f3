import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorItem, frame, messageItem } from '../../test/errorItem.ts';
import { decodeRollbarItem } from '../decode/rollbarItem.ts';
import type { ErrorException, ErrorItem } from '../model/errorItem.ts';
import { epochNanos } from '../model/units.ts';
import { fingerprintOf, messagePattern } from './errorFingerprint.ts';
import { sha1 } from './sha1.ts';

function check(one: ErrorItem, other: ErrorItem, expected: 'the same error' | 'another error'): void {
  expect(fingerprintOf(one) === fingerprintOf(other) ? 'the same error' : 'another error').toBe(expected);
}

function thrown(type: string, ...stack: ErrorException['stack']): ErrorException {
  return { type, stack };
}

function throwing(...exceptions: readonly ErrorException[]): ErrorItem {
  return errorItem({ exceptions });
}

function given(fingerprint: string): string {
  return fingerprintOf(errorItem({ fingerprint }));
}

function withoutStack(message: string): ErrorItem {
  return throwing({ type: 'E', message, stack: [] });
}

function inFolder(root: string): ErrorItem {
  return errorItem({ exceptions: [thrown('E', frame('show', `${root}/src/a.js`))], server: { root, other: {} } });
}

function bundled(path: string): ErrorItem {
  return throwing(thrown('E', frame('show', path)));
}

const show = frame('show', '/app/a.js');
const load = frame('load', '/app/b.js');

test('the sender’s fingerprint is taken as it is up to 40 characters, and as its SHA-1 beyond', () => {
  expect(given('f'.repeat(40))).toBe('f'.repeat(40));
  expect(given('🐢'.repeat(40))).toBe('🐢'.repeat(40));
  expect(given('f'.repeat(41))).toBe(sha1('f'.repeat(41)));
});

test('two requests that fail alike are the same error, whoever asked and whatever it said', () => {
  check(
    errorItem({ at: 1, title: 'no activity 17', person: { id: '1' }, request: { headers: {}, other: {}, url: '/a' } }),
    errorItem({ at: 2, title: 'no activity 18', level: 'critical', environment: 'prod', codeVersion: '2' }),
    'the same error',
  );
});

test('line numbers and columns do not count', () => {
  check(
    throwing(thrown('E', { ...show, line: 7, column: 2 })),
    throwing(thrown('E', { ...show, line: 9 })),
    'the same error',
  );
});

test('another class, file, method or cause is another error', () => {
  const error = throwing(thrown('E', show));
  check(error, throwing(thrown('F', show)), 'another error');
  check(error, throwing(thrown('E', { ...show, path: '/app/b.js' })), 'another error');
  check(error, throwing(thrown('E', { ...show, label: 'hide' })), 'another error');
  check(error, throwing(thrown('E', show), thrown('F', load)), 'another error');
});

test('the way to it through the app counts, that through libraries and the runtime does not', () => {
  const library = frame('next', '/app/node_modules/express/router.js');
  check(throwing(thrown('E', show, load)), throwing(thrown('E', show)), 'another error');
  check(throwing(thrown('E', show, library, load)), throwing(thrown('E', show, load)), 'the same error');
  check(throwing(thrown('E', frame('emit', 'node:events'), show)), throwing(thrown('E', show)), 'the same error');
});

test('an error with no frame of the app is told by those that it has', () => {
  const emit = frame('emit', 'node:events');
  check(throwing(thrown('E', emit)), throwing(thrown('E', frame('read', 'node:net'))), 'another error');
});

test('an error without a stack is told by its message', () => {
  check(withoutStack('no cart 1'), withoutStack('no cart 2'), 'the same error');
  check(withoutStack('no cart 1'), withoutStack('no user 1'), 'another error');
});

test('however deep a recursion went, it is the same error', () => {
  check(throwing(thrown('E', show, show, show, load)), throwing(thrown('E', show, load)), 'the same error');
});

test('another checkout of the app or build of a bundle has the same errors', () => {
  check(inFolder('/srv/app'), inFolder('/home/me/app'), 'the same error');
  check(bundled('https://a/main-3f2a1b9c.js?v=1'), bundled('https://a/main-77aa00bb.js?v=2'), 'the same error');
});

test.each([
  ['user 42 has 3.5 carts', 'user # has # carts'],
  ['no row 9f3c2a1e-0b7d-4c55-8a3e-5d1f0e2b6c7a', 'no row #'],
  ['at 0xDEADBEEF in 1e+21 steps', 'at # in # steps'],
  ['12345678.5 s and 12345678 s', '# s and # s'],
  ['commit 3da541559918a808c2402bba5012f6c60b27661c', 'commit #'],
  ['2026-11-23T10:00:00.123Z', '#T#:#:#Z'],
  ['a facade decade', 'a facade decade'],
])('the pattern of "%s" is "%s"', (message, expected) => {
  expect(messagePattern(message).replaceAll(/#+/g, '#')).toBe(expected);
});

test('messages are the same but for their numbers, ids and level', () => {
  check(messageItem('user 1 left'), messageItem('user 22 left'), 'the same error');
  check(messageItem('user 1 left'), messageItem('user 1 came'), 'another error');
  check(messageItem('TypeError'), throwing(thrown('TypeError')), 'another error');
});

test('a line more in a file never makes another error, another class always does', () => {
  const error = decoded('node-rollbar-error');
  const inner = decoded('python-rollbar-error');
  fc.assert(
    fc.property(fc.constantFrom(error, inner), fc.nat(100), fc.string({ minLength: 1 }), (item, lines, suffix) => {
      const moved = item.exceptions.map((exception) => ({
        ...exception,
        message: `${exception.message}${suffix}`,
        stack: exception.stack.map((sent) => ({ ...sent, line: (sent.line ?? 0) + lines, column: lines })),
      }));
      check(item, { ...item, exceptions: moved }, 'the same error');
      const [first, ...rest] = item.exceptions.map((exception) => ({ ...exception, type: exception.type + suffix }));
      check(item, { ...item, exceptions: first === undefined ? [] : [first, ...rest] }, 'another error');
    }),
  );
});

test('whatever the number, uuid or hash in a message, it is the same error', () => {
  const hash = fc.stringMatching(/^[0-9a-f]{7,40}[0-9]$/);
  const variable = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(), fc.uuid(), hash);
  fc.assert(
    fc.property(variable, variable, (one, other) => {
      check(messageItem(`order ${one} is lost`), messageItem(`order ${other} is lost`), 'the same error');
    }),
  );
});

test('texts of a megabyte take no long time', () => {
  const long = '?'.repeat(1 << 20);
  const names = [`${long}\n`, 'a-'.repeat(1 << 19), '.00000000'.repeat(1 << 17), `/lib/python3${'.'.repeat(1 << 20)}`];
  const start = performance.now();
  for (const name of names) {
    fingerprintOf(throwing(thrown(name, frame(name, name))));
    fingerprintOf(messageItem(name));
  }
  expect(performance.now() - start).toBeLessThan(10_000);
});

function decoded(name: string): ErrorItem {
  const body = readFileSync(new URL(`../../test/fixtures/${name}.json`, import.meta.url), 'utf8');
  const [item] = decodeRollbarItem(body, { time: epochNanos(0n), uuid: 'u' }).records;
  return item ?? errorItem();
}
