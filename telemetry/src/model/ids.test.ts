import { expect, test } from 'vitest';
import { parseSpanId, parseTraceId, toXRayTraceId } from './ids.ts';

function check(text: string, expected: string): void {
  const id = parseTraceId(text);
  expect(id === undefined ? 'none' : `${id} ${toXRayTraceId(id)}`).toBe(expected);
}

test('the W3C and the X-Ray spelling are the same trace id', () => {
  const both = '4efaaf4d1e8720b39541901950019ee5 1-4efaaf4d-1e8720b39541901950019ee5';
  check('4efaaf4d1e8720b39541901950019ee5', both);
  check('1-4efaaf4d-1e8720b39541901950019ee5', both);
  check('1-4EFAAF4D-1E8720B39541901950019EE5', both);
});

test('zeros, wrong lengths and other versions are no trace id', () => {
  check('00000000000000000000000000000000', 'none');
  check('1-00000000-000000000000000000000000', 'none');
  check('4efaaf4d1e8720b39541901950019ee', 'none');
  check('2-4efaaf4d-1e8720b39541901950019ee5', 'none');
  check('', 'none');
});

test('a span id is 16 hex digits and not zero', () => {
  expect([parseSpanId('53995C3F42CD8AD8'), parseSpanId('0000000000000000'), parseSpanId('xyz')]).toEqual([
    '53995c3f42cd8ad8',
    undefined,
    undefined,
  ]);
});
