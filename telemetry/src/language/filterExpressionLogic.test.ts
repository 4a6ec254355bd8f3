import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyFilterableTrace } from '../../test/filterableTraces.ts';
import { anyGrouplessExpression } from '../../test/filterExpressions.ts';
import { compileFilterExpression } from './filterExpressionCompiler.ts';
import type { FilterExpression } from './filterExpression.ts';
import { matchesTrace, type FilterableTrace } from './filterExpressionMatch.ts';

function matches(expression: FilterExpression, trace: FilterableTrace): boolean {
  const compiled = compileFilterExpression(expression, () => undefined);
  if (!compiled.ok) {
    throw new Error(compiled.message);
  }
  return matchesTrace(compiled.plan, trace);
}

/** Two expressions made of two arbitrary ones answer the same for any trace. */
function checkSame(
  one: (a: FilterExpression, b: FilterExpression) => FilterExpression,
  other: (a: FilterExpression, b: FilterExpression) => FilterExpression,
): void {
  fc.assert(
    fc.property(anyGrouplessExpression, anyGrouplessExpression, anyFilterableTrace, (a, b, trace) => {
      expect(matches(one(a, b), trace)).toBe(matches(other(a, b), trace));
    }),
    { numRuns: 300 },
  );
}

const not = (operand: FilterExpression): FilterExpression => ({ kind: 'not', operand });
const and = (...operands: readonly FilterExpression[]): FilterExpression => ({ kind: 'and', operands });
const or = (...operands: readonly FilterExpression[]): FilterExpression => ({ kind: 'or', operands });
const inServices = (filter: FilterExpression): FilterExpression => ({ kind: 'service', filter });

test('a double negation is none', () => {
  checkSame(
    (a) => not(not(a)),
    (a) => a,
  );
});

test('De Morgan: the negation of AND is the OR of the negations, and the other way round', () => {
  checkSame(
    (a, b) => not(and(a, b)),
    (a, b) => or(not(a), not(b)),
  );
  checkSame(
    (a, b) => not(or(a, b)),
    (a, b) => and(not(a), not(b)),
  );
});

test('the order of operands does not matter, and a condition beside itself is itself', () => {
  checkSame(
    (a, b) => and(a, b),
    (a, b) => and(b, a),
  );
  checkSame(
    (a) => or(a, a, a),
    (a) => and(a, a),
  );
});

test('a condition is true or its negation is, never both', () => {
  fc.assert(
    fc.property(anyGrouplessExpression, anyFilterableTrace, (a, trace) => {
      expect(matches(or(a, not(a)), trace)).toBe(true);
      expect(matches(and(a, not(a)), trace)).toBe(false);
    }),
  );
});

test('service() with OR is the OR of two service(); with AND it asks more than their AND', () => {
  const fault: FilterExpression = { kind: 'boolean', keyword: 'fault' };
  const partial: FilterExpression = { kind: 'boolean', keyword: 'partial' };
  fc.assert(
    fc.property(anyFilterableTrace, (trace) => {
      const either = matches(or(inServices(fault), inServices(partial)), trace);
      expect(matches(inServices(or(fault, partial)), trace)).toBe(either);
      const eachSomewhere = matches(and(inServices(fault), inServices(partial)), trace);
      expect(!matches(inServices(and(fault, partial)), trace) || eachSomewhere).toBe(true);
    }),
  );
});

test('each simple condition can be true and can be false', () => {
  const seen = new Map<string, Set<boolean>>();
  const flags = ['ok', 'error', 'throttle', 'fault', 'partial', 'inferred', 'root'] as const;
  const traces = fc.sample(anyFilterableTrace, { numRuns: 300, seed: 1 });
  for (const keyword of flags) {
    seen.set(keyword, new Set(traces.map((trace) => matches({ kind: 'boolean', keyword }, trace))));
  }
  expect([...seen].filter(([, answers]) => answers.size < 2)).toEqual([]);
});
