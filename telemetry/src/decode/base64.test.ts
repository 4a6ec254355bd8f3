import { expect, test } from 'vitest';
import { parseBase64, toBase64 } from './base64.ts';

function check(bytes: readonly number[], text: string): void {
  expect(toBase64(Uint8Array.from(bytes))).toBe(text);
  expect(parseBase64(text)).toEqual(Uint8Array.from(bytes));
}

test('bytes are padded base64, and come back', () => {
  check([], '');
  check([0x66], 'Zg==');
  check([0x66, 0x6f], 'Zm8=');
  check([0x66, 0x6f, 0x6f], 'Zm9v');
  check([0xfb, 0xff, 0xfe, 0x00], '+//+AA==');
});

test('the URL alphabet and missing padding are read too, and nothing else', () => {
  expect([parseBase64('-__-AA'), parseBase64('Zm9v!'), parseBase64('Zm 9v')]).toEqual([
    Uint8Array.of(0xfb, 0xff, 0xfe, 0x00),
    undefined,
    undefined,
  ]);
});
