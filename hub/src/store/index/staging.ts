import { makeSegment, rowsPerSegment, type SegmentRoom } from '../memory/segment.ts';
import { SegmentWriter } from '../memory/segmentWriter.ts';
import { roleOfKey } from '../scan/httpRoles.ts';
import { LogDraft, SpanDraft, type RecordSink } from '../scan/spanDraft.ts';
import type { SegmentSet } from './segmentSet.ts';
import { StagedRows } from './stagedRows.ts';

/** Where staging stood before a payload or a group, to go back to. */
export interface Mark {
  readonly segment: number;
  readonly rows: number;
  readonly attributes: number;
  readonly logs: number;
  readonly spans: number;
  readonly records: number;
}

/**
 * Writes the rows of a group into the newest segment, behind what is published, and remembers which trace each belongs to.
 *
 * Invariant: a staged row is in no chain and under no published counter until the group has been committed.
 */
export class Staging implements RecordSink {
  readonly draft = new SpanDraft();
  readonly logDraft = new LogDraft();
  readonly spans = new StagedRows();
  readonly logs = new StagedRows();
  readonly #segments: SegmentSet;
  readonly #room: SegmentRoom;
  #writer: SegmentWriter;
  /** Segments that ran full while this group was staged. */
  #full: SegmentWriter[] = [];
  #group = 0;
  #payload = 0;

  constructor(segments: SegmentSet, firstSegment: number, room: SegmentRoom) {
    this.#segments = segments;
    this.#room = room;
    this.#writer = this.#open(firstSegment);
  }

  beginPayload(group: number, payload: number): void {
    this.#group = group;
    this.#payload = payload;
  }

  mark(): Mark {
    const { rows, attributes, logs, segment } = this.#writer;
    return { segment: segment.number, rows, attributes, logs, spans: this.spans.count, records: this.logs.count };
  }

  /** Forgets what was staged since `mark`. A segment opened since then stays, empty. */
  rewind(mark: Mark): void {
    for (const writer of [...this.#full, this.#writer]) {
      if (writer.segment.number === mark.segment) {
        writer.rewind(mark.rows, mark.attributes, mark.logs);
      } else if (writer.segment.number > mark.segment) {
        writer.rewind(0, 0, 0);
      }
    }
    this.spans.cut(mark.spans);
    this.logs.cut(mark.records);
  }

  beginSpan(): SegmentWriter {
    if (!this.#writer.hasRoomForSpan()) {
      this.#openNext();
    }
    this.draft.reset();
    return this.#writer;
  }

  dropSpan(): void {
    this.#writer.dropSpan();
  }

  /** Answers the global row that the span has. */
  endSpan(): number {
    const { draft } = this;
    const { columns, number } = this.#writer.segment;
    const row = this.#writer.endSpan();
    columns.duration[row] = draft.duration;
    columns.idHigh[row] = draft.idHigh;
    columns.idLow[row] = draft.idLow;
    columns.parentHigh[row] = draft.parentHigh;
    columns.parentLow[row] = draft.parentLow;
    columns.service[row] = draft.service;
    columns.name[row] = draft.name;
    columns.method[row] = draft.method;
    columns.route[row] = draft.route;
    columns.url[row] = draft.url;
    columns.startHigh[row] = draft.startHigh;
    columns.startLow[row] = draft.startLow;
    columns.bits[row] = draft.bits;
    columns.httpStatus[row] = draft.httpStatus;
    columns.resource[row] = draft.resource;
    columns.group[row] = this.#group;
    columns.payload[row] = this.#payload;
    const globalRow = number * rowsPerSegment + row;
    this.spans.add(draft.id0, draft.id1, draft.id2, draft.id3, globalRow);
    return globalRow;
  }

  beginLog(): SegmentWriter {
    if (!this.#writer.hasRoomForLog()) {
      this.#openNext();
    }
    this.logDraft.reset();
    return this.#writer;
  }

  endLog(): number {
    const { logDraft: draft } = this;
    const { columns, number } = this.#writer.segment;
    const row = this.#writer.logs;
    this.#writer.logs = row + 1;
    columns.logTimeHigh[row] = draft.timeHigh;
    columns.logTimeLow[row] = draft.timeLow;
    columns.logService[row] = draft.service;
    columns.logOrdinal[row] = draft.ordinal;
    columns.logBits[row] = draft.severity;
    columns.logGroup[row] = this.#group;
    columns.logPayload[row] = this.#payload;
    const globalRow = number * rowsPerSegment + row;
    this.logs.add(draft.id0, draft.id1, draft.id2, draft.id3, globalRow);
    return globalRow;
  }

  /**
   * The rows of the group can be seen from here on. Answers the segments that are now full; the caller closes them once their rows have
   * been linked.
   */
  publish(): readonly SegmentWriter[] {
    const full = this.#full;
    for (const writer of [...full, this.#writer]) {
      writer.publish();
    }
    this.#full = [];
    this.spans.cut(0);
    this.logs.cut(0);
    return full;
  }

  /** Ends the newest segment early, so that it can be sealed; what comes next goes into a new one. */
  closeSegment(): SegmentWriter | undefined {
    const writer = this.#writer;
    if (writer.rows === 0 && writer.logs === 0) {
      return undefined;
    }
    this.#writer = this.#open(writer.segment.number + 1);
    return writer;
  }

  /** The first rows of the staged group; where it has none of a kind, the place of the next. */
  get firstRows(): { firstRow: number; firstLog: number } {
    const base = this.#writer.segment.number * rowsPerSegment;
    return {
      firstRow: this.spans.firstRow ?? base + this.#writer.rows,
      firstLog: this.logs.firstRow ?? base + this.#writer.logs,
    };
  }

  /** The segments that the staged rows went into. */
  get touchedSegments(): number[] {
    const numbers = new Set<number>();
    let last = -1;
    const add = (_0: number, _1: number, _2: number, _3: number, globalRow: number): void => {
      const number = Math.floor(globalRow / rowsPerSegment);
      if (number !== last) {
        last = number;
        numbers.add(number);
      }
    };
    this.spans.forEach(add);
    this.logs.forEach(add);
    return [...numbers];
  }

  /** Whether the staged rows go over the end of a segment that held others before `mark`: they would all fit better into a new one. */
  isSpilled(mark: Mark): boolean {
    return this.#writer.segment.number !== mark.segment && (mark.rows > 0 || mark.logs > 0);
  }

  get currentSegment(): number {
    return this.#writer.segment.number;
  }

  #openNext(): void {
    this.#full.push(this.#writer);
    this.#writer = this.#open(this.#writer.segment.number + 1);
  }

  #open(number: number): SegmentWriter {
    const segment = makeSegment(number, this.#room);
    this.#segments.add(segment);
    return new SegmentWriter(segment, roleOfKey);
  }
}
