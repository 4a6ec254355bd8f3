import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha1 } from './sha1.ts';

function check(text: string): void {
  expect(sha1(text)).toBe(createHash('sha1').update(text, 'utf8').digest('hex'));
}

test('every length around the ends of a block, and any text, has the digest that OpenSSL gives', () => {
  for (let length = 0; length < 130; length++) {
    check('a'.repeat(length));
  }
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), check));
});

test('half a surrogate pair counts as U+FFFD', () => {
  check('a\ud800b');
});
