import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import { expect, test } from 'vitest';
import { filterKeyOf } from './keys.ts';
import { markWrong, statusTextOf } from './traceFilterText.ts';

const nothing = { filter: 'fault', history: [], found: 0, isMore: false, isSearching: false, hints: [] };

function check(status: Partial<typeof nothing>, expected: string): void {
  expect(statusTextOf({ ...nothing, ...status })).toBe(expected);
}

test('the status line says how many traces there are, and whether that is all', () => {
  check({ found: 1 }, '1 trace');
  check({ found: 1200, isMore: true }, '1,200 traces · more');
  check({ found: 3, isSearching: true, isMore: true }, 'Searching, 3 traces so far');
  check({}, 'No trace fulfils this filter');
  check({ isMore: true }, 'Nothing found so far · more');
  check({ filter: '', found: 12 }, '12 traces, no filter');
  check({ filter: '' }, '');
});

test('what is wrong is underlined, and behind the end a space', () => {
  expect(['fault', 'fault ) x', 'duration >'].map(marked)).toEqual(['fault~~', 'fault ~)~ x', 'duration >~__~']);
});

test('keys with modifiers are left alone, and so are those of an input method', () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false };
  const keys = [
    { ...plain, key: 'Enter' },
    { ...plain, key: 'Enter', isComposing: true },
    { ...plain, key: 'ArrowUp', shiftKey: true },
    { ...plain, key: ' ', ctrlKey: true },
    { ...plain, key: 'a' },
  ];
  expect(keys.map((key) => filterKeyOf(key) ?? '')).toEqual(['enter', '', '', 'suggest', '']);
});

function marked(text: string): string {
  const parsed = parseFilterExpression(text);
  return markWrong(text, parsed.ok ? undefined : parsed.error)
    .join('~')
    .replaceAll('\u00A0', '_');
}
