import type { Mark } from '../index/staging.ts';
import type { SegmentWriter } from '../memory/segmentWriter.ts';

/** One span on its way into the columns: numbers and text ids only, filled anew for each span. Of words only the bits count, not the sign. */
export class SpanDraft {
  id0 = 0;
  id1 = 0;
  id2 = 0;
  id3 = 0;
  idHigh = 0;
  idLow = 0;
  parentHigh = 0;
  parentLow = 0;
  service = 0;
  name = 0;
  method = 0;
  route = 0;
  url = 0;
  startHigh = 0;
  startLow = 0;
  duration = 0;
  bits = 0;
  httpStatus = 0;
  resource = 0;

  reset(): void {
    this.id0 = this.id1 = this.id2 = this.id3 = 0;
    this.idHigh = this.idLow = this.parentHigh = this.parentLow = 0;
    this.service = this.name = this.method = this.route = this.url = 0;
    this.startHigh = this.startLow = this.duration = 0;
    this.bits = this.httpStatus = this.resource = 0;
  }
}

/** One log record on its way into the columns. */
export class LogDraft {
  id0 = 0;
  id1 = 0;
  id2 = 0;
  id3 = 0;
  timeHigh = 0;
  timeLow = 0;
  service = 0;
  /** OTel's severity number, 0 where none was given. */
  severity = 0;
  ordinal = 0;

  reset(): void {
    this.id0 = this.id1 = this.id2 = this.id3 = 0;
    this.timeHigh = this.timeLow = this.service = this.severity = this.ordinal = 0;
  }
}

/** Where scanners put spans and log records. Nothing of it counts before the group has been committed. */
export interface RecordSink extends SpanSink {
  readonly logDraft: LogDraft;
  beginLog(): SegmentWriter;
  mark(): Mark;
  rewind(mark: Mark): void;
  endLog(): number;
}

/** The part that a span scanner needs. */
export interface SpanSink {
  readonly draft: SpanDraft;
  /** Clears the draft and answers the segment that the next span goes into, with room for it. */
  beginSpan(): SegmentWriter;
  /** Takes the draft as a span of the payload being scanned. */
  endSpan(): number;
  /** Forgets the span that was begun. */
  dropSpan(): void;
}

/** What a scan found. */
export interface ScanResult {
  readonly spans: number;
  /**
   * False where something was out of the ordinary: a span without an id, odd times, a text that is not UTF-8, bytes that do not scan.
   * What was put into the columns is then taken back, and the decoder reads the payload: it says what is wrong, and what can be kept.
   */
  readonly isPlain: boolean;
}

/** In the column of HTTP statuses: there is one, but none that HTTP knows. */
export const oddStatus = 65_535;

/** An HTTP status as the column keeps it: 0 where there is none. */
export function toStatusColumn(status: number | undefined): number {
  if (status === undefined || Number.isNaN(status)) {
    return 0;
  }
  return Number.isInteger(status) && status > 0 && status < oddStatus ? status : oddStatus;
}
