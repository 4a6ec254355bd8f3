import type { EpochNanos } from '@sightline/telemetry/model/units';
import { tracesPerChunk } from '../memory/traceTable.ts';
import type { TraceSelection } from '../traceAnalysis.ts';
import { entryBits } from './digestColumns.ts';
import type { DigestChunk } from './traceDigests.ts';

/** Whether a trace is in a window of time. */
export class SelectionWindow {
  readonly from: number;
  readonly to: number;
  readonly #fromExact: bigint;
  readonly #toExact: bigint;
  readonly #type: 'TraceId' | 'Event' | 'Service';

  constructor({ from, to, timeRangeType = 'TraceId' }: Omit<TraceSelection, 'plan'>) {
    this.#fromExact = from;
    this.#toExact = to;
    // What the order of traces has are doubles, near which they are asked exactly.
    this.from = Number(from) - doubleStep;
    this.to = Number(to) + doubleStep;
    this.#type = timeRangeType;
  }

  /** Whether traces that begin before the window cannot be in it. */
  get isByStart(): boolean {
    return this.#type === 'TraceId';
  }

  /** Whether a trace is in the window; `start` is its start as a double has it. */
  holdsTrace(slot: number, chunk: DigestChunk, start: number): boolean {
    const isWithin = start > this.from + 2 * doubleStep && start < this.to - 2 * doubleStep;
    return this.#type === 'TraceId' && isWithin ? true : this.momentOf(slot, chunk) !== undefined;
  }

  /** The moment by which a trace is in the window; `undefined` where it is not. */
  momentOf(slot: number, chunk: DigestChunk): EpochNanos | undefined {
    const at = slot % tracesPerChunk;
    const start = startOf(chunk, at);
    if (this.#type === 'TraceId') {
      return this.#holds(start) ? start : undefined;
    }
    const from = chunk.from[at] as number;
    const { entries } = chunk;
    for (let entry = from; entry < from + (chunk.requests[at] as number); entry += 1) {
      if (((entries.bits[entry] as number) & entryBits.inferred) !== 0) {
        continue;
      }
      const begin = (start + BigInt(entries.start[entry] as number)) as EpochNanos;
      if (
        this.#type === 'Event'
          ? this.#holds(begin)
          : this.#overlaps(begin, start + BigInt(entries.end[entry] as number))
      ) {
        return begin;
      }
    }
    return undefined;
  }

  #holds(moment: bigint): boolean {
    return moment >= this.#fromExact && moment <= this.#toExact;
  }

  #overlaps(from: bigint, to: bigint): boolean {
    return to >= this.#fromExact && from <= this.#toExact;
  }
}

/** Doubles of today's nanoseconds are 256 apart. */
const doubleStep = 512;

/** When the trace began. */
export function startOf({ startHigh, startLow }: DigestChunk, at: number): EpochNanos {
  return ((BigInt(startHigh[at] as number) << 32n) | BigInt(startLow[at] as number)) as EpochNanos;
}
