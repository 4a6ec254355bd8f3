import type { SpanStatus } from '@sightline/telemetry/model/span';
import type { EpochMillis } from '@sightline/telemetry/view/duration';

/** A start time of the hub's API (nanoseconds as decimal text) as milliseconds; 0 for text that is no number. */
export function epochMillisOf(nanos: string): EpochMillis {
  return /^-?\d+$/.test(nanos) ? Number(BigInt(nanos) / 1_000_000n) : 0;
}

/** Local time with its date and milliseconds, sortable: `2026-11-23 14:03:07.120`. */
export function toLocalTimeText(time: EpochMillis): string {
  const date = new Date(time);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}

/** `1 error`, `2 errors`, `1,204 traces`. */
export function toCountText(count: number, singular: string): string {
  return `${count.toLocaleString('en-US')} ${singular}${count === 1 ? '' : 's'}`;
}

/** What a status is called in a sentence. */
export const statusWords: Record<SpanStatus, string> = {
  running: 'running',
  ok: 'ok',
  error: 'error',
  fault: 'fault',
  throttled: 'throttled',
};

function two(value: number): string {
  return String(value).padStart(2, '0');
}
