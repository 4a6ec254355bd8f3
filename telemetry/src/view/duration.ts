/** Milliseconds since the Unix epoch, as `Date.now()` gives them: exact enough for texts that people read. */
export type EpochMillis = number;

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
