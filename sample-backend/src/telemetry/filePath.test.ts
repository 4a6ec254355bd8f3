import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { filePathOf } from './filePath.ts';

function check(address: string, expected: string): void {
  expect(filePathOf(address)).toBe(expected);
}

test('an address becomes a path, with its blanks', () => {
  const file = path.resolve('/my app/main.ts');
  check(pathToFileURL(file).href, file);
});

test.each(['node:internal/timers', '/app/main.js', 'file:///a%2Fb.ts', 'file://[', ''])(
  '%j stays as it is',
  (address) => {
    check(address, address);
  },
);
