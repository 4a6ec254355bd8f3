import { assert, nat, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { compileGramTest, gramsOf } from './chunkGrams.ts';

const size = 128 * 1024;

/** Whether a text that begins like this, and goes on with dots, is said to be able to have one literal of each group. */
function check(beginning: string, groups: readonly (readonly string[])[], expected: boolean): void {
  const bits = gramsOf(Buffer.from(beginning.padEnd(size, '.')));
  const couldMatch = compileGramTest(groups.map((literals) => literals.map((literal) => Buffer.from(literal))));
  expect(bits && couldMatch(bits)).toBe(expected);
}

test('a literal that is there can be there, and one whose letters never follow each other cannot', () => {
  check('GET /api/activities 200', [['activities']], true);
  check('GET /api/activities 200', [['200..']], true);
  check('GET /api/activities 200', [['activity']], false);
});

test('of each group one literal is enough, and every group has to have one', () => {
  check('status 500', [['needle', 'status']], true);
  check('status 500', [['status'], ['needle']], false);
  check('status 500', [[]], false);
  check('status 500', [], true);
});

test('one or two bytes can be anywhere', () => {
  check('status 500', [['zz']], true);
});

test('whatever a text has in it is never ruled out', () => {
  const text = Buffer.alloc(size);
  assert(
    property(uint8Array({ minLength: 1, maxLength: 60 }), nat(60), nat(60), (bytes, from, length) => {
      text.set(bytes);
      const bits = gramsOf(text);
      expect(bits && compileGramTest([[bytes.slice(from, from + length)]])(bits)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('a small text has none, and one text says nothing of the next', () => {
  expect(gramsOf(Buffer.alloc(size - 1))).toBe(undefined);
  check('needle', [['needle']], true);
  check('', [['needle']], false);
});
