import { expect, test } from 'vitest';
import { countOf, isSelected, selectTo, startOf, type Selection } from './selection.ts';

/** Compares a selection as the rows that are in it and the one that the keyboard is at. */
function check(selection: Selection | undefined, expected: string): void {
  expect(
    selection === undefined ? 'none' : `${startOf(selection)} +${countOf(selection)} at ${selection.current}`,
  ).toBe(expected);
}

test('a row alone, then a run in either direction', () => {
  const one = selectTo(undefined, 5, { rows: 10, extends: false });
  check(one, '5 +1 at 5');
  check(selectTo(one, 7, { rows: 10, extends: true }), '5 +3 at 7');
  check(selectTo(one, 2, { rows: 10, extends: true }), '2 +4 at 2');
  check(selectTo(one, 2, { rows: 10, extends: false }), '2 +1 at 2');
});

test('it stays in the list, and an empty list has none', () => {
  check(selectTo(undefined, 99, { rows: 10, extends: false }), '9 +1 at 9');
  check(selectTo(undefined, -1, { rows: 10, extends: false }), '0 +1 at 0');
  check(selectTo(undefined, 0, { rows: 0, extends: false }), 'none');
});

test('a row is in it or not', () => {
  const selection = { anchor: 4, current: 2 };
  expect([1, 2, 4, 5].map((index) => isSelected(selection, index))).toEqual([false, true, true, false]);
});
