import { epochNanos, type EpochNanos } from '@sightline/telemetry/model/units';
import { invalidRequest } from './xrayCall.ts';
import { requiredTime, type XRayInput } from './xrayParameters.ts';

/** The time that a call asks about; both ends are included. */
export interface XRayWindow {
  /** Epoch seconds, as they came. */
  readonly start: number;
  readonly end: number;
  readonly from: EpochNanos;
  readonly to: EpochNanos;
}

/**
 * The `StartTime` and `EndTime` of a call made at `now` (milliseconds since the epoch). Throws `XRayRefusal` for a window that is reversed, begins in the
 * future, is too long or too old. One may end in the future: SDKs for Node make trace ids up to a second ahead.
 */
export function windowIn(
  input: XRayInput,
  now: number,
  { mostHours, mostAgeDays }: { readonly mostHours?: number; readonly mostAgeDays?: number } = {},
): XRayWindow {
  const start = requiredTime(input, 'StartTime');
  const end = requiredTime(input, 'EndTime');
  if (start > end) {
    throw invalidRequest('StartTime cannot be later than EndTime');
  }
  if (start > now / 1_000) {
    throw invalidRequest('StartTime cannot be in the future');
  }
  if (mostHours !== undefined && end - start > mostHours * 3_600) {
    throw invalidRequest(`Time range cannot be longer than ${mostHours} hours`);
  }
  if (mostAgeDays !== undefined && start < now / 1_000 - mostAgeDays * 86_400) {
    throw invalidRequest(`StartTime cannot be more than ${mostAgeDays} days ago`);
  }
  return { start, end, from: nanosOf(start), to: nanosOf(end) };
}

/** Exact to the microsecond, which is as much as a double of epoch seconds holds. */
export function nanosOf(seconds: number): EpochNanos {
  return epochNanos(BigInt(Math.round(seconds * 1e6)) * 1_000n);
}

/** Epoch seconds, exact to the microsecond. */
export function secondsOf(nanos: bigint): number {
  return Number(nanos / 1_000n) / 1e6;
}
