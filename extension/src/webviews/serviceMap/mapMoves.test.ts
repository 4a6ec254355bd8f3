import { expect, test } from 'vitest';
import { mapActionOf } from './mapMoves.ts';

/** Compares what keys such as `Shift+ArrowLeft` do. */
function check(keys: Readonly<Record<string, string>>): void {
  const done = Object.keys(keys).map((combination) => {
    const parts = combination.split(/\+(?=.)/);
    const has = (name: string): boolean => parts.slice(0, -1).includes(name);
    const key = parts.at(-1) ?? '';
    const action = mapActionOf({
      key,
      shiftKey: has('Shift'),
      ctrlKey: has('Ctrl'),
      metaKey: has('Meta'),
      altKey: has('Alt'),
    });
    return [combination, action === undefined ? 'nothing' : Object.values(action).join(' ')];
  });
  expect(Object.fromEntries(done)).toEqual(keys);
}

test('arrows follow calls and go through the services, other keys open and look around', () => {
  check({
    ArrowRight: 'move callee',
    ArrowLeft: 'move caller',
    ArrowDown: 'move next',
    ArrowUp: 'move previous',
    Home: 'move first',
    End: 'move last',
    Enter: 'open',
    Escape: 'close',
    '0': 'fit',
    '-': 'zoom -1',
    '=': 'zoom 1',
    'Shift+ArrowDown': 'pan 0 1',
    p: 'find p',
    'Shift+P': 'find P',
    ü: 'find ü',
  });
});

test('what belongs to the editor is left to it', () => {
  check({
    Tab: 'nothing',
    F1: 'nothing',
    'Ctrl+p': 'nothing',
    'Meta+ArrowLeft': 'nothing',
    'Alt+ArrowLeft': 'nothing',
  });
});
