import type { BooleanTest, FilterExpression, NumberTest, StringTest } from './filterExpression.ts';
import type { BooleanKeyword, NumberKeyword, StringKeyword } from './filterExpressionKeywords.ts';
import type {
  AnnotationTest,
  ElementLeaf,
  RequestFlag,
  RequestLeaf,
  RequestNumber,
  TextTest,
} from './filterExpressionPlan.ts';

/** One condition of an expression, without logic. */
export type Condition = Exclude<FilterExpression, { readonly kind: 'and' | 'or' | 'not' }>;

export type Negatable<Leaf> = Leaf | { readonly kind: 'not'; readonly operand: Leaf };

/** A simple keyword as a question to a request; nothing where it is none. */
export function requestLeafOf(condition: Condition): Negatable<RequestLeaf> | undefined {
  if (condition.kind === 'boolean' && isRequestFlag(condition.keyword)) {
    const leaf = { kind: 'flag', flag: condition.keyword } as const;
    return isTrue(condition.test) ? leaf : { kind: 'not', operand: leaf };
  }
  if (condition.kind === 'number' && isRequestNumber(condition.keyword)) {
    return { kind: 'number', of: condition.keyword, test: condition.test ?? { op: 'set' } };
  }
  if (condition.kind === 'string') {
    return { kind: 'string', of: condition.keyword, test: textTest(condition.test) };
  }
  return undefined;
}

/** A simple keyword as a question to an element of a root cause; nothing where it is none. */
export function elementLeafOf(condition: Condition): Negatable<ElementLeaf> | undefined {
  if (condition.kind === 'boolean' && isElementFlag(condition.keyword)) {
    const leaf = { kind: 'flag', flag: condition.keyword } as const;
    return isTrue(condition.test) ? leaf : { kind: 'not', operand: leaf };
  }
  if (condition.kind === 'number' && (condition.keyword === 'index' || condition.keyword === 'coverage')) {
    return { kind: 'number', of: condition.keyword, test: condition.test ?? { op: 'set' } };
  }
  if (condition.kind === 'string' && isElementString(condition.keyword)) {
    return { kind: 'string', of: condition.keyword, test: textTest(condition.test) };
  }
  return undefined;
}

function isTrue(test: BooleanTest | undefined): boolean {
  return test === undefined || (test.op === '=') === test.value;
}

function textTest(test: StringTest | undefined): TextTest {
  const isPresence = test === undefined || (test.value === '' && test.op !== '=' && test.op !== '!=');
  return isPresence ? { op: 'set' } : test;
}

/** The test of `annotation.key`, by the type of the value that it is compared with. */
export function annotationTest(test: BooleanTest | NumberTest | StringTest | undefined): AnnotationTest {
  if (test === undefined) {
    return { type: 'set' };
  }
  if (isBooleanTest(test)) {
    return { type: 'boolean', value: isTrue(test) };
  }
  return isNumberTest(test) ? { type: 'number', test } : { type: 'string', test: textTest(test) };
}

function isBooleanTest(test: BooleanTest | NumberTest | StringTest): test is BooleanTest {
  return typeof test.value === 'boolean';
}

function isNumberTest(test: NumberTest | StringTest): test is NumberTest {
  return typeof test.value === 'number';
}

function isRequestFlag(keyword: BooleanKeyword): keyword is RequestFlag {
  return keyword !== 'first' && keyword !== 'last' && keyword !== 'remote';
}

function isElementFlag(keyword: BooleanKeyword): keyword is Extract<ElementLeaf, { readonly kind: 'flag' }>['flag'] {
  return ['first', 'last', 'remote', 'inferred', 'root'].includes(keyword);
}

function isRequestNumber(keyword: NumberKeyword): keyword is RequestNumber {
  return keyword !== 'index' && keyword !== 'coverage';
}

function isElementString(keyword: StringKeyword): keyword is 'name' | 'type' | 'message' {
  return keyword === 'name' || keyword === 'type' || keyword === 'message';
}
