import type { SpanStatus } from '@sightline/telemetry/model/span';

/** Milliseconds since the Unix epoch, as `Date.now()` gives them: exact enough for texts that people read. */
export type EpochMillis = number;

/** A start time of the hub's API (nanoseconds as decimal text) as milliseconds; 0 for text that is no number. */
export function epochMillisOf(nanos: string): EpochMillis {
  return /^-?\d+$/.test(nanos) ? Number(BigInt(nanos) / 1_000_000n) : 0;
}

/** A duration as people say it: `340 µs`, `34 ms`, `1.25 s`, `2 min 5 s`, `1 h 3 min`. */
export function toDurationText(nanos: number): string {
  return durationText(nanos, { micro: 'µs', milli: 'ms', second: 's', minute: 'min', hour: 'h' });
}

/** The same for a screen reader, which would spell `ms` out: `34 milliseconds`. */
export function toSpokenDuration(nanos: number): string {
  return durationText(nanos, {
    micro: 'microseconds',
    milli: 'milliseconds',
    second: 'seconds',
    minute: 'minutes',
    hour: 'hours',
  });
}

/** How long ago something began: `now`, `12 s ago`, `3 min ago`, `2 h ago`, `4 d ago`. A start in the future, by another clock, is `now`. */
export function toAgoText(start: EpochMillis, now: EpochMillis): string {
  const seconds = Math.floor((now - start) / 1000);
  if (seconds < 2) {
    return 'now';
  }
  if (seconds < 60) {
    return `${seconds} s ago`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ago`;
  }
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
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

interface UnitNames {
  readonly micro: string;
  readonly milli: string;
  readonly second: string;
  readonly minute: string;
  readonly hour: string;
}

function durationText(nanos: number, names: UnitNames): string {
  const micros = nanos / 1000;
  if (Math.abs(micros) < 999.5) {
    return `${Math.round(micros)} ${names.micro}`;
  }
  const millis = micros / 1000;
  if (Math.abs(millis) < 999.5) {
    return `${threeDigits(millis)} ${names.milli}`;
  }
  const seconds = millis / 1000;
  if (Math.abs(seconds) < 59.95) {
    return `${threeDigits(seconds)} ${names.second}`;
  }
  const whole = Math.round(seconds);
  const minutes = Math.trunc(whole / 60);
  if (Math.abs(minutes) < 60) {
    return joined(minutes, names.minute, Math.abs(whole % 60), names.second);
  }
  return joined(Math.trunc(minutes / 60), names.hour, Math.abs(minutes % 60), names.minute);
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  const digits = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  return String(Number(value.toFixed(digits)));
}

function joined(large: number, largeName: string, small: number, smallName: string): string {
  return small === 0 ? `${large} ${largeName}` : `${large} ${largeName} ${small} ${smallName}`;
}
