import type { EpochNanos } from '../model/units.ts';

const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * Counts as block characters, one each, the greatest as a full block. The lowest block is zero and nothing else: one occurrence beside a
 * thousand still shows. What is no positive number counts as zero.
 */
export function sparkline(counts: readonly number[]): string {
  const most = counts.reduce((max, count) => (count > max ? count : max), 0);
  return counts.map((count) => (count > 0 ? blocks[heightOf(count, most)] : blocks[0])).join('');
}

/** How many of the times fall into each of `buckets` equal parts of the `span` that ends at `end`; others are left out. */
export function countsOver(
  times: Iterable<EpochNanos>,
  end: EpochNanos,
  span: bigint,
  buckets: number,
): readonly number[] {
  const counts = Array.from({ length: buckets }, () => 0);
  const start = end - span;
  for (const time of times) {
    const sinceStart = time - start;
    if (sinceStart >= 0n && time <= end) {
      // The end itself belongs to the last part.
      const bucket = Math.min(Number((sinceStart * BigInt(buckets)) / span), buckets - 1);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
  }
  return counts;
}

function heightOf(count: number, most: number): number {
  // Infinity over itself is no number, and it is the greatest.
  return count === most ? 7 : 1 + Math.floor((count / most) * 6);
}
