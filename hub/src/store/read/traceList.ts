import type { TraceId } from '@sightline/telemetry/model/ids';
import type { TraceList, TraceRow } from '../../client/api.ts';
import { traceBits, traceIdAt, tracesPerChunk } from '../memory/traceTable.ts';
import type { SharedIndex } from './sharedIndex.ts';
import { summarizeTrace } from '../../client/traceSummary.ts';
import { parseTraceCursor, toTraceCursor, type TracePlace } from './traceCursor.ts';

const word = 0x1_0000_0000;
const cachedSummaries = 2000;

export interface Summary {
  readonly revision: number;
  readonly pinned: boolean;
  readonly row: TraceRow;
  readonly isHealthCheck: boolean;
}

/** The list of traces, newest first, made out of columns alone. */
export class TraceLister {
  readonly #index: SharedIndex;
  readonly #summaries = new Map<number, Summary>();

  constructor(index: SharedIndex) {
    this.#index = index;
  }

  list(query: { limit: number; before?: string; excludeHealthChecks: boolean }): TraceList {
    const traces: TraceRow[] = [];
    let hidden = 0;
    let after = query.before === undefined ? undefined : parseTraceCursor(query.before);
    for (;;) {
      const places = this.#newest(query.limit + 1, after);
      for (const place of places) {
        if (traces.length === query.limit) {
          return { traces, next: toTraceCursor(after as TracePlace), ...hiddenOf(query, hidden) };
        }
        after = place;
        const summary = this.summaryOf(place.slot);
        if (summary === undefined) {
          continue;
        }
        if (query.excludeHealthChecks && summary.isHealthCheck) {
          hidden += 1;
        } else {
          traces.push(summary.row);
        }
      }
      if (places.length <= query.limit) {
        return { traces, ...hiddenOf(query, hidden) };
      }
    }
  }

  /** The row of one trace; `undefined` where it has no spans. */
  summaryOf(slot: number): Summary | undefined {
    const columns = this.#index.chunkOf(slot)?.columns;
    const at = slot % tracesPerChunk;
    if (columns === undefined) {
      return undefined;
    }
    const revision = columns.revision[at] as number;
    const pinned = ((columns.bits[at] as number) & traceBits.pinned) !== 0;
    const known = this.#summaries.get(slot);
    if (known?.revision === revision && known.pinned === pinned) {
      return known;
    }
    const summary = this.#summarize(slot, revision, pinned);
    this.#remember(slot, summary);
    return summary;
  }

  #summarize(slot: number, revision: number, pinned: boolean): Summary | undefined {
    const chunk = this.#index.chunkOf(slot);
    const spans = this.#index.spansOf(slot);
    if (chunk === undefined || spans.length === 0) {
      return undefined;
    }
    const at = slot % tracesPerChunk;
    const logCount = chunk.columns.logs[at] as number;
    const { row, isHealthCheck } = summarizeTrace(traceIdAt(chunk, at) as TraceId, spans, { logCount, pinned });
    return { revision, pinned, row, isHealthCheck };
  }

  #remember(slot: number, summary: Summary | undefined): void {
    this.#summaries.delete(slot);
    if (summary !== undefined) {
      this.#summaries.set(slot, summary);
    }
    if (this.#summaries.size > cachedSummaries) {
      const [oldest] = this.#summaries.keys();
      this.#summaries.delete(oldest as number);
    }
  }

  /** The newest `count` living traces behind `after`, newest first. */
  #newest(count: number, after: TracePlace | undefined): TracePlace[] {
    const heap = new NewestHeap(count);
    for (let slot = this.#index.slots - 1; slot >= 0; slot -= 1) {
      const columns = this.#index.chunkOf(slot)?.columns;
      if (columns === undefined) {
        // The whole chunk has been freed.
        slot -= slot % tracesPerChunk;
        continue;
      }
      const at = slot % tracesPerChunk;
      if (columns.spans[at] === 0 || ((columns.bits[at] as number) & traceBits.dead) !== 0) {
        continue;
      }
      const start = (columns.startHigh[at] as number) * word + (columns.startLow[at] as number);
      if (after === undefined || start < after.start || (start === after.start && slot < after.slot)) {
        heap.offer(start, slot);
      }
    }
    return heap.toSorted();
  }
}

/** Keeps the newest places offered. Traces come nearly in order, so most offers are turned away by one comparison. */
class NewestHeap {
  readonly #capacity: number;
  readonly #places: TracePlace[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  offer(start: number, slot: number): void {
    const places = this.#places;
    if (places.length < this.#capacity) {
      places.push({ start, slot });
      this.#siftUp(places.length - 1);
      return;
    }
    const oldest = places[0] as TracePlace;
    if (start > oldest.start || (start === oldest.start && slot > oldest.slot)) {
      places[0] = { start, slot };
      this.#siftDown(0);
    }
  }

  toSorted(): TracePlace[] {
    return this.#places.toSorted((a, b) => b.start - a.start || b.slot - a.slot);
  }

  #siftUp(from: number): void {
    for (let at = from; at > 0;) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfOlder(at, above)) {
        return;
      }
      at = above;
    }
  }

  #siftDown(from: number): void {
    for (let at = from; ;) {
      const left = at * 2 + 1;
      const right = left + 1;
      if (left >= this.#places.length) {
        return;
      }
      const older = right < this.#places.length && this.#isOlder(right, left) ? right : left;
      if (!this.#swapIfOlder(older, at)) {
        return;
      }
      at = older;
    }
  }

  /** Swaps where the place at `at` is older than the one at `above`. */
  #swapIfOlder(at: number, above: number): boolean {
    if (!this.#isOlder(at, above)) {
      return false;
    }
    const place = this.#places[at] as TracePlace;
    this.#places[at] = this.#places[above] as TracePlace;
    this.#places[above] = place;
    return true;
  }

  #isOlder(a: number, b: number): boolean {
    const left = this.#places[a] as TracePlace;
    const right = this.#places[b] as TracePlace;
    return left.start < right.start || (left.start === right.start && left.slot < right.slot);
  }
}

export function hiddenOf(query: { excludeHealthChecks: boolean }, hidden: number): { hiddenHealthChecks?: number } {
  return query.excludeHealthChecks ? { hiddenHealthChecks: hidden } : {};
}
