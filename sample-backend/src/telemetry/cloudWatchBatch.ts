import type { CloudWatchEvent } from './cloudWatchCalls.ts';

/** Limits of one PutLogEvents (API reference): bytes with 26 for each event, events, and the time that they may span. */
const largestBatch = 1_048_576;
const mostEvents = 10_000;
const overhead = 26;
const longestSpan = 24 * 60 * 60 * 1000;

/** What one event may have; the service took no more than this for years, and other implementations still do. */
const largestEvent = 256 * 1024 - overhead;

/** How many bytes an event counts as. */
export function sizeOf({ message }: CloudWatchEvent): number {
  return Buffer.byteLength(message) + overhead;
}

/** The event with as much of its text as the service takes. */
export function fittingEvent(event: CloudWatchEvent): CloudWatchEvent {
  if (Buffer.byteLength(event.message) <= largestEvent) {
    return event;
  }
  const mark = ' … (cut)';
  // Half a character at the end would become three bytes of its own.
  const kept = new TextDecoder().decode(
    Buffer.from(event.message).subarray(0, largestEvent - Buffer.byteLength(mark)),
    { stream: true },
  );
  return { ...event, message: `${kept}${mark}` };
}

/** How many of the events, from the first on, one call may send. At least one, where there is one. */
export function batchLength(events: readonly CloudWatchEvent[]): number {
  let bytes = 0;
  let earliest = Infinity;
  let latest = -Infinity;
  for (const [index, event] of events.entries()) {
    bytes += sizeOf(event);
    earliest = Math.min(earliest, event.timestamp);
    latest = Math.max(latest, event.timestamp);
    if (index > 0 && (index === mostEvents || bytes > largestBatch || latest - earliest >= longestSpan)) {
      return index;
    }
  }
  return events.length;
}
