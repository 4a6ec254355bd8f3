declare const unit: unique symbol;

/** Nanoseconds since the Unix epoch. A double cannot hold it, so it is never a `number`. */
export type EpochNanos = bigint & { readonly [unit]: 'EpochNanos' };

/** A length of time in nanoseconds; negative only where a sender's clock ran backwards. */
export type DurationNanos = bigint & { readonly [unit]: 'DurationNanos' };

/** Brands a count of nanoseconds since the Unix epoch. */
export function epochNanos(nanos: bigint): EpochNanos {
  return nanos as EpochNanos;
}

/** Brands a count of nanoseconds. */
export function durationNanos(nanos: bigint): DurationNanos {
  return nanos as DurationNanos;
}
