import { counterAt, type Counters } from '../memory/counters.ts';
import { logBits, rowsPerSegment } from '../memory/segment.ts';
import type { TraceSlots } from '../memory/traceSlots.ts';
import { traceBits, tracesPerChunk } from '../memory/traceTable.ts';
import type { SegmentSet } from './segmentSet.ts';

/**
 * Links log records to the traces that they name. Records leave in the order they came, so a chain is only ever cut at its old end: a
 * reader stops at the first dead one.
 */
export class LogLinks {
  readonly #segments: SegmentSet;
  readonly #traces: TraceSlots;
  readonly #counters: Counters;

  constructor(segments: SegmentSet, traces: TraceSlots, counters: Counters) {
    this.#segments = segments;
    this.#traces = traces;
    this.#counters = counters;
  }

  /** Counts a record; `slot` is that of its trace, -1 where it names none. */
  take(globalRow: number, slot: number): void {
    const segment = this.#segments.of(globalRow);
    const { columns } = segment;
    const row = globalRow % rowsPerSegment;
    columns.logTrace[row] = slot + 1;
    columns.logPrevious[row] = 0;
    if (slot !== -1) {
      const trace = this.#traces.chunkOf(slot).columns;
      const at = slot % tracesPerChunk;
      columns.logPrevious[row] = trace.lastLog[at] as number;
      trace.lastLog[at] = globalRow + 1;
      trace.logs[at] = (trace.logs[at] as number) + 1;
      trace.revision[at] = (trace.revision[at] as number) + 1;
    }
    this.#count(1);
    this.#segments.countLiving(segment.number, 1);
  }

  /** Leaves a record out: it counts for nothing. */
  refuse(globalRow: number): void {
    const columns = this.#segments.of(globalRow).columns;
    columns.logBits[globalRow % rowsPerSegment] =
      (columns.logBits[globalRow % rowsPerSegment] as number) | logBits.dead;
  }

  /** Takes a record out. A trace that was known only by its records goes with the last one. */
  kill(globalRow: number): void {
    const segment = this.#segments.of(globalRow);
    const { columns } = segment;
    const row = globalRow % rowsPerSegment;
    const bits = columns.logBits[row] as number;
    if ((bits & logBits.dead) !== 0) {
      return;
    }
    columns.logBits[row] = bits | logBits.dead;
    this.#leaveTrace((columns.logTrace[row] as number) - 1);
    this.#count(-1);
    this.#segments.countLiving(segment.number, -1);
  }

  /** Living records of the trace in `slot`, newest first. */
  rowsOf(slot: number): number[] {
    const rows: number[] = [];
    let next = this.#traces.chunkOf(slot).columns.lastLog[slot % tracesPerChunk] as number;
    while (next !== 0) {
      const columns = this.#segments.find(next - 1)?.columns;
      const row = (next - 1) % rowsPerSegment;
      if (columns === undefined || ((columns.logBits[row] as number) & logBits.dead) !== 0) {
        break;
      }
      rows.push(next - 1);
      next = columns.logPrevious[row] as number;
    }
    return rows;
  }

  /** Puts copies of records in their places, new row by old; the old ones then count for nothing. Each chain is walked once. */
  replaceRows(moved: ReadonlyMap<number, number>): void {
    const slots = new Set<number>();
    for (const [oldRow, newRow] of moved) {
      const old = this.#segments.of(oldRow).columns;
      const slotPlusOne = old.logTrace[oldRow % rowsPerSegment] as number;
      const copy = this.#segments.of(newRow);
      copy.columns.logTrace[newRow % rowsPerSegment] = slotPlusOne;
      copy.columns.logPrevious[newRow % rowsPerSegment] = old.logPrevious[oldRow % rowsPerSegment] as number;
      this.#segments.countLiving(copy.number, 1);
      if (slotPlusOne !== 0) {
        slots.add(slotPlusOne - 1);
      }
    }
    for (const slot of slots) {
      this.#relink(slot, moved);
    }
    for (const oldRow of moved.keys()) {
      this.refuse(oldRow);
      this.#segments.countLiving(Math.floor(oldRow / rowsPerSegment), -1);
    }
  }

  /** Whoever pointed to a row that has moved points to its copy. */
  #relink(slot: number, moved: ReadonlyMap<number, number>): void {
    const trace = this.#traces.findChunk(slot)?.columns;
    const at = slot % tracesPerChunk;
    if (trace === undefined || ((trace.bits[at] as number) & traceBits.dead) !== 0) {
      return;
    }
    const newOf = (next: number): number => (moved.get(next - 1) ?? next - 1) + 1;
    let next = newOf(trace.lastLog[at] as number);
    trace.lastLog[at] = next;
    while (next !== 0) {
      const logPrevious = this.#segments.find(next - 1)?.columns.logPrevious;
      if (logPrevious === undefined) {
        return;
      }
      const row = (next - 1) % rowsPerSegment;
      next = newOf(logPrevious[row] as number);
      logPrevious[row] = next;
    }
  }

  #leaveTrace(slot: number): void {
    const trace = slot === -1 ? undefined : this.#traces.findChunk(slot)?.columns;
    const at = slot % tracesPerChunk;
    if (trace === undefined || ((trace.bits[at] as number) & traceBits.dead) !== 0) {
      return;
    }
    trace.logs[at] = (trace.logs[at] as number) - 1;
    trace.revision[at] = (trace.revision[at] as number) + 1;
    if (trace.logs[at] === 0) {
      trace.lastLog[at] = 0;
      if (trace.spans[at] === 0) {
        this.#traces.remove(slot);
      }
    }
  }

  #count(change: number): void {
    this.#counters[counterAt.logEvents] = (this.#counters[counterAt.logEvents] as number) + change;
  }
}
