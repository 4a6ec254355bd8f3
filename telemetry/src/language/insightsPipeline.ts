import { compileExpression, type CompileContext } from './insightsCompile.ts';
import { compileExtraction } from './insightsExtract.ts';
import { asTheyCame, FirstRows, newestFirst, orderBySortKeys, type RowOrder } from './insightsOrder.ts';
import type { Row } from './insightsRow.ts';
import { Scope, type ValueType } from './insightsScope.ts';
import { StatsTable } from './insightsStats.ts';
import type { Command, Expression, NamedExpression } from './insightsTree.ts';
import { isTrue, textOf, type Value } from './insightsValues.ts';

/** What a command does with a row: passes it on, changes it, keeps it until the end, or drops it. */
export interface Stage {
  /** Whether the row goes on to the next stage now. */
  readonly take: (row: Row) => boolean;
  /** The rows that were kept, in order, once there are no more. */
  readonly release?: () => readonly Row[];
}

export interface Column {
  readonly name: string;
  readonly type: ValueType;
  readonly evaluate: (row: Row) => Value;
}

export interface Pipeline {
  readonly stages: readonly Stage[];
  readonly columns: readonly Column[];
  readonly order: RowOrder;
  /** Whether the rows at the end are events, which have an `@ptr`. */
  readonly givesEvents: boolean;
}

/** Compiles the commands of a query. `now` is what `now()` gives. */
export function compilePipeline(commands: readonly Command[], now: number): Pipeline {
  const compiler = new PipelineCompiler(now);
  for (const command of commands) {
    compiler.add(command);
  }
  return compiler.finish();
}

class PipelineCompiler {
  readonly #now: number;
  readonly #stages: Stage[] = [];
  #scope = new Scope(true);
  #order: RowOrder = newestFirst;
  #columns: Column[] = [];
  #displayed: readonly Column[] | undefined;

  constructor(now: number) {
    this.#now = now;
  }

  add(command: Command): void {
    switch (command.kind) {
      case 'fields':
        this.#columns.push(...this.#compute(command.items));
        return;
      case 'display':
        this.#displayed = this.#compute(command.items);
        return;
      case 'filter': {
        const { evaluate } = this.#compile(command.condition);
        this.#stages.push({ take: (row) => isTrue(evaluate(row)) });
        return;
      }
      case 'sort': {
        const keys = command.keys.map(({ expression }) => this.#compile(expression).evaluate);
        this.#order = orderBySortKeys(command.keys.map(({ isDescending }) => isDescending));
        this.#stages.push({
          take: (row) => {
            row.sortKeys = keys.map((evaluate) => evaluate(row));
            return true;
          },
        });
        return;
      }
      case 'limit':
        this.#keep(new FirstRows(command.count, this.#order));
        return;
      case 'dedup':
        this.#addDedup(command.by);
        return;
      case 'parse':
        this.#addParse(command);
        return;
      case 'stats':
        this.#addStats(command);
    }
  }

  finish(): Pipeline {
    const shown = this.#displayed ?? (this.#columns.length > 0 ? this.#columns : this.#default());
    const columns = new Map(shown.map((column) => [column.name, column]));
    return {
      stages: this.#stages,
      columns: [...columns.values()],
      order: this.#order,
      givesEvents: this.#scope.hasEvents,
    };
  }

  #context(): CompileContext {
    return { scope: this.#scope, now: this.#now };
  }

  #compile(expression: Expression): { readonly type: ValueType; readonly evaluate: (row: Row) => Value } {
    return compileExpression(expression, this.#context());
  }

  /** Computes what has a name of its own once for each row, so that later commands find it. */
  #compute(items: readonly NamedExpression[]): readonly Column[] {
    return items.map(({ name, expression }) => {
      const compiled = this.#compile(expression);
      if (expression.kind === 'field' && expression.name === name) {
        return { name, ...compiled };
      }
      const slot = this.#scope.declare(name, compiled.type);
      this.#stages.push({
        take: (row) => {
          row.slots[slot] = compiled.evaluate(row);
          return true;
        },
      });
      return { name, type: compiled.type, evaluate: (row) => row.slots[slot] };
    });
  }

  #default(): readonly Column[] {
    return ['@timestamp', '@message'].map((name) => ({
      name,
      ...this.#compile({ kind: 'field', name, path: [name] }),
    }));
  }

  #keep(rows: FirstRows): void {
    this.#stages.push({
      take: (row) => {
        rows.add(row);
        return false;
      },
      release: () => rows.inOrder(),
    });
  }

  #addDedup(by: readonly Expression[]): void {
    const values = by.map((expression) => this.#compile(expression).evaluate);
    const order = this.#order;
    const kept = new Map<string, Row>();
    this.#stages.push({
      take: (row) => {
        const texts = values.map((evaluate) => textOf(evaluate(row)));
        // A row that lacks one of the fields is no duplicate of another.
        const isWhole = texts.every((text) => text !== undefined);
        const key = isWhole ? JSON.stringify(texts) : String(row.sequence);
        const other = kept.get(key);
        if (other === undefined || order(row, other) < 0) {
          kept.set(key, row);
        }
        return false;
      },
      release: () => [...kept.values()].toSorted(order),
    });
  }

  #addParse({ from, names, pattern }: Command & { kind: 'parse' }): void {
    const { evaluate } = this.#compile(from);
    const extract = compileExtraction(pattern);
    const slots = names.map((name) => this.#scope.declare(name, 'other'));
    this.#stages.push({
      take: (row) => {
        const text = textOf(evaluate(row));
        const parts = text === undefined ? undefined : extract(text);
        slots.forEach((slot, index) => {
          row.slots[slot] = parts?.[index];
        });
        return true;
      },
    });
  }

  #addStats(command: Command & { kind: 'stats' }): void {
    const table = new StatsTable(command, this.#context());
    this.#stages.push({
      take: (row) => {
        table.add(row);
        return false;
      },
      release: () => table.rows(),
    });
    this.#scope = table.scope;
    this.#displayed = undefined;
    this.#columns = table.columns.map(({ name, slot, type }) => ({ name, type, evaluate: (row) => row.slots[slot] }));
    const time = command.by.length > 0 ? table.columns.find(({ type }) => type === 'time') : undefined;
    this.#order = time === undefined ? asTheyCame : newestFirstBy(time.slot);
  }
}

/** What is grouped by time comes with the newest first, as events do. */
function newestFirstBy(slot: number): RowOrder {
  return (left, right) =>
    ((right.slots[slot] as number | undefined) ?? 0) - ((left.slots[slot] as number | undefined) ?? 0) ||
    left.sequence - right.sequence;
}
