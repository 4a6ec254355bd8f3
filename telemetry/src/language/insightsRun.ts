import { FirstRows } from './insightsOrder.ts';
import { compilePipeline, type Column, type Pipeline } from './insightsPipeline.ts';
import { Row, type InsightsEvent } from './insightsRow.ts';
import { timeText } from './insightsTimes.ts';
import type { InsightsQuery } from './insightsTree.ts';
import { textOf } from './insightsValues.ts';

/** How many rows a query gives when it does not say; AWS's default. */
export const defaultInsightsLimit = 10_000;

export interface InsightsOptions {
  /** What `now()` gives, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Milliseconds since the Unix epoch, inclusive, as is the next. Events outside are not looked at. */
  readonly startTime?: number;
  readonly endTime?: number;
  /** At most so many rows, whatever the query's own limits. */
  readonly limit?: number;
}

/** As GetQueryResults gives them. */
export interface InsightsResult {
  /** The fields that a row has, each with its value as text. */
  readonly rows: readonly (readonly { readonly field: string; readonly value: string }[])[];
  readonly statistics: {
    /** Events that passed the filters. */
    readonly recordsMatched: number;
    readonly recordsScanned: number;
    readonly bytesScanned: number;
  };
}

/**
 * A query while it runs: events are added in any order and any portions, then the result is asked for once. It holds
 * groups and at most the rows of the result, not the events.
 */
export class InsightsRun {
  readonly #pipeline: Pipeline;
  readonly #startTime: number;
  readonly #endTime: number;
  readonly #last: FirstRows;
  /** The first stage that keeps rows: what reaches it has matched. */
  readonly #firstKeeping: number;
  #recordsMatched = 0;
  #recordsScanned = 0;
  #bytesScanned = 0;
  #result: InsightsResult | undefined;

  constructor(query: InsightsQuery, options: InsightsOptions) {
    const { startTime = -Infinity, endTime = Infinity, limit = defaultInsightsLimit } = options;
    this.#pipeline = compilePipeline(query.commands, options.now);
    this.#startTime = startTime;
    this.#endTime = endTime;
    this.#last = new FirstRows(limit, this.#pipeline.order);
    const firstKeeping = this.#pipeline.stages.findIndex(({ release }) => release !== undefined);
    this.#firstKeeping = firstKeeping === -1 ? this.#pipeline.stages.length : firstKeeping;
  }

  add(event: InsightsEvent): void {
    const { timestamp } = event;
    if (timestamp < this.#startTime || timestamp > this.#endTime) {
      return;
    }
    this.#bytesScanned += event.bytes ?? event.message.length;
    this.#passOn(new Row(event, this.#recordsScanned++, []), 0);
  }

  /** Ends the run; events can no longer be added. */
  result(): InsightsResult {
    this.#result ??= this.#finish();
    return this.#result;
  }

  get statistics(): InsightsResult['statistics'] {
    return {
      recordsMatched: this.#recordsMatched,
      recordsScanned: this.#recordsScanned,
      bytesScanned: this.#bytesScanned,
    };
  }

  #finish(): InsightsResult {
    this.#pipeline.stages.forEach(({ release }, index) => {
      for (const row of release?.() ?? []) {
        this.#passOn(row, index + 1);
      }
    });
    const { columns, givesEvents } = this.#pipeline;
    const isPointed = givesEvents && !columns.some(({ name }) => name === '@ptr');
    const rows = this.#last.inOrder().map((row) => {
      const fields = columns.flatMap((column) => fieldOf(column, row));
      return isPointed && row.event !== undefined ? [...fields, { field: '@ptr', value: row.event.ptr }] : fields;
    });
    return { rows, statistics: this.statistics };
  }

  #passOn(row: Row, from: number): void {
    const { stages } = this.#pipeline;
    for (let index = from; index < stages.length; index++) {
      if (index === this.#firstKeeping) {
        this.#recordsMatched++;
      }
      if (stages[index]?.take(row) !== true) {
        return;
      }
    }
    if (this.#firstKeeping === stages.length) {
      this.#recordsMatched++;
    }
    this.#last.add(row);
  }
}

/** Runs a query over events that are all there. */
export function runInsights(
  query: InsightsQuery,
  events: Iterable<InsightsEvent>,
  options: InsightsOptions,
): InsightsResult {
  const run = new InsightsRun(query, options);
  for (const event of events) {
    run.add(event);
  }
  return run.result();
}

/** The field with its value as text; none where the row lacks it. */
function fieldOf({ name, type, evaluate }: Column, row: Row): readonly { field: string; value: string }[] {
  const value = evaluate(row);
  const text = type === 'time' && typeof value === 'number' ? timeText(value) : textOf(value);
  return text === undefined ? [] : [{ field: name, value: text }];
}
