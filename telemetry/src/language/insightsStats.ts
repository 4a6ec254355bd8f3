import { createAccumulator, type Accumulator } from './insightsAggregates.ts';
import { compileExpression, type Compiled, type CompileContext } from './insightsCompile.ts';
import { Row } from './insightsRow.ts';
import { Scope, type ValueType } from './insightsScope.ts';
import { aggregatesOf, type Aggregate, type Command } from './insightsTree.ts';
import { textOf, type Value } from './insightsValues.ts';

interface Group {
  readonly by: readonly Value[];
  readonly accumulators: readonly Accumulator[];
}

export interface StatsColumn {
  readonly name: string;
  readonly slot: number;
  readonly type: ValueType;
}

/** Aggregates that give back one of the values they saw, and so its type. */
const keepsType: ReadonlySet<string> = new Set(['min', 'max', 'earliest', 'latest', 'sortsFirst', 'sortsLast']);

/** The groups of a `stats` command and what is aggregated for each. */
export class StatsTable {
  /** The names after the command. */
  readonly scope = new Scope(false);
  /** What it groups by, then what it computes. */
  readonly columns: readonly StatsColumn[];
  readonly #by: readonly Compiled[];
  readonly #aggregates: readonly Aggregate[];
  readonly #arguments: readonly (Compiled['evaluate'] | undefined)[];
  readonly #results: readonly Compiled[];
  readonly #groups = new Map<unknown, Group>();

  constructor({ items, by }: Command & { kind: 'stats' }, context: CompileContext) {
    this.#by = by.map(({ expression }) => compileExpression(expression, context));
    const byColumns = by.map(({ name }, index) => this.#column(name, this.#by[index]?.type ?? 'other'));
    this.#aggregates = items.flatMap(({ expression }) => aggregatesOf(expression));
    const compiledArguments = this.#aggregates.map(({ argument }) => argument && compileExpression(argument, context));
    this.#arguments = compiledArguments.map((compiled) => compiled?.evaluate);
    const slots = new Map<Aggregate, Compiled>();
    this.#aggregates.forEach((aggregate, index) => {
      const type = keepsType.has(aggregate.name) ? (compiledArguments[index]?.type ?? 'other') : 'other';
      // No name can have a control character, so the aggregates inside an expression get slots that nothing else finds.
      const slot = this.scope.declare(`\0${index}`, type);
      slots.set(aggregate, { type, evaluate: (row) => row.slots[slot] });
    });
    const after: CompileContext = {
      scope: this.scope,
      now: context.now,
      aggregate: (aggregate) => slots.get(aggregate) ?? { type: 'other', evaluate: () => undefined },
    };
    this.#results = items.map(({ expression }) => compileExpression(expression, after));
    this.columns = [
      ...byColumns,
      ...items.map(({ name }, index) => this.#column(name, this.#results[index]?.type ?? 'other')),
    ];
  }

  add(row: Row): void {
    const group = this.#groupOf(row);
    const timestamp = row.event?.timestamp ?? row.sequence;
    const { accumulators } = group;
    for (let index = 0; index < accumulators.length; index++) {
      accumulators[index]?.add(this.#arguments[index]?.(row), timestamp);
    }
  }

  /** One row for each group; without `by` there is one even where nothing was added. */
  rows(): readonly Row[] {
    if (this.#by.length === 0 && this.#groups.size === 0) {
      this.#groups.set('', this.#newGroup([]));
    }
    return [...this.#groups.values()].map(({ by, accumulators }, sequence) => {
      const row = new Row(undefined, sequence, [...by, ...accumulators.map((accumulator) => accumulator.result())]);
      row.slots.push(...this.#results.map(({ evaluate }) => evaluate(row)));
      return row;
    });
  }

  #column(name: string, type: ValueType): StatsColumn {
    return { name, slot: this.scope.declare(name, type), type };
  }

  #groupOf(row: Row): Group {
    const [first] = this.#by;
    // Most queries group by one value, which can be its own key.
    const only = this.#by.length === 1 ? first?.evaluate(row) : undefined;
    const values = this.#by.length === 1 ? undefined : this.#by.map(({ evaluate }) => evaluate(row));
    const key =
      values === undefined
        ? typeof only === 'boolean'
          ? textOf(only)
          : only
        : JSON.stringify(values.map((value) => textOf(value) ?? null));
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = this.#newGroup(values ?? [only]);
      this.#groups.set(key, group);
    }
    return group;
  }

  #newGroup(by: readonly Value[]): Group {
    return { by, accumulators: this.#aggregates.map(createAccumulator) };
  }
}
