import type { InsightsCursor } from './insightsCursor.ts';
import { functions } from './insightsFunctions.ts';
import {
  aggregatesOf,
  type AggregateName,
  type BinaryOperator,
  type Comparison,
  type Expression,
  type PeriodUnit,
} from './insightsTree.ts';

/** What an expression may be where it stands. */
export interface ExpressionPlace {
  /** Only `stats` computes aggregates. */
  readonly mayAggregate: boolean;
  /** The columns of a `stats` before, so that `count(*)` can be asked for by its text. */
  readonly columns: ReadonlySet<string>;
}

const aggregateNames: readonly AggregateName[] = [
  'count',
  'count_distinct',
  'sum',
  'avg',
  'min',
  'max',
  'pct',
  'stddev',
  'earliest',
  'latest',
  'sortsFirst',
  'sortsLast',
];
const comparisons: readonly Comparison[] = ['!=', '<=', '>=', '=', '<', '>'];
const units: readonly PeriodUnit[] = ['ms', 's', 'm', 'h', 'd', 'w', 'mo', 'q', 'y'];
const keywords = new Set(['and', 'or', 'not', 'like', 'in', 'as', 'by']);

/** Bounds the recursion of the parser. */
const deepest = 100;

/** Reads expressions: `or` binds least, then `and`, `not`, comparisons, `+ -`, `* / %`, `^`. */
export class ExpressionParser {
  readonly #cursor: InsightsCursor;
  readonly #place: ExpressionPlace;
  #depth = 0;

  constructor(cursor: InsightsCursor, place: ExpressionPlace) {
    this.#cursor = cursor;
    this.#place = place;
  }

  parse(): Expression {
    if (++this.#depth > deepest) {
      this.#cursor.fail('The expression is nested too deeply.');
    }
    let left = this.#parseAnd();
    while (this.#cursor.takeWord('or')) {
      left = { kind: 'binary', operator: 'or', left, right: this.#parseAnd() };
    }
    this.#depth--;
    return left;
  }

  #parseAnd(): Expression {
    let left = this.#parseNot();
    while (this.#cursor.takeWord('and')) {
      left = { kind: 'binary', operator: 'and', left, right: this.#parseNot() };
    }
    return left;
  }

  #parseNot(): Expression {
    let negations = 0;
    while (this.#cursor.takeWord('not')) {
      negations++;
    }
    const operand = this.#parseComparison();
    return negations % 2 === 1 ? { kind: 'not', operand } : operand;
  }

  #parseComparison(): Expression {
    const left = this.#parseSum();
    const cursor = this.#cursor;
    if (cursor.take('=~')) {
      return this.#parseLike(left);
    }
    const operator = comparisons.find((sign) => cursor.take(sign));
    if (operator !== undefined) {
      return { kind: 'binary', operator, left, right: this.#parseSum() };
    }
    const start = cursor.at;
    const isNegated = cursor.takeWord('not');
    if (cursor.takeWord('like')) {
      return negatedIf(isNegated, this.#parseLike(left));
    }
    if (cursor.takeWord('in')) {
      return negatedIf(isNegated, { kind: 'in', value: left, list: this.#parseList() });
    }
    if (isNegated) {
      cursor.at = start;
      cursor.fail('Only "like" or "in" can come after "not" here.');
    }
    return left;
  }

  #parseLike(value: Expression): Expression {
    const pattern = this.#cursor.takeString() ?? this.#cursor.takeRegex();
    return pattern === undefined
      ? this.#cursor.fail('A text in quotation marks or a regular expression between slashes has to come here.')
      : { kind: 'like', value, pattern };
  }

  #parseList(): readonly Expression[] {
    const cursor = this.#cursor;
    if (!cursor.take('[')) {
      cursor.fail('A list in square brackets has to come after "in".');
    }
    const list: Expression[] = [];
    if (cursor.take(']')) {
      return list;
    }
    do {
      list.push(this.parse());
    } while (cursor.take(','));
    if (!cursor.take(']')) {
      cursor.fail('A comma or the closing bracket has to come here.');
    }
    return list;
  }

  #parseSum(): Expression {
    return this.#parseLeft(['+', '-'], () => this.#parseLeft(['*', '/', '%'], () => this.#parsePower()));
  }

  #parseLeft(operators: readonly BinaryOperator[], parseOperand: () => Expression): Expression {
    let left = parseOperand();
    for (;;) {
      const operator = operators.find((sign) => this.#cursor.take(sign));
      if (operator === undefined) {
        return left;
      }
      left = { kind: 'binary', operator, left, right: parseOperand() };
    }
  }

  #parsePower(): Expression {
    let negations = 0;
    while (this.#cursor.take('-')) {
      negations++;
    }
    const base = this.#parsePrimary();
    const power: Expression = this.#cursor.take('^')
      ? { kind: 'binary', operator: '^', left: base, right: this.#parsePrimary() }
      : base;
    return negations % 2 === 1 ? { kind: 'negate', operand: power } : power;
  }

  #parsePrimary(): Expression {
    const cursor = this.#cursor;
    const start = cursor.at;
    if (cursor.take('(')) {
      const inner = this.parse();
      if (!cursor.take(')')) {
        cursor.fail('This parenthesis has to be closed here.');
      }
      return inner;
    }
    const value = cursor.takeString() ?? cursor.takeNumber();
    if (value !== undefined) {
      const unit = typeof value === 'number' ? this.#takeUnit() : undefined;
      return unit === undefined
        ? { kind: 'literal', value }
        : { kind: 'period', period: { count: value as number, unit } };
    }
    return this.#parseNamed(start);
  }

  #takeUnit(): PeriodUnit | undefined {
    const { text, at } = this.#cursor;
    const word = /^[A-Za-z]+/.exec(text.slice(at, at + 20))?.[0];
    const unit = units.find((candidate) => candidate === word?.toLowerCase());
    if (word !== undefined && unit === undefined) {
      this.#cursor.failAt(at, word.length, `"${word}" is no unit of time; they are ${units.join(', ')}.`);
    }
    this.#cursor.at += word?.length ?? 0;
    return unit;
  }

  #parseNamed(start: number): Expression {
    const cursor = this.#cursor;
    const word = cursor.peekName();
    if (word !== undefined && keywords.has(word.toLowerCase())) {
      cursor.fail(`A field or a value has to come before "${word}".`);
    }
    const nameStart = cursor.at;
    const field = cursor.takeField();
    if (field === undefined) {
      return cursor.fail('A field or a value has to come here.');
    }
    if (word !== undefined && cursor.peek('(')) {
      return this.#parseCall(word, nameStart, start);
    }
    if (field.name === 'true' || field.name === 'false') {
      return { kind: 'literal', value: field.name === 'true' };
    }
    return { kind: 'field', ...field };
  }

  #parseCall(name: string, nameStart: number, start: number): Expression {
    const cursor = this.#cursor;
    const aggregate = aggregateNames.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    const spec = functions.get(name.toLowerCase());
    if (aggregate === undefined && spec === undefined) {
      cursor.failAt(nameStart, name.length, `There is no function named "${name}".`);
    }
    cursor.take('(');
    const isStar = aggregate === 'count' && cursor.take('*');
    const args = isStar ? [] : this.#parseArguments();
    if (!cursor.take(')')) {
      cursor.fail('A comma or the closing parenthesis has to come here.');
    }
    const written = cursor.text.slice(start, cursor.at).trim();
    if (aggregate !== undefined) {
      return this.#aggregate(aggregate, args, nameStart, written);
    }
    const problem = spec?.problemWith(args);
    if (problem !== undefined) {
      cursor.failAt(nameStart, cursor.at - nameStart, `${name}${problem}`);
    }
    return { kind: 'call', name: name.toLowerCase(), args };
  }

  #parseArguments(): readonly Expression[] {
    if (this.#cursor.peek(')')) {
      return [];
    }
    const args: Expression[] = [];
    do {
      args.push(this.parse());
    } while (this.#cursor.take(','));
    return args;
  }

  #aggregate(name: AggregateName, args: readonly Expression[], at: number, written: string): Expression {
    const cursor = this.#cursor;
    if (!this.#place.mayAggregate) {
      return this.#place.columns.has(written)
        ? { kind: 'field', name: written, path: [written] }
        : cursor.failAt(at, cursor.at - at, `${name} aggregates, which only "stats" does.`);
    }
    const [argument, percent] = args;
    const wanted = name === 'pct' ? 2 : 1;
    if (args.length !== wanted && !(name === 'count' && args.length === 0)) {
      cursor.failAt(at, cursor.at - at, `${name} takes ${wanted === 1 ? 'one field' : 'a field and a percentage'}.`);
    }
    if (args.some(hasAggregate)) {
      cursor.failAt(at, cursor.at - at, `${name} cannot aggregate an aggregate.`);
    }
    if (name !== 'pct') {
      return argument === undefined ? { kind: 'aggregate', name } : { kind: 'aggregate', name, argument };
    }
    if (
      percent?.kind !== 'literal' ||
      typeof percent.value !== 'number' ||
      percent.value > 100 ||
      argument === undefined
    ) {
      return cursor.failAt(at, cursor.at - at, 'The percentage has to be a number from 0 to 100.');
    }
    return { kind: 'aggregate', name, argument, percent: percent.value };
  }
}

function negatedIf(isNegated: boolean, operand: Expression): Expression {
  return isNegated ? { kind: 'not', operand } : operand;
}

function hasAggregate(expression: Expression): boolean {
  return aggregatesOf(expression).length > 0;
}
