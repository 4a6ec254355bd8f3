import type { TelemetryIndex } from '../index/telemetryIndex.ts';
import { publishedLogs, publishedRows, spanBits, type Segment } from '../memory/segment.ts';
import { tracesPerChunk } from '../memory/traceTable.ts';
import type { SealRequest } from './sealedSegment.ts';

/** What the sealing thread needs of a segment that nothing is added to any more. Made while senders wait: it leaves all that it can to that thread. */
export function sealRequestOf(index: TelemetryIndex, segment: Segment, groups: SealRequest['groups']): SealRequest {
  const { number, room, buffer, columns } = segment;
  const chunks = new Set<number>();
  for (let row = 0, rows = publishedRows(segment); row < rows; row += 1) {
    if (((columns.bits[row] as number) & spanBits.dead) === 0) {
      chunks.add(Math.floor((columns.trace[row] as number) / tracesPerChunk));
    }
  }
  for (let row = 0, rows = publishedLogs(segment); row < rows; row += 1) {
    chunks.add(Math.floor(((columns.logTrace[row] as number) - 1) / tracesPerChunk));
  }
  const traces = [...chunks].flatMap((chunk) => index.traces.chunks.get(chunk) ?? []);
  return {
    number,
    room,
    buffer,
    groups,
    traces: traces.map((chunk) => ({ number: chunk.number, buffer: chunk.buffer })),
  };
}
