import { counterAt, type Counters } from './counters.ts';
import { HashSlots } from './hashSlots.ts';
import { hashWords } from './hashBytes.ts';
import { makeTraceChunk, traceBits, tracesPerChunk, type TraceChunk } from './traceTable.ts';

export interface ChunkEvents {
  /** Before any trace in the chunk can be seen. */
  onTraces(chunk: TraceChunk): void;
  onTracesFreed(number: number): void;
}

/** The writer's side of the trace table: finds a trace by its id, adds it where it is new, and frees chunks of which no trace is left. */
export class TraceSlots {
  readonly #counters: Counters;
  readonly #events: ChunkEvents;
  readonly chunks = new Map<number, TraceChunk>();
  readonly #slots = new HashSlots(4096);
  readonly #livingInChunk = new Map<number, number>();
  #next = 0;
  /** The chunk asked for last: what comes belongs to new traces, mostly. */
  #last: TraceChunk | undefined;
  /** The living trace found last, or -1: spans of one trace come one after the other. */
  #lastFound = -1;

  constructor(counters: Counters, events: ChunkEvents) {
    this.#counters = counters;
    this.#events = events;
  }

  /** Slots handed out so far. */
  get next(): number {
    return this.#next;
  }

  /** The chunk that holds a slot, `undefined` where it has been freed. */
  findChunk(slot: number): TraceChunk | undefined {
    return this.chunks.get(Math.floor(slot / tracesPerChunk));
  }

  /** The chunk that holds a slot. Its row there is `slot % tracesPerChunk`. */
  chunkOf(slot: number): TraceChunk {
    const number = Math.floor(slot / tracesPerChunk);
    if (this.#last?.number === number) {
      return this.#last;
    }
    const chunk = this.chunks.get(number);
    if (chunk === undefined) {
      throw new Error(`the trace table has no slot ${slot}`);
    }
    this.#last = chunk;
    return chunk;
  }

  /** The slot of a living trace, or -1. Signs of the words do not count. */
  find(id0: number, id1: number, id2: number, id3: number): number {
    const last = this.#lastFound;
    if (last !== -1 && this.#isTrace(last, id0, id1, id2, id3)) {
      return last;
    }
    const hash = hashOfTraceId(id0, id1, id2, id3);
    for (let place = this.#slots.first(hash); place !== -1; place = this.#slots.next(place, hash)) {
      const slot = this.#slots.numberAt(place);
      if (this.#isTrace(slot, id0, id1, id2, id3)) {
        this.#lastFound = slot;
        return slot;
      }
    }
    return -1;
  }

  findOrAdd(id0: number, id1: number, id2: number, id3: number): number {
    const found = this.find(id0, id1, id2, id3);
    return found === -1 ? this.#add(id0, id1, id2, id3) : found;
  }

  /** Empties a slot for good. */
  remove(slot: number): void {
    const chunk = this.chunkOf(slot);
    const { columns } = chunk;
    const at = slot % tracesPerChunk;
    const hash = hashOfTraceId(
      columns.id0[at] as number,
      columns.id1[at] as number,
      columns.id2[at] as number,
      columns.id3[at] as number,
    );
    this.#slots.remove(hash, slot);
    this.#lastFound = -1;
    columns.bits[at] = (columns.bits[at] as number) | traceBits.dead;
    const living = (this.#livingInChunk.get(chunk.number) ?? 0) - 1;
    this.#livingInChunk.set(chunk.number, living);
    if (living === 0 && (chunk.number + 1) * tracesPerChunk <= this.#next) {
      this.chunks.delete(chunk.number);
      this.#last = undefined;
      this.#livingInChunk.delete(chunk.number);
      this.#events.onTracesFreed(chunk.number);
    }
  }

  #isTrace(slot: number, id0: number, id1: number, id2: number, id3: number): boolean {
    const { columns } = this.chunkOf(slot);
    const at = slot % tracesPerChunk;
    const difference =
      ((columns.id3[at] as number) ^ id3) |
      ((columns.id2[at] as number) ^ id2) |
      ((columns.id1[at] as number) ^ id1) |
      ((columns.id0[at] as number) ^ id0);
    return difference === 0;
  }

  #add(id0: number, id1: number, id2: number, id3: number): number {
    const slot = this.#next;
    const number = Math.floor(slot / tracesPerChunk);
    const at = slot % tracesPerChunk;
    if (at === 0) {
      const chunk = makeTraceChunk(number);
      this.chunks.set(number, chunk);
      this.#events.onTraces(chunk);
    }
    const { columns } = this.chunkOf(slot);
    columns.id0[at] = id0;
    columns.id1[at] = id1;
    columns.id2[at] = id2;
    columns.id3[at] = id3;
    this.#slots.add(hashOfTraceId(id0, id1, id2, id3), slot);
    this.#livingInChunk.set(number, (this.#livingInChunk.get(number) ?? 0) + 1);
    this.#next = slot + 1;
    this.#lastFound = slot;
    this.#counters[counterAt.traceSlots] = this.#next;
    return slot;
  }
}

function hashOfTraceId(id0: number, id1: number, id2: number, id3: number): number {
  return hashWords(id0 ^ id2, id1 ^ id3, 7);
}
