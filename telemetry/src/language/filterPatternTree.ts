import type { LinearRegex } from './linearRegex.ts';

/** A CloudWatch Logs filter pattern (user guide, "Filter pattern syntax"). */
export type FilterPattern =
  | { readonly kind: 'all' }
  | TermsPattern
  | { readonly kind: 'json'; readonly condition: Condition<JsonTest> }
  | FieldsPattern;

/** Terms of an unstructured message. `any` is ignored as AWS ignores it: as soon as there is a term of another kind. */
export interface TermsPattern {
  readonly kind: 'terms';
  readonly all: readonly Term[];
  readonly any: readonly Term[];
  readonly none: readonly Term[];
}

export type Term = { readonly text: string } | { readonly regex: LinearRegex };

export interface FieldsPattern {
  readonly kind: 'fields';
  /** The fields before the ellipsis, or all of them. */
  readonly head: readonly Field[];
  /** The fields after the ellipsis; `undefined` where there is none, so that the last of `head` takes the rest of the line. */
  readonly tail: readonly Field[] | undefined;
}

export interface Field {
  readonly name?: string;
  readonly condition?: Condition<ValueTest>;
}

export type Condition<Test> =
  | { readonly kind: 'test'; readonly test: Test }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition<Test>[] };

export interface JsonTest {
  readonly selector: Selector;
  readonly test: ValueTest | ConstantTest | { readonly kind: 'absent' };
}

export interface ConstantTest {
  readonly kind: 'constant';
  readonly value: null | boolean;
}

export interface Selector {
  /** As it was written; the name of its extracted value. */
  readonly source: string;
  readonly steps: readonly SelectorStep[];
}

/** `every` is `*` for the members of an object or `[*]` for the elements of an array. */
export type SelectorStep =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'every'; readonly of: 'object' | 'array' };

export type ValueTest =
  | {
      readonly kind: 'text';
      readonly isNegated: boolean;
      readonly text: string;
      /** A star stands for any text before, or after, what was written. */
      readonly anyBefore: boolean;
      readonly anyAfter: boolean;
    }
  | { readonly kind: 'regex'; readonly isNegated: boolean; readonly regex: LinearRegex }
  | { readonly kind: 'number'; readonly operator: Operator; readonly number: number };

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A syntax error, to be shown under the text. */
export interface FilterPatternError {
  /** What is wrong in words, with AWS's own words first where they are known. */
  readonly message: string;
  /** Counted from 1, in UTF-16 units as editors count; one past the text where its end came too early. */
  readonly column: number;
  /** Zero at the end of the text. */
  readonly length: number;
  readonly expected?: readonly string[];
}
