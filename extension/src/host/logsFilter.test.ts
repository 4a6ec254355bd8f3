import { expect, test } from 'vitest';
import { filterPatternTroubleOf } from './logsFilter.ts';

function check(text: string, trouble: string | undefined): void {
  expect(filterPatternTroubleOf(text)).toBe(trouble);
}

test('terms, selectors and the empty pattern are fine', () => {
  check('ERROR -health', undefined);
  check('{ $.status >= 500 }', undefined);
  check('', undefined);
});

test('what is wrong is told with its column, spaces before it counted', () => {
  check('{ $.status', "Column 1: If a filter pattern starts with '{' it must end with '}'.");
  check('  { $.status', "Column 3: If a filter pattern starts with '{' it must end with '}'.");
});
