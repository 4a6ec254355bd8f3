import type { SpanSummary } from '../model/span.ts';
import { durationNanos, epochNanos, type DurationNanos, type EpochNanos } from '../model/units.ts';
import type { TraceTree, TreeRow } from './traceTree.ts';

/** Where a row lies in the time of its trace: fractions from 0 to 1. */
export interface WaterfallBar<S extends SpanSummary> {
  readonly row: TreeRow<S>;
  readonly offset: number;
  readonly width: number;
}

export interface Waterfall<S extends SpanSummary> {
  readonly start: EpochNanos;
  /** From the earliest start to the latest end. */
  readonly duration: DurationNanos;
  readonly bars: readonly WaterfallBar<S>[];
}

/**
 * Lays the rows of a trace out in time. A running span reaches to the end of the trace, one that ends before it starts has no width;
 * a trace that takes no time at all has bars of full width.
 */
export function waterfall<S extends SpanSummary>({ rows }: TraceTree<S>): Waterfall<S> {
  let start: bigint | undefined;
  let end = 0n;
  for (const { span } of rows) {
    const spanEnd = span.startTime + (span.duration > 0n ? span.duration : 0n);
    start = start === undefined || span.startTime < start ? span.startTime : start;
    end = spanEnd > end ? spanEnd : end;
  }
  const first = start ?? 0n;
  const whole = Number(end - first);
  const bars = rows.map((row) => toBar(row, first, whole));
  return { start: epochNanos(first), duration: durationNanos(rows.length === 0 ? 0n : end - first), bars };
}

function toBar<S extends SpanSummary>(row: TreeRow<S>, first: bigint, whole: number): WaterfallBar<S> {
  if (whole === 0) {
    return { row, offset: 0, width: 1 };
  }
  const offset = Number(row.span.startTime - first) / whole;
  const isRunning = row.span.status === 'running';
  return { row, offset, width: isRunning ? 1 - offset : Math.max(0, Number(row.span.duration)) / whole };
}
