import { expect, test } from 'vitest';
import { keyActionOf } from './keys.ts';

/** Compares what a key does, as text; modifiers stand before it. */
function check(pressed: string, expected: string): void {
  const parts = pressed.split('+');
  const key = parts.at(-1) ?? '';
  const has = (modifier: string): boolean => parts.slice(0, -1).includes(modifier);
  const action = keyActionOf({ key, shiftKey: has('Shift'), ctrlKey: has('Ctrl'), metaKey: has('Meta') });
  expect(action === undefined ? 'nothing' : Object.values(action).join(' ')).toBe(expected);
}

test('arrows and pages move the selection, with Shift they extend it', () => {
  check('ArrowDown', 'move 1 false');
  check('Shift+ArrowUp', 'move -1 true');
  check('Shift+PageDown', 'page 1 true');
  check('Home', 'moveTo newest false');
});

test('a row opens, closes, is copied and leads to its trace by the keyboard', () => {
  check('ArrowRight', 'expand');
  check('ArrowLeft', 'collapse');
  check('Enter', 'toggle');
  check('Ctrl+c', 'copy');
  check('Meta+c', 'copy');
  check('Ctrl+Enter', 'openTrace');
});

test('keys that are not for the table stay the editor’s', () => {
  check('Ctrl+p', 'nothing');
  check('F1', 'nothing');
  check('Tab', 'nothing');
});
