import { readableMessage } from './filterExpressionComparisons.ts';
import type { FilterExpression, GroupReference, RootCauseElement } from './filterExpression.ts';
import type { BooleanKeyword, NumberKeyword, StringKeyword } from './filterExpressionKeywords.ts';
import {
  annotationTest,
  elementLeafOf,
  requestLeafOf,
  type Condition,
  type Negatable,
} from './filterExpressionLeaves.ts';
import { parseFilterExpression } from './filterExpressionParser.ts';
import type {
  Combined,
  ElementLeaf,
  ElementPlan,
  RequestLeaf,
  RequestPlan,
  TraceLeaf,
  TracePlan,
} from './filterExpressionPlan.ts';

export type CompiledFilterExpression =
  | { readonly ok: true; readonly plan: TracePlan }
  /** One sentence, worded for the person. */
  | { readonly ok: false; readonly message: string };

/** Gives the text of a group's filter expression (empty: every trace), or nothing where there is no such group. */
export type ResolveGroup = (group: GroupReference) => string | undefined;

/** How deep groups may refer to groups; X-Ray has 25 groups an account. */
const maxGroupDepth = 32;

/** How many leaves a plan may have with all groups written out: groups that refer to each other twice double at each step. */
const maxLeaves = 10_000;

/**
 * Makes the plan of an expression: groups replaced by what they stand for, logic flattened, every comparison in one form. Fails on a group
 * that does not exist, that refers to itself or whose own expression is wrong; never throws.
 */
export function compileFilterExpression(
  expression: FilterExpression,
  resolveGroup: ResolveGroup,
): CompiledFilterExpression {
  const compiler = new FilterExpressionCompiler(resolveGroup);
  const plan = compiler.compile(expression);
  return plan === undefined ? { ok: false, message: readableMessage(compiler.problem) } : { ok: true, plan };
}

type LeafOf<Leaf> = (condition: Condition) => Combined<Leaf> | undefined;

/** Its parts return `undefined` once `problem` is set. */
class FilterExpressionCompiler {
  problem = '';
  #leaves = 0;
  readonly #resolveGroup: ResolveGroup;
  /** The groups that are being written out, outermost first. */
  readonly #open: GroupReference[] = [];

  constructor(resolveGroup: ResolveGroup) {
    this.#resolveGroup = resolveGroup;
  }

  compile(expression: FilterExpression): TracePlan | undefined {
    return this.#combine(expression, this.#traceLeaf);
  }

  #combine<Leaf>(expression: FilterExpression, leafOf: LeafOf<Leaf>): Combined<Leaf> | undefined {
    switch (expression.kind) {
      case 'and':
      case 'or': {
        const operands: Combined<Leaf>[] = [];
        for (const operand of expression.operands) {
          const compiled = this.#combine(operand, leafOf);
          if (compiled === undefined) {
            return undefined;
          }
          if (isJoined(compiled, expression.kind)) {
            operands.push(...compiled.operands);
          } else {
            operands.push(compiled);
          }
        }
        return { kind: expression.kind, operands };
      }
      case 'not': {
        const operand = this.#combine(expression.operand, leafOf);
        return operand === undefined ? undefined : negated(operand);
      }
      default:
        this.#leaves++;
        return this.#leaves > maxLeaves
          ? this.#fail(`The expression has more than ${maxLeaves} conditions, those of its groups included.`)
          : leafOf(expression);
    }
  }

  readonly #traceLeaf = (condition: Condition): TracePlan | undefined => {
    switch (condition.kind) {
      case 'boolean':
      case 'number':
      case 'string':
        return this.#simpleTraceLeaf(condition);
      case 'annotation':
        return { kind: 'annotation', key: condition.key, test: annotationTest(condition.test) };
      case 'service': {
        const { service, filter } = condition;
        const leaf: TraceLeaf = service === undefined ? { kind: 'service' } : { kind: 'service', service };
        return this.#filtered(leaf, filter);
      }
      case 'edge': {
        const { source, destination, filter } = condition;
        return this.#filtered({ kind: 'edge', source, destination }, filter);
      }
      case 'group': {
        const { by, test } = condition;
        const plan = this.#group({ by, value: test.value });
        return plan === undefined || test.op === '=' ? plan : negated(plan);
      }
      case 'rootCause': {
        const { cause, element, filter } = condition;
        if (filter === undefined) {
          return { kind: 'rootCause', cause, element };
        }
        const plan = this.#combine<ElementLeaf>(filter, (inner) => this.#elementLeaf(inner, element));
        return plan === undefined ? undefined : { kind: 'rootCause', cause, element, filter: plan };
      }
      case 'rootCauseJson': {
        const leaf: TraceLeaf = { kind: 'rootCauseShapes', shapes: condition.test?.value ?? [] };
        return condition.test?.op === '!=' ? negated<TraceLeaf>(leaf) : leaf;
      }
    }
  };

  #simpleTraceLeaf(
    condition: Extract<Condition, { readonly kind: 'boolean' | 'number' | 'string' }>,
  ): TracePlan | undefined {
    if (condition.kind === 'number' && condition.keyword === 'duration') {
      return { kind: 'duration', test: condition.test ?? { op: 'set' } };
    }
    const kind = ofAnySegment.has(condition.keyword) ? 'some' : 'root';
    const plan = this.#requestLeaf(condition);
    if (plan === undefined) {
      return undefined;
    }
    // The negation stays outside: "no segment is in progress" is not "some segment is not in progress".
    return plan.kind === 'not' ? { kind: 'not', operand: { kind, is: plan.operand } } : { kind, is: plan };
  }

  #filtered(
    leaf: Extract<TraceLeaf, { readonly kind: 'service' | 'edge' }>,
    filter: FilterExpression | undefined,
  ): TraceLeaf | undefined {
    if (filter === undefined) {
      return leaf;
    }
    const plan: RequestPlan | undefined = this.#combine<RequestLeaf>(filter, (inner) => this.#requestLeaf(inner));
    return plan === undefined ? undefined : { ...leaf, filter: plan };
  }

  #requestLeaf(condition: Condition): Negatable<RequestLeaf> | undefined {
    return requestLeafOf(condition) ?? this.#fail(`${wordOf(condition)} cannot be asked of a request.`);
  }

  #elementLeaf(condition: Condition, element: RootCauseElement): ElementPlan | undefined {
    return (
      elementLeafOf(condition) ?? this.#fail(`${wordOf(condition)} cannot be asked of the ${element} of a root cause.`)
    );
  }

  #group(group: GroupReference): TracePlan | undefined {
    const text = this.#resolveGroup(group);
    if (text === undefined) {
      return this.#fail(`There is no group with the ${group.by} "${group.value}".`);
    }
    if (this.#open.some(({ by, value }) => by === group.by && value === group.value)) {
      return this.#fail(`The group "${group.value}" refers to itself.`);
    }
    if (this.#open.length === maxGroupDepth) {
      return this.#fail(`Groups refer to groups more than ${maxGroupDepth} deep.`);
    }
    if (text.trim() === '') {
      return { kind: 'and', operands: [] };
    }
    const parsed = parseFilterExpression(text);
    if (!parsed.ok) {
      return this.#fail(
        `The filter of the group "${group.value}" is wrong at column ${parsed.error.column}: ${parsed.error.message}`,
      );
    }
    this.#open.push(group);
    const plan = this.compile(parsed.expression);
    this.#open.pop();
    return plan;
  }

  #fail(problem: string): undefined {
    this.problem = problem;
    return undefined;
  }
}

/** What the guide calls a value "on any segment in the trace", and the flags that describe the request as a whole. */
const ofAnySegment: ReadonlySet<BooleanKeyword | NumberKeyword | StringKeyword> = new Set([
  'partial',
  'inferred',
  'root',
  'user',
  'availabilityzone',
  'instance.id',
  'resource.arn',
] as const);

function isJoined<Leaf>(
  plan: Combined<Leaf>,
  kind: 'and' | 'or',
): plan is { readonly kind: 'and' | 'or'; readonly operands: readonly Combined<Leaf>[] } {
  return (plan as { readonly kind?: unknown }).kind === kind;
}

function negated<Leaf>(plan: Combined<Leaf>): Combined<Leaf> {
  return isNegation(plan) ? plan.operand : { kind: 'not', operand: plan };
}

function isNegation<Leaf>(plan: Combined<Leaf>): plan is { readonly kind: 'not'; readonly operand: Combined<Leaf> } {
  return (plan as { readonly kind?: unknown }).kind === 'not';
}

function wordOf(condition: Condition): string {
  return 'keyword' in condition ? condition.keyword : condition.kind;
}
