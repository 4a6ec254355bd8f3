import type { HistogramEntry } from './serviceMap.ts';

/** Buckets a decade: neighbours differ by 2.3 %, so that a value is told to three significant digits, give or take one percent. */
const perDecade = 100;
const decades = 12;

/** One for what takes no time, then from a microsecond to 11 days, evenly on a logarithmic scale. */
export const bucketCount = 2 + perDecade * decades;

/** The bucket of a length of time; what is longer than the last one goes there, what is below half a microsecond (or negative) into 0. */
export function bucketOfNanos(nanos: number): number {
  if (!(nanos >= 500)) {
    return 0;
  }
  return Math.min(bucketCount - 1, 1 + Math.max(0, Math.round(perDecade * Math.log10(nanos / 1000))));
}

/** What a bucket stands for, in seconds, with three significant digits. `bucketOfNanos` of it is the bucket again. */
export function secondsOfBucket(bucket: number): number {
  if (bucket === 0) {
    return 0;
  }
  const [digits, exponent = '0'] = (10 ** ((bucket - 1) / perDecade)).toExponential(2).split('e');
  // Parsed as decimal text, as a multiplication would leave 0.0023000000000000004.
  return Number(`${digits}e${Number(exponent) - 6}`);
}

/** How often each bucket was hit. */
export class Histogram {
  readonly #counts = new Map<number, number>();

  add(bucket: number, count = 1): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
  }

  addEntries(entries: readonly HistogramEntry[]): void {
    for (const { value, count } of entries) {
      this.add(bucketOfNanos(value * 1e9), count);
    }
  }

  /** From short to long; buckets that nothing fell into are left out. */
  entries(): HistogramEntry[] {
    return [...this.#counts]
      .toSorted(([a], [b]) => a - b)
      .map(([bucket, count]) => ({ value: secondsOfBucket(bucket), count }));
  }
}

/** The length of time that a share of the requests (0 to 1) stayed below, in seconds; `undefined` where there were none. */
export function quantileOf(entries: readonly HistogramEntry[], share: number): number | undefined {
  const total = entries.reduce((sum, { count }) => sum + count, 0);
  let seen = 0;
  for (const { value, count } of entries) {
    seen += count;
    if (seen >= share * total) {
      return value;
    }
  }
  return undefined;
}
