import { functions } from './insightsFunctions.ts';
import type { Row } from './insightsRow.ts';
import type { Scope, ValueType } from './insightsScope.ts';
import { compileCeil, compileFloor } from './insightsTimes.ts';
import { periodOf, type Aggregate, type BinaryOperator, type Expression } from './insightsTree.ts';
import { areEqual, isTrue, numberOf, orderOf, textOf, type Value } from './insightsValues.ts';

export interface Compiled {
  readonly type: ValueType;
  readonly evaluate: (row: Row) => Value;
}

/** What an expression is compiled for. */
export interface CompileContext {
  readonly scope: Scope;
  /** The time that `now()` gives, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Where `stats` put what it computed for an aggregate. */
  readonly aggregate?: (aggregate: Aggregate) => Compiled;
}

/** Compiles an expression to a function of a row, so that a million rows do not walk its tree. */
export function compileExpression(expression: Expression, context: CompileContext): Compiled {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return { type: 'other', evaluate: () => value };
    }
    case 'period':
      // Refused by the parser everywhere but as the argument of a function that asks for it.
      return { type: 'other', evaluate: () => undefined };
    case 'field':
      return compileField(expression.name, expression.path, context.scope);
    case 'call':
      return compileCall(expression.name, expression.args, context);
    case 'aggregate':
      return context.aggregate?.(expression) ?? { type: 'other', evaluate: () => undefined };
    case 'not': {
      const { evaluate } = compileExpression(expression.operand, context);
      return { type: 'other', evaluate: (row) => !isTrue(evaluate(row)) };
    }
    case 'negate': {
      const { evaluate } = compileExpression(expression.operand, context);
      return { type: 'other', evaluate: (row) => finite(-(numberOf(evaluate(row)) ?? Number.NaN)) };
    }
    case 'binary':
      return compileBinary(expression, context);
    case 'like':
      return compileLike(expression, context);
    case 'in': {
      const { evaluate } = compileExpression(expression.value, context);
      const list = expression.list.map((item) => compileExpression(item, context).evaluate);
      return {
        type: 'other',
        evaluate: (row) => {
          const value = evaluate(row);
          return list.some((item) => areEqual(value, item(row)));
        },
      };
    }
  }
}

function compileField(name: string, path: readonly string[], scope: Scope): Compiled {
  const slot = scope.find(name);
  if (slot !== undefined) {
    const { index, type } = slot;
    return { type, evaluate: (row) => row.slots[index] };
  }
  switch (scope.hasEvents ? name : '') {
    case '':
      return { type: 'other', evaluate: () => undefined };
    case '@timestamp':
      return { type: 'time', evaluate: (row) => row.event?.timestamp };
    case '@ingestionTime':
      return { type: 'time', evaluate: (row) => row.event?.ingestionTime };
    case '@message':
      return { type: 'other', evaluate: (row) => row.event?.message };
    case '@logStream':
      return { type: 'other', evaluate: (row) => row.event?.logStream };
    case '@log':
      return { type: 'other', evaluate: (row) => row.event?.log };
    case '@ptr':
      return { type: 'other', evaluate: (row) => row.event?.ptr };
    default:
      return { type: 'other', evaluate: (row) => row.discovered(path, name) };
  }
}

function compileCall(name: string, args: readonly Expression[], context: CompileContext): Compiled {
  const compiled = args.map((arg) => compileExpression(arg, context));
  const [first, second] = compiled;
  const { now } = context;
  switch (name) {
    case 'now':
      return { type: 'time', evaluate: () => now };
    case 'bin':
      return rounded(compileField('@timestamp', ['@timestamp'], context.scope), args[0], compileFloor);
    case 'datefloor':
      return rounded(first, args[1], compileFloor);
    case 'dateceil':
      return rounded(first, args[1], compileCeil);
    default: {
      const evaluateCall = functions.get(name)?.evaluate ?? (() => undefined);
      const values = compiled.map(({ evaluate }) => evaluate);
      return {
        type: typeOfCall(name, first?.type, second?.type),
        evaluate: (row) => evaluateCall(values.map((evaluate) => evaluate(row))),
      };
    }
  }
}

/** Some functions give back one of their arguments. */
function typeOfCall(name: string, first: ValueType = 'other', second: ValueType = 'other'): ValueType {
  switch (name) {
    case 'frommillis':
      return 'time';
    case 'coalesce':
    case 'greatest':
    case 'least':
      return first;
    case 'if':
      return second;
    default:
      return 'other';
  }
}

function rounded(
  time: Compiled | undefined,
  periodArgument: Expression | undefined,
  compile: typeof compileFloor,
): Compiled {
  const period = periodOf(periodArgument);
  const evaluate = time?.evaluate;
  if (period === undefined || evaluate === undefined) {
    return { type: 'time', evaluate: () => undefined };
  }
  const round = compile(period);
  return {
    type: 'time',
    evaluate: (row) => {
      const value = evaluate(row);
      const millis = typeof value === 'number' ? value : numberOf(value);
      return millis === undefined ? undefined : round(millis);
    },
  };
}

function compileLike({ value, pattern }: Expression & { kind: 'like' }, context: CompileContext): Compiled {
  const { evaluate } = compileExpression(value, context);
  const matches =
    typeof pattern === 'string'
      ? (text: string): boolean => text.includes(pattern)
      : (text: string): boolean => pattern.test(text);
  return {
    type: 'other',
    evaluate: (row) => {
      const text = textOf(evaluate(row));
      return text !== undefined && matches(text);
    },
  };
}

function compileBinary({ operator, left, right }: Expression & { kind: 'binary' }, context: CompileContext): Compiled {
  const leftValue = compileExpression(left, context).evaluate;
  const rightValue = compileExpression(right, context).evaluate;
  switch (operator) {
    case 'and':
      return { type: 'other', evaluate: (row) => isTrue(leftValue(row)) && isTrue(rightValue(row)) };
    case 'or':
      return { type: 'other', evaluate: (row) => isTrue(leftValue(row)) || isTrue(rightValue(row)) };
    case '=':
      return { type: 'other', evaluate: (row) => areEqual(leftValue(row), rightValue(row)) };
    case '!=':
      return { type: 'other', evaluate: (row) => !areEqual(leftValue(row), rightValue(row)) };
    case '<':
      return ordered(leftValue, rightValue, (order) => order < 0);
    case '<=':
      return ordered(leftValue, rightValue, (order) => order <= 0);
    case '>':
      return ordered(leftValue, rightValue, (order) => order > 0);
    case '>=':
      return ordered(leftValue, rightValue, (order) => order >= 0);
    default: {
      const compute = arithmetic[operator];
      return {
        type: 'other',
        evaluate: (row) => {
          const a = numberOf(leftValue(row));
          const b = numberOf(rightValue(row));
          return a === undefined || b === undefined ? undefined : finite(compute(a, b));
        },
      };
    }
  }
}

function ordered(left: Compiled['evaluate'], right: Compiled['evaluate'], holds: (order: number) => boolean): Compiled {
  return {
    type: 'other',
    evaluate: (row) => {
      const order = orderOf(left(row), right(row));
      return order !== undefined && holds(order);
    },
  };
}

type Arithmetic = Exclude<BinaryOperator, 'and' | 'or' | '=' | '!=' | '<' | '<=' | '>' | '>='>;

const arithmetic: Readonly<Record<Arithmetic, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};

/** What cannot be computed, a division by zero for one, is missing. */
function finite(result: number): Value {
  return Number.isFinite(result) ? result : undefined;
}
