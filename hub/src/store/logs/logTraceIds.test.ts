import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexTraceIds, traceNumber } from './logTraceIds.ts';

const id = '5f84c7a5c0ffee00c0ffee00deadbeef';

function check(line: string, ...expected: string[]): void {
  const numbers = new Set<number>();
  // With other lines before and behind it, as in a chunk.
  const bytes = Buffer.from(`abc${line}def`);
  indexTraceIds(bytes, 3, bytes.length - 3, numbers);
  expect([...numbers].map((number) => number.toString(16))).toEqual(expected);
}

test('a line is found by the trace ids in it, in both spellings', () => {
  check(`{"traceId":"${id}"}`, 'deadbeef');
  check(id, 'deadbeef');
  check(`${id.toUpperCase()} began`, 'deadbeef');
  check(`root=1-${id.slice(0, 8)}-${id.slice(8)};sampled=1`, 'deadbeef');
  check(`one ${id} and ${id.replace('dead', 'cafe')}`, 'deadbeef', 'cafebeef');
  check(`00-${id}-00f067aa0ba902b7-01`, 'deadbeef');
});

test('what is too short, or the last part of no id, is none', () => {
  check('deadbeef');
  check(id.slice(1));
  check(id.slice(8));
  check(`2-${id.slice(0, 8)}-${id.slice(8)}`);
  check('');
});

test('every id that the patterns of a line could mean is found, wherever it lies', () => {
  const filling = fc.stringMatching(/^[ag1 :-]{0,40}$/);
  const candidates = /(?:1-[0-9a-f]{8}-[0-9a-f]{24}|[0-9a-f]{32})(?![0-9a-f])/gi;
  fc.assert(
    fc.property(
      fc.array(fc.oneof(filling, fc.constantFrom(id, `1-${id.slice(0, 8)}-${id.slice(8)}`)), { maxLength: 3 }),
      (parts) => {
        const line = parts.join('');
        const numbers = new Set<number>();
        indexTraceIds(Buffer.from(line), 0, line.length, numbers);
        const expected = [...line.matchAll(candidates)].map(([match]) => traceNumber(match));
        expect(expected.filter((number) => !numbers.has(number))).toEqual([]);
      },
    ),
  );
});
