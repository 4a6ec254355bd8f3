import { counterAt, type CounterName, type Counters } from '../memory/counters.ts';
import { hashWords } from '../memory/hashBytes.ts';
import { publishedRows, rowsPerSegment, spanBits, type Segment } from '../memory/segment.ts';
import { SpreadSlots } from '../memory/spreadSlots.ts';
import type { TraceSlots } from '../memory/traceSlots.ts';
import { traceBits, tracesPerChunk, type TraceChunk } from '../memory/traceTable.ts';
import type { SegmentSet } from './segmentSet.ts';

const running = 0;

/**
 * Links span rows into their traces.
 *
 * Invariants: a span id counts once within a trace; the chain of a trace holds its living rows and no others, newest first through
 * `previous`; a trace with no spans and no log records has no slot.
 */
export class SpanLinks {
  readonly #segments: SegmentSet;
  readonly #traces: TraceSlots;
  readonly #counters: Counters;
  readonly #onReplaced: (segment: number) => void;
  readonly #spanIds = new SpreadSlots(65_536);
  /** Loaded segments whose span ids are not in the table yet. */
  readonly #unlisted: Segment[] = [];

  /** `onReplaced` is told of each segment in which a row has been replaced: a seal that says otherwise is out of date. */
  constructor(segments: SegmentSet, traces: TraceSlots, counters: Counters, onReplaced: (segment: number) => void) {
    this.#onReplaced = onReplaced;
    this.#segments = segments;
    this.#traces = traces;
    this.#counters = counters;
  }

  /**
   * Links the living rows of a sealed segment; `slots` has the slot of each number in its trace column. Its span ids are known to be
   * unique; they are listed later, by `listNext` or by the first row that comes, since a start that waits for nothing need not list them.
   */
  loadSegment(segment: Segment, slots: Int32Array, isWanted: (row: number) => boolean): void {
    const { columns } = segment;
    let living = 0;
    let chunk: TraceChunk | undefined;
    for (let row = 0, rows = publishedRows(segment); row < rows; row += 1) {
      const bits = columns.bits[row] as number;
      const slot = slots[columns.trace[row] as number] as number;
      if ((bits & spanBits.dead) !== 0) {
        continue;
      }
      if (!isWanted(row)) {
        columns.bits[row] = bits | spanBits.dead;
        continue;
      }
      if (chunk === undefined || chunk.number !== Math.floor(slot / tracesPerChunk)) {
        chunk = this.#traces.chunkOf(slot);
      }
      columns.trace[row] = slot;
      this.#chain(segment, row, chunk, slot);
      living += 1;
    }
    this.#count('spans', living);
    this.#segments.countLiving(segment.number, living);
    this.#unlisted.push(segment);
  }

  /** Lists the span ids of one loaded segment. Answers false once all are listed. */
  listNext(): boolean {
    const segment = this.#unlisted.shift();
    if (segment === undefined) {
      return false;
    }
    const { columns } = segment;
    this.#spanIds.reserve(publishedRows(segment));
    for (let row = 0, rows = publishedRows(segment); row < rows; row += 1) {
      if (((columns.bits[row] as number) & spanBits.dead) === 0) {
        const hash = hashOfSpan(
          columns.trace[row] as number,
          columns.idHigh[row] as number,
          columns.idLow[row] as number,
        );
        this.#spanIds.add(hash, segment.number * rowsPerSegment + row);
      }
    }
    return true;
  }

  /** Links a row into the trace in `slot`, unless the span is there already. Answers whether the trace changed. */
  take(globalRow: number, slot: number): boolean {
    this.#listAll();
    const segment = this.#segments.of(globalRow);
    const { columns } = segment;
    const row = globalRow % rowsPerSegment;
    const idHigh = columns.idHigh[row] as number;
    const idLow = columns.idLow[row] as number;
    const hash = hashOfSpan(slot, idHigh, idLow);
    columns.trace[row] = slot;
    const known = this.#find(hash, slot, idHigh, idLow);
    if (known !== -1) {
      if (!this.#replaces(columns.bits[row] as number, known)) {
        columns.bits[row] = (columns.bits[row] as number) | spanBits.dead;
        this.#count('duplicates', 1);
        return false;
      }
      this.#killDocument(known, slot);
    }
    this.#spanIds.add(hash, globalRow);
    this.#link(segment, row, slot);
    return true;
  }

  /** Leaves a row out: it counts for nothing. */
  refuse(globalRow: number): void {
    const { bits } = this.#segments.of(globalRow).columns;
    bits[globalRow % rowsPerSegment] = (bits[globalRow % rowsPerSegment] as number) | spanBits.dead;
  }

  /** Takes every span out of the trace in `slot`. Answers how many there were. */
  killAll(slot: number): number {
    this.#listAll();
    let count = 0;
    for (const globalRow of this.rowsOf(slot)) {
      this.#kill(globalRow, slot);
      count += 1;
    }
    this.#traces.chunkOf(slot).columns.last[slot % tracesPerChunk] = 0;
    return count;
  }

  /** Puts copies of rows in their places, new row by old; the old rows then count for nothing. Each chain is made anew once. */
  replaceRows(moved: ReadonlyMap<number, number>): void {
    this.#listAll();
    const slots = new Set<number>();
    for (const [oldRow, newRow] of moved) {
      const { columns } = this.#segments.of(oldRow);
      const at = oldRow % rowsPerSegment;
      const slot = columns.trace[at] as number;
      const hash = hashOfSpan(slot, columns.idHigh[at] as number, columns.idLow[at] as number);
      const copy = this.#segments.of(newRow);
      copy.columns.trace[newRow % rowsPerSegment] = slot;
      this.#spanIds.remove(hash, oldRow);
      this.#spanIds.add(hash, newRow);
      this.#segments.countLiving(copy.number, 1);
      slots.add(slot);
    }
    for (const slot of slots) {
      this.#rechain(
        slot,
        this.rowsOf(slot).map((row) => moved.get(row) ?? row),
      );
    }
    // Last, since a segment of which nothing lives is freed.
    for (const oldRow of moved.keys()) {
      this.refuse(oldRow);
      this.#segments.countLiving(Math.floor(oldRow / rowsPerSegment), -1);
    }
  }

  /** Rows of the trace in `slot`, newest first. */
  rowsOf(slot: number): number[] {
    const rows: number[] = [];
    let next = this.#traces.chunkOf(slot).columns.last[slot % tracesPerChunk] as number;
    while (next !== 0) {
      rows.push(next - 1);
      next = this.#segments.of(next - 1).columns.previous[(next - 1) % rowsPerSegment] as number;
    }
    return rows;
  }

  #listAll(): void {
    while (this.#unlisted.length > 0) {
      this.listNext();
    }
  }

  #link(segment: Segment, row: number, slot: number): void {
    this.#chain(segment, row, this.#traces.chunkOf(slot), slot);
    this.#count('spans', 1);
    this.#segments.countLiving(segment.number, 1);
  }

  #chain({ columns, number }: Segment, row: number, { columns: trace }: TraceChunk, slot: number): void {
    const at = slot % tracesPerChunk;
    const isFirst = trace.spans[at] === 0;
    columns.previous[row] = trace.last[at] as number;
    trace.last[at] = number * rowsPerSegment + row + 1;
    trace.spans[at] = (trace.spans[at] as number) + 1;
    trace.revision[at] = (trace.revision[at] as number) + 1;
    const isOtlp = ((columns.bits[row] as number) & spanBits.otlp) !== 0;
    trace.bits[at] = (trace.bits[at] as number) | (isOtlp ? traceBits.otlp : traceBits.xray);
    const startHigh = columns.startHigh[row] as number;
    const startLow = columns.startLow[row] as number;
    if (isFirst || isBefore(startHigh, startLow, trace.startHigh[at] as number, trace.startLow[at] as number)) {
      trace.startHigh[at] = startHigh;
      trace.startLow[at] = startLow;
    }
    if (isFirst) {
      this.#count('traces', 1);
    }
  }

  /** The row's chain is left as it is: the caller mends it. */
  #kill(globalRow: number, slot: number): void {
    const segment = this.#segments.of(globalRow);
    const { columns } = segment;
    const row = globalRow % rowsPerSegment;
    this.#spanIds.remove(hashOfSpan(slot, columns.idHigh[row] as number, columns.idLow[row] as number), globalRow);
    columns.bits[row] = (columns.bits[row] as number) | spanBits.dead;
    const trace = this.#traces.chunkOf(slot).columns;
    const at = slot % tracesPerChunk;
    trace.spans[at] = (trace.spans[at] as number) - 1;
    if (trace.spans[at] === 0) {
      this.#count('traces', -1);
    }
    this.#count('spans', -1);
    this.#segments.countLiving(segment.number, -1);
  }

  /** The row of a span, or -1. */
  #find(hash: number, slot: number, idHigh: number, idLow: number): number {
    const part = this.#spanIds.partOf(hash);
    for (let place = part.first(hash); place !== -1; place = part.next(place, hash)) {
      const row = part.numberAt(place);
      if (this.#isSpan(row, slot, idHigh, idLow)) {
        return row;
      }
    }
    return -1;
  }

  #isSpan(globalRow: number, slot: number, idHigh: number, idLow: number): boolean {
    const { columns } = this.#segments.of(globalRow);
    const row = globalRow % rowsPerSegment;
    return columns.idLow[row] === idLow && columns.idHigh[row] === idHigh && columns.trace[row] === slot;
  }

  /** A complete document replaces the one that said "in progress" (AWS X-Ray, segment documents). */
  #replaces(newBits: number, known: number): boolean {
    const knownBits = this.#segments.of(known).columns.bits[known % rowsPerSegment] as number;
    return statusOfBits(knownBits) === running && statusOfBits(newBits) !== running;
  }

  /** Kills a row and the rows below it that came in the same document: all of them come again in the one that replaces it. */
  #killDocument(root: number, slot: number): void {
    const place = this.#placeOf(root);
    const rows = this.rowsOf(slot);
    const doomedIds = new Set([this.#idOf(root, 'id')]);
    const doomedRows = new Set([root]);
    // Oldest first: a document lists a parent before its children.
    for (const globalRow of rows.toReversed()) {
      if (this.#placeOf(globalRow) === place && doomedIds.has(this.#idOf(globalRow, 'parent'))) {
        doomedIds.add(this.#idOf(globalRow, 'id'));
        doomedRows.add(globalRow);
      }
    }
    this.#rechain(
      slot,
      rows.filter((globalRow) => !doomedRows.has(globalRow)),
    );
    for (const globalRow of doomedRows) {
      this.#kill(globalRow, slot);
      this.#onReplaced(Math.floor(globalRow / rowsPerSegment));
    }
  }

  #placeOf(globalRow: number): string {
    const { columns } = this.#segments.of(globalRow);
    const row = globalRow % rowsPerSegment;
    return `${columns.group[row]}.${columns.payload[row]}`;
  }

  #idOf(globalRow: number, which: 'id' | 'parent'): string {
    const { columns } = this.#segments.of(globalRow);
    const row = globalRow % rowsPerSegment;
    return `${columns[`${which}High`][row]}.${columns[`${which}Low`][row]}`;
  }

  /** Chains these rows, newest first. A reader under way sees each row's link whole, old or new. */
  #rechain(slot: number, rows: readonly number[]): void {
    for (const [index, globalRow] of rows.entries()) {
      const next = rows[index + 1];
      this.#segments.of(globalRow).columns.previous[globalRow % rowsPerSegment] = next === undefined ? 0 : next + 1;
    }
    const trace = this.#traces.chunkOf(slot).columns;
    const [first] = rows;
    trace.last[slot % tracesPerChunk] = first === undefined ? 0 : first + 1;
    trace.revision[slot % tracesPerChunk] = (trace.revision[slot % tracesPerChunk] as number) + 1;
  }

  #count(name: CounterName, change: number): void {
    this.#counters[counterAt[name]] = (this.#counters[counterAt[name]] as number) + change;
  }
}

function statusOfBits(bits: number): number {
  return (bits >>> spanBits.statusShift) & spanBits.statusMask;
}

function hashOfSpan(slot: number, idHigh: number, idLow: number): number {
  return hashWords(idHigh ^ Math.imul(slot, 0x9e3779b1), idLow, 3);
}

function isBefore(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  return aHigh < bHigh || (aHigh === bHigh && aLow < bLow);
}
