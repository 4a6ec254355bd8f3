/** The middle value; of an even number of values the mean of the middle two. Throws on none: a median of nothing is a bug. */
export function median(values: readonly number[]): number {
  const sorted = sortedCopy(values);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}

/** The smallest value that at least `share` (0..1) of the values do not exceed ("nearest rank": always a value that was seen). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = sortedCopy(values);
  return at(sorted, Math.max(0, Math.ceil(share * sorted.length) - 1));
}

/** Greatest distance of a value from the median, as a share of the median: how far the runs disagree. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return middle === 0 ? 0 : Math.max(...values.map((value) => Math.abs(value - middle))) / Math.abs(middle);
}

function sortedCopy(values: readonly number[]): number[] {
  if (values.length === 0) {
    throw new RangeError('No values to take a statistic of.');
  }
  return values.toSorted((a, b) => a - b);
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) {
    throw new RangeError(`No value at ${index} of ${values.length}.`);
  }
  return value;
}
