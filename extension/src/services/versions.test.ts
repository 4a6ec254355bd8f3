import { expect, test } from 'vitest';
import { isNewerVersion } from './versions.ts';

function check(own: string, other: string, expected: boolean): void {
  expect(isNewerVersion(own, other)).toBe(expected);
}

test('versions are compared number by number', () => {
  check('0.2.0', '0.1.9', true);
  check('0.10.0', '0.9.0', true);
  check('0.9.0', '0.10.0', false);
  check('1.0.0', '1.0.0', false);
  check('1.0', '1.0.0', false);
  check('1.0.1-beta', '1.0.0', true);
});

test('what is no version is the oldest', () => {
  check('0.1.0', '', true);
  check('', '0.1.0', false);
});
