import type { LinearRegex } from './linearRegex.ts';

/** A Logs Insights query (user guide, "Logs Insights query language"): commands, each working on the rows of the one before. */
export interface InsightsQuery {
  readonly commands: readonly Command[];
}

export type Command =
  | { readonly kind: 'fields'; readonly items: readonly NamedExpression[] }
  | { readonly kind: 'display'; readonly items: readonly NamedExpression[] }
  | { readonly kind: 'filter'; readonly condition: Expression }
  | { readonly kind: 'sort'; readonly keys: readonly SortKey[] }
  | { readonly kind: 'limit'; readonly count: number }
  | { readonly kind: 'dedup'; readonly by: readonly Expression[] }
  | { readonly kind: 'stats'; readonly items: readonly NamedExpression[]; readonly by: readonly NamedExpression[] }
  | {
      readonly kind: 'parse';
      readonly from: Expression;
      readonly names: readonly string[];
      readonly pattern: ParsePattern;
    };

export interface NamedExpression {
  /** The alias, else the expression as it was written. */
  readonly name: string;
  readonly expression: Expression;
}

export interface SortKey {
  readonly expression: Expression;
  readonly isDescending: boolean;
}

/** `glob` are the texts between the stars: one more than there are names. */
export type ParsePattern =
  | { readonly kind: 'glob'; readonly parts: readonly string[] }
  /** `groups` says for each name which group it takes. */
  | { readonly kind: 'regex'; readonly regex: LinearRegex; readonly groups: readonly number[] };

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'period'; readonly period: Period }
  | { readonly kind: 'field'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | Aggregate
  | { readonly kind: 'not' | 'negate'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'like'; readonly value: Expression; readonly pattern: string | LinearRegex }
  | { readonly kind: 'in'; readonly value: Expression; readonly list: readonly Expression[] };

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly name: AggregateName;
  /** None for `count(*)`. */
  readonly argument?: Expression;
  /** Of `pct` only, from 0 to 100. */
  readonly percent?: number;
}

export type AggregateName =
  | 'count'
  | 'count_distinct'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'pct'
  | 'stddev'
  | 'earliest'
  | 'latest'
  | 'sortsFirst'
  | 'sortsLast';

export type BinaryOperator = 'or' | 'and' | Comparison | '+' | '-' | '*' | '/' | '%' | '^';
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A length of time such as `5m`; months and longer go by the calendar, in UTC. */
export interface Period {
  readonly count: number;
  readonly unit: PeriodUnit;
}

export type PeriodUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mo' | 'q' | 'y';

/** A syntax error, to be shown under the text. */
export interface InsightsError {
  /** One sentence: what is wrong. */
  readonly message: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1 in its line, in UTF-16 units as editors count; one past it where its end came too early. */
  readonly column: number;
  /** Zero at the end of the text. */
  readonly length: number;
}

/** The aggregates in an expression, from left to right. */
export function aggregatesOf(expression: Expression): readonly Aggregate[] {
  switch (expression.kind) {
    case 'aggregate':
      return [expression];
    case 'literal':
    case 'period':
    case 'field':
      return [];
    case 'call':
      return expression.args.flatMap(aggregatesOf);
    case 'not':
    case 'negate':
      return aggregatesOf(expression.operand);
    case 'binary':
      return [...aggregatesOf(expression.left), ...aggregatesOf(expression.right)];
    case 'like':
      return aggregatesOf(expression.value);
    case 'in':
      return [expression.value, ...expression.list].flatMap(aggregatesOf);
  }
}

/** The period an expression is; `undefined` for any other. */
export function periodOf(expression: Expression | undefined): Period | undefined {
  return expression?.kind === 'period' ? expression.period : undefined;
}
