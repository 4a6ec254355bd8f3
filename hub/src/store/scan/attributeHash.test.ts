import { assert, double, property } from 'fast-check';
import { expect, test } from 'vitest';
import { valueType } from '../memory/segment.ts';
import { oddWord, typeOfNumber, wordOfNumber } from './attributeHash.ts';

test('the words of numbers are in the order of the numbers, and tell apart all that single precision does', () => {
  assert(
    property(double({ noNaN: true }), double({ noNaN: true }), (a, b) => {
      const order = Math.sign(wordOfNumber(a) - wordOfNumber(b));
      expect(order === 0 || order === Math.sign(a - b)).toBe(true);
      const areHeld = [a, b].every((value) => typeOfNumber(value) === valueType.number);
      expect(order !== 0 || a === b || !areHeld).toBe(true);
    }),
  );
});

test('minus zero is zero, and no number has the word of what is none', () => {
  expect(wordOfNumber(-0)).toBe(wordOfNumber(0));
  for (const value of [Number.POSITIVE_INFINITY, Number.MAX_VALUE, 3.4e38]) {
    expect(Object.values(oddWord)).not.toContain(wordOfNumber(value));
  }
  expect(typeOfNumber(Number.NaN)).toBe(valueType.odd);
});
