import type { TraceId } from '@sightline/telemetry/model/ids';
import { summarizeTrace } from '../../client/traceSummary.ts';
import { rowsPerSegment, spanBits } from '../memory/segment.ts';
import { traceBits, traceIdAt, tracesPerChunk, type TraceChunk } from '../memory/traceTable.ts';
import type { SharedIndex } from '../read/sharedIndex.ts';
import type { RecentTraceCounts } from '../traceAnalysis.ts';
import { tracesPerStep } from './traceWalk.ts';

const minuteNanos = 60_000_000_000n;
const word = 0x1_0000_0000;
/** Numbers of span statuses in the columns: from here on they are failures. */
const runningStatus = 0;
const firstFailure = 2;

/** What was found of the traces of a chunk, each at a revision of it. */
interface KnownChunk {
  readonly isKnown: Uint8Array;
  readonly revision: Uint32Array;
  readonly isFailed: Uint8Array;
}

/**
 * Counts the traces of the last minutes. Of all others one column is read (2 ms a million); of these only what has changed since the last
 * count is looked at, and a tree is made only where a span failed.
 */
export class RecentTraces {
  readonly #index: SharedIndex;
  readonly #known = new Map<number, KnownChunk>();

  constructor(index: SharedIndex) {
    this.#index = index;
  }

  /** Traces that began in the minute up to `now`, and those in five minutes whose row shows a failure. */
  *count(now: bigint): Generator<undefined, RecentTraceCounts> {
    const counts = { lastMinute: 0, failedInFive: 0 };
    const window = { from: now - 5n * minuteNanos, minute: now - minuteNanos, to: now };
    for (const chunk of this.#index.chunks()) {
      yield* this.#countChunk(chunk, window, counts);
    }
    for (const number of this.#known.keys()) {
      if (this.#index.chunkOf(number * tracesPerChunk) === undefined) {
        this.#known.delete(number);
      }
    }
    return counts;
  }

  *#countChunk(
    chunk: TraceChunk,
    window: { readonly from: bigint; readonly minute: bigint; readonly to: bigint },
    counts: { lastMinute: number; failedInFive: number },
  ): Generator<undefined, void> {
    const { startHigh, startLow, spans, bits } = chunk.columns;
    const end = Math.min(tracesPerChunk, this.#index.slots - chunk.number * tracesPerChunk);
    const fromHigh = Number(window.from >> 32n);
    // Of bigints each comparison would cost more than all else here; the least digits of today's times do not matter.
    const [from, minute, to] = [Number(window.from), Number(window.minute), Number(window.to)];
    let recent = 0;
    for (let at = 0; at < end; at += 1) {
      if ((startHigh[at] as number) < fromHigh || spans[at] === 0 || ((bits[at] as number) & traceBits.dead) !== 0) {
        continue;
      }
      const start = (startHigh[at] as number) * word + (startLow[at] as number);
      if (start < from || start > to) {
        continue;
      }
      counts.lastMinute += start >= minute ? 1 : 0;
      counts.failedInFive += this.#isFailed(chunk, at) ? 1 : 0;
      recent += 1;
      if (recent % tracesPerStep === 0) {
        yield;
      }
    }
    if (recent === 0) {
      this.#known.delete(chunk.number);
    }
  }

  #isFailed(chunk: TraceChunk, at: number): boolean {
    let known = this.#known.get(chunk.number);
    if (known === undefined) {
      known = {
        isKnown: new Uint8Array(tracesPerChunk),
        revision: new Uint32Array(tracesPerChunk),
        isFailed: new Uint8Array(tracesPerChunk),
      };
      this.#known.set(chunk.number, known);
    }
    const revision = chunk.columns.revision[at] as number;
    if (known.isKnown[at] === 0 || known.revision[at] !== revision) {
      known.isFailed[at] = this.#looksFailed(chunk, at) ? 1 : 0;
      known.revision[at] = revision;
      known.isKnown[at] = 1;
    }
    return known.isFailed[at] === 1;
  }

  /** Whether the trace's row shows a failure: for that a span has to have failed, and none may be running. */
  #looksFailed(chunk: TraceChunk, at: number): boolean {
    const slot = chunk.number * tracesPerChunk + at;
    let hasFailure = false;
    for (const globalRow of this.#index.rowsOf(slot)) {
      const bits = this.#index.segmentOf(globalRow)?.segment.columns.bits[globalRow % rowsPerSegment] ?? 0;
      const status = (bits >>> spanBits.statusShift) & spanBits.statusMask;
      if (status === runningStatus) {
        return false;
      }
      hasFailure ||= status >= firstFailure;
    }
    const spans = hasFailure ? this.#index.spansOf(slot) : [];
    if (spans.length === 0) {
      return false;
    }
    const traceId = traceIdAt(chunk, at) as TraceId;
    const { status } = summarizeTrace(traceId, spans, { logCount: 0, pinned: false }).row;
    return status !== 'ok' && status !== 'running';
  }
}
