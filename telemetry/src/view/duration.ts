const units: readonly (readonly [text: string, nanos: bigint])[] = [
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['µs', 1000n],
];
const second = 1_000_000_000n;
const minute = 60n * second;
const hour = 60n * minute;
const day = 24n * hour;

/** Nanoseconds as a person reads them: `850 µs`, `34 ms`, `1.2 s`, `2 min 5 s`, `3 h 4 min`. One decimal below ten of a unit. */
export function renderDuration(nanos: bigint): string {
  if (nanos < 0n) {
    return `-${renderDuration(-nanos)}`;
  }
  if (nanos >= hour) {
    return twoUnits(nanos, hour, 'h', minute, 'min');
  }
  if (nanos >= minute) {
    return twoUnits(nanos, minute, 'min', second, 's');
  }
  for (const [unit, size] of units) {
    if (nanos >= size) {
      return `${decimal(nanos, size)} ${unit}`;
    }
  }
  return nanos === 0n ? '0 ms' : `${nanos} ns`;
}

/** How long ago something was, in its largest unit: `now` below a second, then `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function renderAgo(nanos: bigint): string {
  if (nanos < second) {
    return 'now';
  }
  if (nanos < minute) {
    return `${nanos / second} s ago`;
  }
  if (nanos < hour) {
    return `${nanos / minute} min ago`;
  }
  return nanos < day ? `${nanos / hour} h ago` : `${nanos / day} d ago`;
}

/** Cut, not rounded: 999.9 ms must not become "1000 ms". */
function decimal(nanos: bigint, size: bigint): string {
  const whole = nanos / size;
  const tenth = ((nanos % size) * 10n) / size;
  return whole >= 10n || tenth === 0n ? String(whole) : `${whole}.${tenth}`;
}

function twoUnits(nanos: bigint, size: bigint, unit: string, lesser: bigint, lesserUnit: string): string {
  const rest = (nanos % size) / lesser;
  return rest === 0n ? `${nanos / size} ${unit}` : `${nanos / size} ${unit} ${rest} ${lesserUnit}`;
}
