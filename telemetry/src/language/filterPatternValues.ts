import type { Condition, Operator, ValueTest } from './filterPatternTree.ts';

const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Compiles a comparison of one value, given as text. */
export function compileValueTest(test: ValueTest): (value: string) => boolean {
  switch (test.kind) {
    case 'regex': {
      const { regex, isNegated } = test;
      return (value) => regex.test(value) !== isNegated;
    }
    case 'number': {
      const compare = compileOperator(test.operator, test.number);
      // A text that is no number is unequal to each.
      const otherwise = test.operator === '!=';
      return (value) => (number.test(value) ? compare(Number(value)) : otherwise);
    }
    case 'text': {
      const { isNegated } = test;
      const matches = compileText(test);
      return (value) => matches(value) !== isNegated;
    }
  }
}

function compileText({ text, anyBefore, anyAfter }: ValueTest & { kind: 'text' }): (value: string) => boolean {
  if (anyBefore && anyAfter) {
    return (value) => value.includes(text);
  }
  if (anyBefore) {
    return (value) => value.endsWith(text);
  }
  return anyAfter ? (value) => value.startsWith(text) : (value) => value === text;
}

function compileOperator(operator: Operator, expected: number): (value: number) => boolean {
  switch (operator) {
    case '=':
      return (value) => value === expected;
    case '!=':
      return (value) => value !== expected;
    case '<':
      return (value) => value < expected;
    case '<=':
      return (value) => value <= expected;
    case '>':
      return (value) => value > expected;
    case '>=':
      return (value) => value >= expected;
  }
}

/** Compiles a condition, given how its tests are compiled. */
export function compileCondition<Test, Subject>(
  condition: Condition<Test>,
  compileTest: (test: Test) => (subject: Subject) => boolean,
): (subject: Subject) => boolean {
  if (condition.kind === 'test') {
    return compileTest(condition.test);
  }
  const operands = condition.operands.map((operand) => compileCondition(operand, compileTest));
  return condition.kind === 'and'
    ? (subject) => operands.every((matches) => matches(subject))
    : (subject) => operands.some((matches) => matches(subject));
}

/** Every test of a condition, from left to right. */
export function testsOf<Test>(condition: Condition<Test>): readonly Test[] {
  return condition.kind === 'test' ? [condition.test] : condition.operands.flatMap((operand) => testsOf(operand));
}
