import type { Counters } from '../memory/counters.ts';
import type { SegmentWriter } from '../memory/segmentWriter.ts';
import { fullRoom, logBits, publishedLogs, rowsPerSegment, type SegmentRoom } from '../memory/segment.ts';
import { TraceSlots, type ChunkEvents } from '../memory/traceSlots.ts';
import { traceBits, tracesPerChunk } from '../memory/traceTable.ts';
import type { OpenedSeal } from '../seal/sealedSegment.ts';
import { LogLinks } from './logLinks.ts';
import { SegmentSet, type SegmentEvents } from './segmentSet.ts';
import { SpanLinks } from './spanLinks.ts';
import { Staging } from './staging.ts';

/** Decides about a row while it is loaded: false leaves it out. */
export type RowFilter = (group: number, id0: number, id1: number, id2: number, id3: number) => boolean;

export interface IndexEvents extends SegmentEvents, ChunkEvents {
  /** A row of the segment has been replaced by one in a later segment. */
  readonly onReplaced: (segment: number) => void;
}

/** The writer's whole index: what is searched about every span and log record that counts. */
export class TelemetryIndex {
  readonly segments: SegmentSet;
  readonly traces: TraceSlots;
  readonly spans: SpanLinks;
  readonly logs: LogLinks;
  readonly #room: SegmentRoom;
  #staging: Staging | undefined;

  constructor(counters: Counters, events: IndexEvents, room = fullRoom) {
    this.#room = room;
    this.segments = new SegmentSet(events);
    this.traces = new TraceSlots(counters, events);
    this.spans = new SpanLinks(this.segments, this.traces, counters, events.onReplaced);
    this.logs = new LogLinks(this.segments, this.traces, counters);
  }

  /** Where the rows of the group that comes next are staged. Its first segment comes after all loaded ones. */
  get staging(): Staging {
    const loaded = this.segments.all().map(({ number }) => number);
    this.#staging ??= new Staging(this.segments, Math.max(-1, ...loaded) + 1, this.#room);
    return this.#staging;
  }

  /**
   * Links the staged rows of a group into their traces and publishes them; `changed` gets the slots of the traces that changed. Answers
   * the segments that are full now.
   */
  apply(group: number, changed: Set<number>, isWanted?: RowFilter): readonly SegmentWriter[] {
    const { staging, traces, segments } = this;
    staging.spans.forEach((id0, id1, id2, id3, globalRow) => {
      if (isWanted !== undefined && !isWanted(group, id0, id1, id2, id3)) {
        this.spans.refuse(globalRow);
        return;
      }
      const slot = traces.findOrAdd(id0, id1, id2, id3);
      if (this.spans.take(globalRow, slot)) {
        changed.add(slot);
      }
    });
    staging.logs.forEach((id0, id1, id2, id3, globalRow) => {
      if (isWanted !== undefined && !isWanted(group, id0, id1, id2, id3)) {
        this.logs.refuse(globalRow);
        return;
      }
      const slot = (id0 | id1 | id2 | id3) === 0 ? -1 : traces.findOrAdd(id0, id1, id2, id3);
      this.logs.take(globalRow, slot);
      if (slot !== -1) {
        changed.add(slot);
      }
    });
    const touched = staging.touchedSegments;
    for (const [at, number] of touched.entries()) {
      segments.noteGroups(number, { first: group, last: group, continues: at < touched.length - 1 });
    }
    const full = staging.publish();
    this.closeAll(full);
    return full;
  }

  /** Nothing will be added to these segments any more, and all their rows have been linked. */
  closeAll(full: readonly SegmentWriter[]): void {
    for (const { segment } of full) {
      this.segments.close(segment.number);
    }
  }

  /** Takes in a segment that was sealed; `traceIds` has four words for each number in its trace columns. */
  load({ segment, groups, traceIds }: OpenedSeal, isWanted: RowFilter | undefined): void {
    this.segments.add(segment);
    this.segments.noteGroups(segment.number, groups);
    const { columns } = segment;
    const slots = new Int32Array(traceIds.length / 4);
    for (let local = 0; local < slots.length; local += 1) {
      slots[local] = this.traces.findOrAdd(...wordsAt(traceIds, local));
    }
    this.spans.loadSegment(segment, slots, (row) => {
      const number = columns.trace[row] as number;
      return isWanted === undefined || isWanted(columns.group[row] as number, ...wordsAt(traceIds, number));
    });
    for (let row = 0, rows = publishedLogs(segment); row < rows; row += 1) {
      if (((columns.logBits[row] as number) & logBits.dead) !== 0) {
        continue;
      }
      const local = (columns.logTrace[row] as number) - 1;
      const globalRow = segment.number * rowsPerSegment + row;
      const words: readonly [number, number, number, number] = local === -1 ? noTrace : wordsAt(traceIds, local);
      if (isWanted === undefined || isWanted(columns.logGroup[row] as number, ...words)) {
        this.logs.take(globalRow, local === -1 ? -1 : (slots[local] as number));
      } else {
        this.logs.refuse(globalRow);
      }
    }
    this.segments.close(segment.number);
    this.#dropEmpty(slots);
  }

  /** A trace of which nothing was wanted has no slot. */
  #dropEmpty(slots: Int32Array): void {
    for (const slot of slots) {
      const trace = this.traces.findChunk(slot)?.columns;
      const at = slot % tracesPerChunk;
      if (trace?.spans[at] === 0 && trace.logs[at] === 0 && ((trace.bits[at] as number) & traceBits.dead) === 0) {
        this.traces.remove(slot);
      }
    }
  }
}

const noTrace = [0, 0, 0, 0] as const;

function wordsAt(traceIds: Uint32Array, number: number): [id0: number, id1: number, id2: number, id3: number] {
  const at = number * 4;
  return [traceIds[at] as number, traceIds[at + 1] as number, traceIds[at + 2] as number, traceIds[at + 3] as number];
}
