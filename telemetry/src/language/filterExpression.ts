import type { BooleanKeyword, NumberKeyword, StringKeyword } from './filterExpressionKeywords.ts';

/**
 * A filter expression as it was written (X-Ray developer guide, "Using filter expressions"). Parentheses are kept as nesting, so that the
 * text and the tree say the same; what an expression means is `filterExpressionPlan.ts`.
 */
export type FilterExpression =
  /** At least two operands; juxtaposition is AND. */
  | { readonly kind: 'and' | 'or'; readonly operands: readonly FilterExpression[] }
  | { readonly kind: 'not'; readonly operand: FilterExpression }
  /** Without a test: the keyword is true. */
  | { readonly kind: 'boolean'; readonly keyword: BooleanKeyword; readonly test?: BooleanTest }
  /** Without a test: the keyword is set. */
  | { readonly kind: 'number'; readonly keyword: NumberKeyword; readonly test?: NumberTest }
  | { readonly kind: 'string'; readonly keyword: StringKeyword; readonly test?: StringTest }
  | { readonly kind: 'annotation'; readonly key: string; readonly test?: BooleanTest | NumberTest | StringTest }
  /** Without a selector: any service. */
  | { readonly kind: 'service'; readonly service?: ServiceSelector; readonly filter?: FilterExpression }
  | {
      readonly kind: 'edge';
      readonly source: ServiceSelector;
      readonly destination: ServiceSelector;
      readonly filter?: FilterExpression;
    }
  | { readonly kind: 'group'; readonly by: GroupReference['by']; readonly test: EqualityTest<string> }
  | {
      readonly kind: 'rootCause';
      readonly cause: RootCauseKind;
      readonly element: RootCauseElement;
      readonly filter?: FilterExpression;
    }
  | { readonly kind: 'rootCauseJson'; readonly test?: EqualityTest<readonly Json[]> };

export type EqualityOperator = '=' | '!=';
export type NumberOperator = EqualityOperator | '<' | '<=' | '>' | '>=';
export type StringOperator = EqualityOperator | 'CONTAINS' | 'BEGINSWITH' | 'ENDSWITH';

export interface EqualityTest<Value> {
  readonly op: EqualityOperator;
  readonly value: Value;
}

export type BooleanTest = EqualityTest<boolean>;

export interface NumberTest {
  readonly op: NumberOperator;
  readonly value: number;
}

export interface StringTest {
  readonly op: StringOperator;
  readonly value: string;
}

/** A service by name alone (`"name"`) or by what `id(…)` gives; at least one member is there. */
export interface ServiceSelector {
  readonly name?: string;
  readonly type?: string;
  readonly accountId?: string;
}

export interface GroupReference {
  readonly by: 'name' | 'arn';
  readonly value: string;
}

export type RootCauseKind = 'fault' | 'error' | 'responsetime';
export type RootCauseElement = 'service' | 'entity' | 'exception';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A syntax error, to be shown under the text. */
export interface FilterExpressionError {
  /** One sentence: what is wrong, and what could stand there. */
  readonly message: string;
  /** Counted from 1, in UTF-16 units as editors count; one past the text where its end came too early. */
  readonly column: number;
  /** Zero at the end of the text. */
  readonly length: number;
  /** What the grammar takes at the column: operators and keywords as they are written, else words such as `text in quotation marks`. */
  readonly expected: readonly string[];
}
