import type { Counters } from '../memory/counters.ts';
import type { SegmentWriter } from '../memory/segmentWriter.ts';
import {
  fullRoom,
  logBits,
  publishedLogs,
  publishedRows,
  rowsPerSegment,
  spanBits,
  type SegmentRoom,
} from '../memory/segment.ts';
import { TraceSlots, type ChunkEvents } from '../memory/traceSlots.ts';
import type { OpenedSeal } from '../seal/sealedSegment.ts';
import { LogLinks } from './logLinks.ts';
import { SegmentSet, type SegmentEvents } from './segmentSet.ts';
import { SpanLinks } from './spanLinks.ts';
import { Staging } from './staging.ts';

/** Decides about a row while it is loaded: false leaves it out. */
export type RowFilter = (group: number, id0: number, id1: number, id2: number, id3: number) => boolean;

/** The writer's whole index: what is searched about every span and log record that counts. */
export class TelemetryIndex {
  readonly segments: SegmentSet;
  readonly traces: TraceSlots;
  readonly spans: SpanLinks;
  readonly logs: LogLinks;
  readonly #room: SegmentRoom;
  #staging: Staging | undefined;

  constructor(counters: Counters, events: SegmentEvents & ChunkEvents, room = fullRoom) {
    this.#room = room;
    this.segments = new SegmentSet(events);
    this.traces = new TraceSlots(counters, events);
    this.spans = new SpanLinks(this.segments, this.traces, counters);
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
  load({ segment, groups, traceIds }: OpenedSeal, isWanted: RowFilter): void {
    this.segments.add(segment);
    this.segments.noteGroups(segment.number, groups);
    const { columns } = segment;
    const slots = new Int32Array(traceIds.length / 4).fill(-1);
    const slotOf = (local: number): number => {
      if (slots[local] === -1) {
        const at = local * 4;
        const [id0, id1, id2, id3] = traceIds.subarray(at, at + 4) as unknown as [number, number, number, number];
        slots[local] = this.traces.findOrAdd(id0, id1, id2, id3);
      }
      return slots[local] as number;
    };
    const wants = (local: number, group: number): boolean => {
      const at = local * 4;
      return isWanted(
        group,
        traceIds[at] as number,
        traceIds[at + 1] as number,
        traceIds[at + 2] as number,
        traceIds[at + 3] as number,
      );
    };
    const base = segment.number * rowsPerSegment;
    for (let row = 0, rows = publishedRows(segment); row < rows; row += 1) {
      const bits = columns.bits[row] as number;
      const local = columns.trace[row] as number;
      if ((bits & spanBits.dead) !== 0) {
        continue;
      }
      if (wants(local, columns.group[row] as number)) {
        this.spans.take(base + row, slotOf(local));
      } else {
        this.spans.refuse(base + row);
      }
    }
    for (let row = 0, rows = publishedLogs(segment); row < rows; row += 1) {
      const bits = columns.logBits[row] as number;
      const local = (columns.logTrace[row] as number) - 1;
      if ((bits & logBits.dead) !== 0) {
        continue;
      }
      if (
        local === -1
          ? isWanted(columns.logGroup[row] as number, 0, 0, 0, 0)
          : wants(local, columns.logGroup[row] as number)
      ) {
        this.logs.take(base + row, local === -1 ? -1 : slotOf(local));
      } else {
        this.logs.refuse(base + row);
      }
    }
    this.segments.close(segment.number);
  }
}
