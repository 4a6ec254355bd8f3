import type { TelemetryIndex } from '../index/telemetryIndex.ts';
import { publishedLogs, publishedRows, spanBits, type Segment } from '../memory/segment.ts';
import { tracesPerChunk } from '../memory/traceTable.ts';
import type { SealRequest } from './sealedSegment.ts';

/** What the sealing thread needs of a segment that nothing is added to any more. */
export function sealRequestOf(index: TelemetryIndex, segment: Segment, groups: SealRequest['groups']): SealRequest {
  const { columns } = segment;
  const numbers = new Map<number, number>();
  const ids: number[] = [];
  const numberOf = (slot: number): number => {
    const known = numbers.get(slot);
    if (known !== undefined) {
      return known;
    }
    const trace = index.traces.chunkOf(slot).columns;
    const at = slot % tracesPerChunk;
    ids.push(trace.id0[at] as number, trace.id1[at] as number, trace.id2[at] as number, trace.id3[at] as number);
    numbers.set(slot, numbers.size);
    return numbers.size - 1;
  };
  const spanTraces = new Uint32Array(publishedRows(segment));
  for (let row = 0; row < spanTraces.length; row += 1) {
    // The trace of a dead row may be gone.
    const isDead = ((columns.bits[row] as number) & spanBits.dead) !== 0;
    spanTraces[row] = isDead ? 0 : numberOf(columns.trace[row] as number);
  }
  const logTraces = new Uint32Array(publishedLogs(segment));
  for (let row = 0; row < logTraces.length; row += 1) {
    const slot = (columns.logTrace[row] as number) - 1;
    logTraces[row] = slot === -1 || index.traces.findChunk(slot) === undefined ? 0 : numberOf(slot) + 1;
  }
  const { number, room, buffer } = segment;
  return { number, room, buffer, groups, traceIds: Uint32Array.from(ids), spanTraces, logTraces };
}
