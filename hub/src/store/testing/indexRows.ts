import { TelemetryIndex } from '../index/telemetryIndex.ts';
import { makeCounters } from '../memory/counters.ts';
import { keyNumberMask, publishedRows, valueTypeShift } from '../memory/segment.ts';
import { TextReader } from '../memory/textTable.ts';
import { traceIdAt, tracesPerChunk } from '../memory/traceTable.ts';

const smallRoom = {
  rows: 512,
  logs: 64,
  attributes: 32_768,
  keys: 2048,
  keyBytes: 65_536,
  texts: 2048,
  textBytes: 131_072,
};

/** An index with room for a few payloads. */
export function makeIndex(): TelemetryIndex {
  const events = {
    onSegment: ignore,
    onSegmentFreed: ignore,
    onTraces: ignore,
    onTracesFreed: ignore,
    onReplaced: ignore,
  };
  return new TelemetryIndex(makeCounters(), events, smallRoom);
}

/** Publishes what is staged and answers a line for each span: all that its columns say, its attributes in the order of their keys. */
export function renderIndexRows(index: TelemetryIndex): string[] {
  index.apply(1, new Set());
  return index.segments.all().flatMap((segment) => {
    const { columns } = segment;
    const texts = new TextReader({ starts: columns.textStarts, bytes: columns.textBytes });
    const keys = new TextReader({ starts: columns.keyStarts, bytes: columns.keyBytes });
    return Array.from({ length: publishedRows(segment) }, (_, row) => {
      const text = (column: Uint32Array): string => texts.textOf(column[row] as number);
      const from = row === 0 ? 0 : (columns.attributeEnd[row - 1] as number);
      const attributes = Array.from(columns.attributeKey.subarray(from, columns.attributeEnd[row]), (key, at) =>
        JSON.stringify([keys.textOf(key & keyNumberMask), key >>> valueTypeShift, columns.attributeWord[from + at]]),
      );
      const slot = columns.trace[row] as number;
      return JSON.stringify({
        trace: traceIdAt(index.traces.chunkOf(slot), slot % tracesPerChunk),
        ids: [columns.idHigh[row], columns.idLow[row], columns.parentHigh[row], columns.parentLow[row]],
        times: [columns.startHigh[row], columns.startLow[row], String(columns.duration[row])],
        bits: columns.bits[row],
        http: [columns.httpStatus[row], text(columns.method), text(columns.url), text(columns.route)],
        texts: [text(columns.service), text(columns.name)],
        attributes: attributes.toSorted(),
      });
    });
  });
}

function ignore(): void {
  // Nobody looks at these indexes from another thread.
}
