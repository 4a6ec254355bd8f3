const year2000 = 946_684_800_000_000_000n;
const year2100 = 4_102_444_800_000_000_000n;

/** What is odd about a span's times, in words for the sender; the span is kept all the same, as sent. */
export function timeTrouble(start: bigint, end: bigint | undefined): string | undefined {
  if (start < year2000 || start >= year2100) {
    return `the start time is ${secondsText(start)} s since 1970, outside the years 2000 to 2099: the unit is probably wrong`;
  }
  if (end !== undefined && end < start) {
    return `the span ends ${secondsText(start - end)} s before it starts`;
  }
  return undefined;
}

function secondsText(nanos: bigint): string {
  return String(Number(nanos) / 1e9);
}
