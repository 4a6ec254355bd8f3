import {
  keyNumberMask,
  logBits,
  publishedLogs,
  publishedRows,
  rowsPerSegment,
  spanBits,
  valueTypeShift,
  type Segment,
} from '../memory/segment.ts';
import type { SegmentWriter } from '../memory/segmentWriter.ts';
import type { TelemetryIndex } from './telemetryIndex.ts';

/**
 * Keeps pinned traces from holding whole segments: once retention has passed a segment, the few rows in it that still count move to the
 * newest one. Their raw group stays what it was.
 */
export class PinnedRows {
  readonly #index: TelemetryIndex;
  readonly #onFull: (full: readonly SegmentWriter[]) => void;

  constructor(index: TelemetryIndex, onFull: (full: readonly SegmentWriter[]) => void) {
    this.#index = index;
    this.#onFull = onFull;
  }

  /** Moves what lives in segments that lie wholly at or before the raw group `floor`. Nothing may be staged. */
  moveOut(floor: number): void {
    for (const segment of this.#index.segments.closedUpTo(floor)) {
      const spans = this.#moveSpans(segment);
      const logs = this.#moveLogs(segment);
      const full = this.#index.staging.publish();
      this.#index.spans.replaceRows(spans);
      this.#index.logs.replaceRows(logs);
      this.#index.closeAll(full);
      this.#onFull(full);
    }
  }

  /** Answers the new row of each span by its old one. */
  #moveSpans(segment: Segment): Map<number, number> {
    const moved = new Map<number, number>();
    const { columns } = segment;
    for (let row = 0, rows = publishedRows(segment); row < rows; row += 1) {
      if (((columns.bits[row] as number) & spanBits.dead) === 0) {
        const from = segment.number * rowsPerSegment + row;
        moved.set(from, this.#copySpan(segment, row));
      }
    }
    return moved;
  }

  #copySpan({ columns }: Segment, row: number): number {
    const { staging } = this.#index;
    staging.beginPayload(columns.group[row] as number, columns.payload[row] as number);
    const writer = staging.beginSpan();
    const { draft } = staging;
    const intern = (id: number): number =>
      writer.texts.intern(columns.textBytes, columns.textStarts[id] as number, columns.textStarts[id + 1] as number);
    for (const name of ['service', 'name', 'method', 'route', 'url'] as const) {
      draft[name] = intern(columns[name][row] as number);
    }
    for (const name of plainColumns) {
      draft[name] = columns[name][row] as number;
    }
    const first = row === 0 ? 0 : (columns.attributeEnd[row - 1] as number);
    for (let at = first; at < (columns.attributeEnd[row] as number); at += 1) {
      const packed = columns.attributeKey[at] as number;
      const key = packed & keyNumberMask;
      const keyId = writer.internKey(
        columns.keyBytes,
        columns.keyStarts[key] as number,
        columns.keyStarts[key + 1] as number,
      );
      writer.addAttribute(keyId, columns.attributeWord[at] as number, packed >>> valueTypeShift);
    }
    return staging.endSpan();
  }

  #moveLogs(segment: Segment): Map<number, number> {
    const moved = new Map<number, number>();
    const { columns } = segment;
    const { staging } = this.#index;
    for (let row = 0, rows = publishedLogs(segment); row < rows; row += 1) {
      if (((columns.logBits[row] as number) & logBits.dead) !== 0) {
        continue;
      }
      staging.beginPayload(columns.logGroup[row] as number, columns.logPayload[row] as number);
      const writer = staging.beginLog();
      const { logDraft } = staging;
      const service = columns.logService[row] as number;
      const { textStarts, textBytes } = columns;
      logDraft.service = writer.texts.intern(
        textBytes,
        textStarts[service] as number,
        textStarts[service + 1] as number,
      );
      logDraft.timeHigh = columns.logTimeHigh[row] as number;
      logDraft.timeLow = columns.logTimeLow[row] as number;
      logDraft.severity = columns.logBits[row] as number;
      logDraft.ordinal = columns.logOrdinal[row] as number;
      moved.set(segment.number * rowsPerSegment + row, staging.endLog());
    }
    return moved;
  }
}

const plainColumns = [
  'idHigh',
  'idLow',
  'parentHigh',
  'parentLow',
  'startHigh',
  'startLow',
  'duration',
  'bits',
  'httpStatus',
  'resource',
] as const;
