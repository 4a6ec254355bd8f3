/** Up to this many numbers are kept as they are, so that the percentiles of few are exact. */
const mostExact = 10_000;
/** Each bucket is this much wider than the one below: 0.2 %, so what it gives is off by 0.1 % at most. */
const growth = Math.log(1.002);

/** Percentiles of any many numbers in bounded space: exact while they are few, then within 0.1 %. */
export class Quantiles {
  #exact: number[] = [];
  /** How many numbers are in each bucket of the logarithm of their size; negative ones apart. */
  readonly #positive = new Map<number, number>();
  readonly #negative = new Map<number, number>();
  #zeros = 0;
  #count = 0;
  #least = Infinity;
  #most = -Infinity;

  add(value: number): void {
    this.#count++;
    this.#least = Math.min(this.#least, value);
    this.#most = Math.max(this.#most, value);
    if (this.#count <= mostExact) {
      this.#exact.push(value);
      return;
    }
    this.#exact.forEach((exact) => this.#addToBucket(exact));
    this.#exact = [];
    this.#addToBucket(value);
  }

  /** The number below or at which this many percent of the numbers are; `undefined` for none. */
  at(percent: number): number | undefined {
    if (this.#count === 0) {
      return undefined;
    }
    const rank = Math.max(1, Math.ceil((percent / 100) * this.#count));
    if (this.#exact.length > 0) {
      return this.#exact.toSorted((a, b) => a - b)[rank - 1];
    }
    return Math.min(this.#most, Math.max(this.#least, this.#bucketAt(rank)));
  }

  #addToBucket(value: number): void {
    if (value === 0) {
      this.#zeros++;
      return;
    }
    const bucket = Math.floor(Math.log(Math.abs(value)) / growth);
    const buckets = value > 0 ? this.#positive : this.#negative;
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }

  #bucketAt(rank: number): number {
    const ascending = [
      ...[...this.#negative]
        .toSorted(([a], [b]) => b - a)
        .map(([bucket, count]) => [-middleOf(bucket), count] as const),
      [0, this.#zeros] as const,
      ...[...this.#positive].toSorted(([a], [b]) => a - b).map(([bucket, count]) => [middleOf(bucket), count] as const),
    ];
    let passed = 0;
    for (const [value, count] of ascending) {
      passed += count;
      if (passed >= rank) {
        return value;
      }
    }
    return this.#most;
  }
}

function middleOf(bucket: number): number {
  return Math.exp((bucket + 0.5) * growth);
}
