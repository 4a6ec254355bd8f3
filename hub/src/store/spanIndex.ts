import { counterAt, type Counters } from './memory/counters.ts';
import { HashSlots } from './memory/hashSlots.ts';
import { hashWords } from './memory/hashBytes.ts';
import { SegmentWriter } from './memory/segmentWriter.ts';
import { makeSegment, rowsPerSegment, spanBits, type SpanSegment } from './memory/spanSegment.ts';
import { TraceSlots } from './memory/traceSlots.ts';
import { traceBits, tracesPerChunk } from './memory/traceTable.ts';
import { SpanDraft, type SpanSink } from './scan/spanDraft.ts';
import { roleOfKey } from './scan/httpRoles.ts';

/** Where staging stood before a payload or a group, to go back to. */
export interface Mark {
  readonly segment: number;
  readonly rows: number;
  readonly attributes: number;
  readonly staged: number;
}

export interface IndexEvents {
  onSegment(segment: SpanSegment): void;
  onSegmentFreed(number: number): void;
}

const running = 0;

/**
 * The writer's index of spans: stages the rows of a group, and once the group has been committed links them into their traces.
 *
 * Invariants: a staged row is invisible until `apply`; a span id counts once within a trace; the chain of a trace runs from its newest
 * row to its oldest through `previous`; rows never move.
 */
export class SpanIndex implements SpanSink {
  readonly traces: TraceSlots;
  readonly #counters: Counters;
  readonly #events: IndexEvents;
  readonly draft = new SpanDraft();
  readonly segments = new Map<number, SpanSegment>();
  readonly #spanIds = new HashSlots(65_536);
  readonly #living = new Map<number, number>();
  #writer: SegmentWriter;
  #opened: SegmentWriter[] = [];
  /** Five words a staged row: its trace id, and its global row. */
  #staged = new Float64Array(4096 * 5);
  #stagedRows = 0;
  #group = 0;
  #payload = 0;

  constructor(traces: TraceSlots, counters: Counters, events: IndexEvents) {
    this.traces = traces;
    this.#counters = counters;
    this.#events = events;
    this.#writer = this.#openSegment(0);
    this.#opened = [];
  }

  /** The segment that is being filled. */
  get current(): SegmentWriter {
    return this.#writer;
  }

  beginPayload(group: number, payload: number): void {
    this.#group = group;
    this.#payload = payload;
  }

  mark(): Mark {
    return {
      segment: this.#writer.segment.number,
      rows: this.#writer.rows,
      attributes: this.#writer.attributes,
      staged: this.#stagedRows,
    };
  }

  /** Forgets what was staged since `mark`. A segment opened since then stays, empty. */
  rewind(mark: Mark): void {
    for (const writer of this.#opened) {
      if (writer.segment.number === mark.segment) {
        writer.rewind(mark.rows, mark.attributes);
      } else if (writer.segment.number > mark.segment) {
        writer.rewind(0, 0);
      }
    }
    if (this.#writer.segment.number === mark.segment) {
      this.#writer.rewind(mark.rows, mark.attributes);
    } else {
      this.#writer.rewind(0, 0);
    }
    this.#stagedRows = mark.staged;
  }

  beginSpan(): SegmentWriter {
    if (!this.#writer.hasRoomForSpan()) {
      this.#opened.push(this.#writer);
      this.#writer = this.#openSegment(this.#writer.segment.number + 1);
    }
    this.draft.reset();
    return this.#writer;
  }

  dropSpan(): void {
    this.#writer.dropSpan();
  }

  endSpan(): void {
    const { draft } = this;
    const { columns, number } = this.#writer.segment;
    const row = this.#writer.endSpan();
    columns.duration[row] = draft.duration;
    columns.idHigh[row] = draft.idHigh;
    columns.idLow[row] = draft.idLow;
    columns.parentHigh[row] = draft.parentHigh;
    columns.parentLow[row] = draft.parentLow;
    columns.service[row] = draft.service;
    columns.name[row] = draft.name;
    columns.method[row] = draft.method;
    columns.route[row] = draft.route;
    columns.url[row] = draft.url;
    columns.startHigh[row] = draft.startHigh;
    columns.startLow[row] = draft.startLow;
    columns.bits[row] = draft.bits;
    columns.httpStatus[row] = draft.httpStatus;
    columns.group[row] = this.#group;
    columns.payload[row] = this.#payload;
    this.#stage(draft, number * rowsPerSegment + row);
  }

  /** Links the staged rows into their traces and publishes them. `changed` gets the slots of the traces that changed. */
  apply(changed: Set<number>): void {
    const staged = this.#staged;
    for (let at = 0; at < this.#stagedRows * 5; at += 5) {
      const slot = this.traces.findOrAdd(
        staged[at] as number,
        staged[at + 1] as number,
        staged[at + 2] as number,
        staged[at + 3] as number,
      );
      if (this.#take(staged[at + 4] as number, slot)) {
        changed.add(slot);
      }
    }
    this.#stagedRows = 0;
    for (const writer of this.#opened) {
      writer.publish();
    }
    this.#opened = [];
    this.#writer.publish();
  }

  /** The segment of a global row. */
  segmentOf(globalRow: number): SpanSegment {
    const segment = this.segments.get(Math.floor(globalRow / rowsPerSegment));
    if (segment === undefined) {
      throw new Error(`no segment holds row ${globalRow}`);
    }
    return segment;
  }

  /** Takes a row out of its trace: it was replaced, or its trace leaves. */
  kill(globalRow: number): void {
    const segment = this.segmentOf(globalRow);
    const { columns } = segment;
    const row = globalRow % rowsPerSegment;
    const bits = columns.bits[row] as number;
    if ((bits & spanBits.dead) !== 0) {
      return;
    }
    const slot = columns.trace[row] as number;
    this.#spanIds.remove(hashOfSpan(slot, columns.idHigh[row] as number, columns.idLow[row] as number), globalRow);
    columns.bits[row] = bits | spanBits.dead;
    const { spans } = this.traces.chunkOf(slot).columns;
    const at = slot % tracesPerChunk;
    spans[at] = (spans[at] as number) - 1;
    if (spans[at] === 0) {
      this.#count('traces', -1);
    }
    this.#count('spans', -1);
    this.#countLiving(segment.number, -1);
  }

  /** Living rows of the trace in `slot`, newest first. */
  *rowsOf(slot: number): Generator<number> {
    const { last } = this.traces.chunkOf(slot).columns;
    let next = last[slot % tracesPerChunk] as number;
    while (next !== 0) {
      const globalRow = next - 1;
      const { columns } = this.segmentOf(globalRow);
      const row = globalRow % rowsPerSegment;
      next = columns.previous[row] as number;
      if (((columns.bits[row] as number) & spanBits.dead) === 0) {
        yield globalRow;
      }
    }
  }

  #take(globalRow: number, slot: number): boolean {
    const segment = this.segmentOf(globalRow);
    const { columns } = segment;
    const row = globalRow % rowsPerSegment;
    const idHigh = columns.idHigh[row] as number;
    const idLow = columns.idLow[row] as number;
    const hash = hashOfSpan(slot, idHigh, idLow);
    columns.trace[row] = slot;
    const known = this.#spanIds.find(hash, (other) => this.#isSpan(other, slot, idHigh, idLow));
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

  #link(segment: SpanSegment, row: number, slot: number): void {
    const { columns } = segment;
    const trace = this.traces.chunkOf(slot).columns;
    const at = slot % tracesPerChunk;
    const isFirst = trace.spans[at] === 0;
    columns.previous[row] = trace.last[at] as number;
    trace.last[at] = segment.number * rowsPerSegment + row + 1;
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
    const [endHigh, endLow] = addNanos(startHigh, startLow, columns.duration[row] as number);
    if (isFirst || isBefore(trace.endHigh[at] as number, trace.endLow[at] as number, endHigh, endLow)) {
      trace.endHigh[at] = endHigh;
      trace.endLow[at] = endLow;
    }
    if (isFirst) {
      this.#count('traces', 1);
    }
    this.#count('spans', 1);
    this.#countLiving(segment.number, 1);
  }

  #isSpan(globalRow: number, slot: number, idHigh: number, idLow: number): boolean {
    const { columns } = this.segmentOf(globalRow);
    const row = globalRow % rowsPerSegment;
    return columns.idLow[row] === idLow && columns.idHigh[row] === idHigh && columns.trace[row] === slot;
  }

  /** A complete document replaces the one that said "in progress" (AWS X-Ray, segment documents). */
  #replaces(newBits: number, known: number): boolean {
    const knownBits = this.segmentOf(known).columns.bits[known % rowsPerSegment] as number;
    return statusOfBits(knownBits) === running && statusOfBits(newBits) !== running;
  }

  /** Kills a row and the rows below it that came in the same document: all of them come again in the one that replaces it. */
  #killDocument(root: number, slot: number): void {
    const segment = this.segmentOf(root);
    const group = segment.columns.group[root % rowsPerSegment];
    const payload = segment.columns.payload[root % rowsPerSegment];
    const sameDocument: number[] = [];
    for (const globalRow of this.rowsOf(slot)) {
      const { columns } = this.segmentOf(globalRow);
      const row = globalRow % rowsPerSegment;
      if (columns.group[row] === group && columns.payload[row] === payload) {
        sameDocument.push(globalRow);
      }
    }
    const doomed = new Set([this.#idOf(root)]);
    this.kill(root);
    // Oldest first: a document lists a parent before its children.
    for (const globalRow of sameDocument.reverse()) {
      const { columns } = this.segmentOf(globalRow);
      const row = globalRow % rowsPerSegment;
      if (doomed.has(`${columns.parentHigh[row]}.${columns.parentLow[row]}`)) {
        doomed.add(this.#idOf(globalRow));
        this.kill(globalRow);
      }
    }
  }

  #idOf(globalRow: number): string {
    const { columns } = this.segmentOf(globalRow);
    const row = globalRow % rowsPerSegment;
    return `${columns.idHigh[row]}.${columns.idLow[row]}`;
  }

  #stage(draft: SpanDraft, globalRow: number): void {
    const at = this.#stagedRows * 5;
    if (at === this.#staged.length) {
      const grown = new Float64Array(at * 2);
      grown.set(this.#staged);
      this.#staged = grown;
    }
    this.#staged[at] = draft.id0;
    this.#staged[at + 1] = draft.id1;
    this.#staged[at + 2] = draft.id2;
    this.#staged[at + 3] = draft.id3;
    this.#staged[at + 4] = globalRow;
    this.#stagedRows += 1;
  }

  #openSegment(number: number): SegmentWriter {
    const segment = makeSegment(number);
    this.segments.set(number, segment);
    this.#living.set(number, 0);
    this.#events.onSegment(segment);
    return new SegmentWriter(segment, roleOfKey);
  }

  #countLiving(number: number, change: number): void {
    this.#living.set(number, (this.#living.get(number) ?? 0) + change);
  }

  #count(name: 'traces' | 'spans' | 'duplicates', change: number): void {
    this.#counters[counterAt[name]] = (this.#counters[counterAt[name]] as number) + change;
  }
}

export function statusOfBits(bits: number): number {
  return (bits >>> spanBits.statusShift) & spanBits.statusMask;
}

function hashOfSpan(slot: number, idHigh: number, idLow: number): number {
  return hashWords(idHigh ^ Math.imul(slot, 0x9e3779b1), idLow, 3);
}

function isBefore(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  return aHigh < bHigh || (aHigh === bHigh && aLow < bLow);
}

/** Unsigned 64-bit addition of a length of time, in words; a sum below zero counts as zero. */
export function addNanos(high: number, low: number, nanos: number): [high: number, low: number] {
  const sum = low + nanos;
  const carry = Math.floor(sum / 0x1_0000_0000);
  return high + carry < 0 ? [0, 0] : [high + carry, sum - carry * 0x1_0000_0000];
}
