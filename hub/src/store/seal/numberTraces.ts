import { publishedLogs, publishedRows, spanBits, type Segment } from '../memory/segment.ts';
import { tracesPerChunk, viewTraceChunk, type TraceChunk } from '../memory/traceTable.ts';
import type { SealRequest } from './sealedSegment.ts';

/** The traces of a segment, numbered anew: slots of the trace table mean nothing after a restart. */
export interface NumberedTraces {
  /** Four words for each trace. */
  readonly traceIds: Uint32Array;
  /** For each span its number in `traceIds`. */
  readonly spanTraces: Uint32Array;
  /** For each log record its number in `traceIds`, plus one; 0 where it names no trace. */
  readonly logTraces: Uint32Array;
}

export function numberTraces(segment: Segment, traces: SealRequest['traces']): NumberedTraces {
  const { columns } = segment;
  const chunks = new Map(traces.map(({ number, buffer }) => [number, viewTraceChunk(number, buffer)]));
  const numbering = new Numbering(chunks);
  const spanTraces = new Uint32Array(publishedRows(segment));
  for (let row = 0; row < spanTraces.length; row += 1) {
    // The trace of a dead row may be gone.
    const isDead = ((columns.bits[row] as number) & spanBits.dead) !== 0;
    spanTraces[row] = isDead ? 0 : Math.max(0, numbering.numberOf(columns.trace[row] as number));
  }
  const logTraces = new Uint32Array(publishedLogs(segment));
  for (let row = 0; row < logTraces.length; row += 1) {
    const slot = (columns.logTrace[row] as number) - 1;
    logTraces[row] = slot === -1 ? 0 : numbering.numberOf(slot) + 1;
  }
  return { traceIds: numbering.traceIds, spanTraces, logTraces };
}

class Numbering {
  readonly #chunks: ReadonlyMap<number, TraceChunk>;
  readonly #numbers = new Map<number, number>();
  readonly #ids: number[] = [];
  /** Rows of one trace often come one after the other. */
  #lastSlot = -1;
  #lastNumber = -1;

  constructor(chunks: ReadonlyMap<number, TraceChunk>) {
    this.#chunks = chunks;
  }

  get traceIds(): Uint32Array {
    return Uint32Array.from(this.#ids);
  }

  /** The slot's number; -1 where its part of the table is not here. */
  numberOf(slot: number): number {
    if (slot !== this.#lastSlot) {
      this.#lastNumber = this.#find(slot);
      this.#lastSlot = slot;
    }
    return this.#lastNumber;
  }

  #find(slot: number): number {
    const known = this.#numbers.get(slot);
    if (known !== undefined) {
      return known;
    }
    const columns = this.#chunks.get(Math.floor(slot / tracesPerChunk))?.columns;
    if (columns === undefined) {
      return -1;
    }
    const at = slot % tracesPerChunk;
    this.#ids.push(
      columns.id0[at] as number,
      columns.id1[at] as number,
      columns.id2[at] as number,
      columns.id3[at] as number,
    );
    this.#numbers.set(slot, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
