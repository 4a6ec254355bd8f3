import type { TraceRow } from '@sightline/hub/client/api';

/** What the status bar says of the last minutes. */
export interface Activity {
  readonly tracesPerMinute: number;
  /** True where more traces came than were looked at: the rate is at least this. */
  readonly isMore: boolean;
  /** Traces of the last five minutes that failed. */
  readonly recentErrors: number;
}

export const noActivity: Activity = { tracesPerMinute: 0, isMore: false, recentErrors: 0 };

const rateNanos = 60_000_000_000n;
const errorNanos = 5n * rateNanos;

/** Counts in the newest `limit` traces, which the hub answers newest first. */
export function activityOf(newest: readonly TraceRow[], limit: number, now: Date): Activity {
  const time = BigInt(now.getTime()) * 1_000_000n;
  const isWithin = (trace: TraceRow, span: bigint): boolean => time - BigInt(trace.startTime) <= span;
  const inMinute = newest.filter((trace) => isWithin(trace, rateNanos)).length;
  return {
    tracesPerMinute: inMinute,
    isMore: inMinute === limit,
    recentErrors: newest.filter((trace) => isFailed(trace) && isWithin(trace, errorNanos)).length,
  };
}

function isFailed({ status }: TraceRow): boolean {
  return status === 'error' || status === 'fault' || status === 'throttled';
}
