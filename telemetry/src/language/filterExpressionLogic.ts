import type { NumberTest } from './filterExpression.ts';
import type { Combined, TextTest } from './filterExpressionPlan.ts';

/** Evaluates the logic of a plan, given what its leaves say. */
export function holds<Leaf extends { readonly kind: string }>(
  plan: Combined<Leaf>,
  says: (leaf: Leaf) => boolean,
): boolean {
  if (isLogic(plan)) {
    switch (plan.kind) {
      case 'and':
        return plan.operands.every((operand) => holds(operand, says));
      case 'or':
        return plan.operands.some((operand) => holds(operand, says));
      case 'not':
        return !holds(plan.operand, says);
    }
  }
  return says(plan as Leaf);
}

function isLogic<Leaf extends { readonly kind: string }>(plan: Combined<Leaf>): plan is Exclude<Combined<Leaf>, Leaf> {
  return plan.kind === 'and' || plan.kind === 'or' || plan.kind === 'not';
}

/** Says whether a text passes the test of a plan. */
export function passesText(test: TextTest, text: string): boolean {
  switch (test.op) {
    case 'set':
      return true;
    case '=':
      return text === test.value;
    case '!=':
      return text !== test.value;
    case 'CONTAINS':
      return text.includes(test.value);
    case 'BEGINSWITH':
      return text.startsWith(test.value);
    case 'ENDSWITH':
      return text.endsWith(test.value);
  }
}

/** Says whether a number passes the test of a plan; what is absent passes none. */
export function passesNumber(test: NumberTest | { readonly op: 'set' }, number: number | undefined): boolean {
  if (number === undefined) {
    return false;
  }
  switch (test.op) {
    case 'set':
      return true;
    case '=':
      return number === test.value;
    case '!=':
      return number !== test.value;
    case '<':
      return number < test.value;
    case '<=':
      return number <= test.value;
    case '>':
      return number > test.value;
    case '>=':
      return number >= test.value;
  }
}
