/** What can be chosen as a time range, with its length in minutes. */
export const timeRanges = [
  { key: 'all', label: 'All time', minutes: undefined },
  { key: '5m', label: 'Last 5 minutes', minutes: 5 },
  { key: '15m', label: 'Last 15 minutes', minutes: 15 },
  { key: '1h', label: 'Last hour', minutes: 60 },
  { key: '6h', label: 'Last 6 hours', minutes: 360 },
  { key: '1d', label: 'Last 24 hours', minutes: 1440 },
  { key: 'custom', label: 'From … to …', minutes: undefined },
] as const;

export type TimeRangeKey = (typeof timeRanges)[number]['key'];

/** A range in nanoseconds as decimal text, both included; an end that is absent is open. */
export interface TimeRange {
  readonly from?: string;
  readonly to?: string;
}

/** The range that a choice means at a time. `from` and `to` are local times, as a `datetime-local` input has them; wrong ones are left out. */
export function timeRangeOf(key: TimeRangeKey, now: number, custom: { from: string; to: string }): TimeRange {
  if (key === 'custom') {
    const from = nanosOf(Date.parse(custom.from));
    // The whole second that is written is meant.
    const to = nanosOf(Date.parse(custom.to) + 999);
    return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  }
  const minutes = timeRanges.find((range) => range.key === key)?.minutes;
  const from = minutes === undefined ? undefined : nanosOf(now - minutes * 60_000);
  return from === undefined ? {} : { from };
}

function nanosOf(millis: number): string | undefined {
  return Number.isNaN(millis) ? undefined : String(BigInt(millis) * 1_000_000n);
}
