import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { SpanId } from '@sightline/telemetry/model/ids';
import { durationNanos, epochNanos } from '@sightline/telemetry/model/units';
import type { HttpSummary, SpanKind, SpanStatus, SpanSummary } from '@sightline/telemetry/model/span';
import { counterOf, type Counters } from '../memory/counters.ts';
import {
  logBits,
  publishedLogs,
  publishedRows,
  rowsPerSegment,
  spanBits,
  viewSegment,
  type Segment,
} from '../memory/segment.ts';
import { TextReader } from '../memory/textTable.ts';
import {
  hexOfWords,
  traceBits,
  tracesPerChunk,
  viewTraceChunk,
  wordsOfTraceId,
  type TraceChunk,
} from '../memory/traceTable.ts';
import type { SharingMessage } from '../messages.ts';
import { oddStatus } from '../scan/spanDraft.ts';

const kinds: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer'];
const statuses: readonly SpanStatus[] = ['running', 'ok', 'error', 'fault', 'throttled'];

/** Where a span's payload is. */
export interface SpanPlace {
  readonly id: SpanId;
  readonly group: number;
  readonly payload: number;
}

/** A span as the index has it, and where its payload is. */
export interface IndexedSpan extends SpanSummary {
  readonly group: number;
  readonly payload: number;
}

/** Where a log record's payload is, and the record's number in it. */
export interface IndexedLog {
  readonly group: number;
  readonly payload: number;
  readonly ordinal: number;
}

/** A segment, and what the numbers of its texts and keys stand for. */
export interface SegmentView {
  readonly segment: Segment;
  readonly texts: TextReader;
  readonly keys: TextReader;
}

/**
 * The reader's view of the writer's columns.
 *
 * Invariant: nothing beyond a segment's published rows is believed, and every row number is checked against the segments at hand: the
 * fields of a trace may run ahead of both while a group is being applied.
 */
export class SharedIndex {
  readonly #sharing: MessagePort;
  readonly #counters: Counters;
  readonly #segments = new Map<number, SegmentView>();
  readonly #chunks = new Map<number, TraceChunk>();

  constructor(sharing: MessagePort, counters: Counters) {
    this.#sharing = sharing;
    this.#counters = counters;
  }

  /** Takes in what the writer has shared. To be called before each answer, so that a committed group is always visible. */
  refresh(): void {
    for (
      let next = receiveMessageOnPort(this.#sharing);
      next !== undefined;
      next = receiveMessageOnPort(this.#sharing)
    ) {
      this.#take(next.message as SharingMessage);
    }
  }

  /** Slots handed out so far; the newest trace by arrival is the last. */
  get slots(): number {
    return counterOf(this.#counters, 'traceSlots');
  }

  /** The living slot of a trace id of 32 hex digits, or -1. */
  slotOf(traceId: string): number {
    const { id0, id1, id2, id3 } = wordsOfTraceId(traceId);
    for (const { number, columns } of this.#chunks.values()) {
      for (let at = columns.id3.indexOf(id3); at !== -1; at = columns.id3.indexOf(id3, at + 1)) {
        const isSame = columns.id0[at] === id0 && columns.id1[at] === id1 && columns.id2[at] === id2;
        if (isSame && ((columns.bits[at] as number) & traceBits.dead) === 0) {
          return number * tracesPerChunk + at;
        }
      }
    }
    return -1;
  }

  /** The chunks of the trace table that have not been freed, in the order of their slots. */
  chunks(): Iterable<TraceChunk> {
    return this.#chunks.values();
  }

  /** Segments with living rows, oldest first, each with what its texts say. */
  segments(): Iterable<SegmentView> {
    return this.#segments.values();
  }

  /** The segment that holds a global row. */
  segmentOf(globalRow: number): SegmentView | undefined {
    return this.#viewOf(globalRow);
  }

  /** Global rows of the living spans of a trace, the newest first. */
  rowsOf(slot: number): number[] {
    const rows: number[] = [];
    let next = this.chunkOf(slot)?.columns.last[slot % tracesPerChunk] ?? 0;
    while (next !== 0) {
      const view = this.#viewOf(next - 1);
      if (view === undefined) {
        break;
      }
      const row = (next - 1) % rowsPerSegment;
      const { columns } = view.segment;
      if (((columns.bits[row] as number) & spanBits.dead) === 0 && row < publishedRows(view.segment)) {
        rows.push(next - 1);
      }
      next = columns.previous[row] as number;
    }
    return rows;
  }

  /** The chunk of a slot, `undefined` where it has been freed. */
  chunkOf(slot: number): TraceChunk | undefined {
    return this.#chunks.get(Math.floor(slot / tracesPerChunk));
  }

  /** Living spans of a trace, in the order they came. */
  spansOf(slot: number): IndexedSpan[] {
    return this.rowsOf(slot)
      .toReversed()
      .map((globalRow) => spanAt(this.#viewOf(globalRow) as SegmentView, globalRow % rowsPerSegment));
  }

  /** Where the living spans of a trace are, in the order they came. */
  placesOf(slot: number): SpanPlace[] {
    return this.rowsOf(slot)
      .toReversed()
      .map((globalRow) => {
        const { columns } = (this.#viewOf(globalRow) as SegmentView).segment;
        const row = globalRow % rowsPerSegment;
        return {
          id: hexOfWords(columns.idHigh[row] as number, columns.idLow[row] as number) as SpanId,
          group: columns.group[row] as number,
          payload: columns.payload[row] as number,
        };
      });
  }

  /** Living log records of a trace, in the order they came. */
  logsOf(slot: number): IndexedLog[] {
    const logs: IndexedLog[] = [];
    let next = this.chunkOf(slot)?.columns.lastLog[slot % tracesPerChunk] ?? 0;
    while (next !== 0) {
      const row = (next - 1) % rowsPerSegment;
      const segment = this.#viewOf(next - 1)?.segment;
      if (segment === undefined || ((segment.columns.logBits[row] as number) & logBits.dead) !== 0) {
        break;
      }
      const { columns } = segment;
      if (row < publishedLogs(segment)) {
        logs.push({
          group: columns.logGroup[row] as number,
          payload: columns.logPayload[row] as number,
          ordinal: columns.logOrdinal[row] as number,
        });
      }
      next = columns.logPrevious[row] as number;
    }
    return logs.toReversed();
  }

  #viewOf(globalRow: number): SegmentView | undefined {
    const number = Math.floor(globalRow / rowsPerSegment);
    const known = this.#segments.get(number);
    if (known !== undefined) {
      return known;
    }
    this.refresh();
    return this.#segments.get(number);
  }

  #take(message: SharingMessage): void {
    switch (message.kind) {
      case 'segment': {
        const segment = viewSegment(message.number, message.room, message.buffer);
        const { textStarts, textBytes, keyStarts, keyBytes } = segment.columns;
        this.#segments.set(message.number, {
          segment,
          texts: new TextReader({ starts: textStarts, bytes: textBytes }),
          keys: new TextReader({ starts: keyStarts, bytes: keyBytes }),
        });
        break;
      }
      case 'segmentFreed':
        this.#segments.delete(message.number);
        break;
      case 'traces':
        this.#chunks.set(message.number, viewTraceChunk(message.number, message.buffer));
        break;
      case 'tracesFreed':
        this.#chunks.delete(message.number);
        break;
    }
  }
}

/** A row as a span. */
export function spanAt({ segment: { columns }, texts }: SegmentView, row: number): IndexedSpan {
  const bits = columns.bits[row] as number;
  const parentHigh = columns.parentHigh[row] as number;
  const parentLow = columns.parentLow[row] as number;
  const http = httpAt(columns, texts, row);
  return {
    id: hexOfWords(columns.idHigh[row] as number, columns.idLow[row] as number) as SpanId,
    ...((parentHigh | parentLow) === 0 ? {} : { parentId: hexOfWords(parentHigh, parentLow) as SpanId }),
    name: texts.textOf(columns.name[row] as number),
    service: texts.textOf(columns.service[row] as number),
    kind: kinds[bits & spanBits.kindMask] ?? 'internal',
    source: (bits & spanBits.otlp) === 0 ? 'xray' : 'otlp',
    status: statuses[(bits >>> spanBits.statusShift) & spanBits.statusMask] ?? 'ok',
    startTime: epochNanos((BigInt(columns.startHigh[row] as number) << 32n) | BigInt(columns.startLow[row] as number)),
    duration: durationNanos(BigInt(columns.duration[row] as number)),
    ...((bits & spanBits.subsegment) === 0 ? {} : { isSubsegment: true }),
    ...((bits & spanBits.parentKnown) === 0 ? {} : { isParentRemote: (bits & spanBits.parentRemote) !== 0 }),
    ...(http === undefined ? {} : { http }),
    group: columns.group[row] as number,
    payload: columns.payload[row] as number,
  };
}

function httpAt(columns: Segment['columns'], texts: TextReader, row: number): HttpSummary | undefined {
  const method = columns.method[row] as number;
  const url = columns.url[row] as number;
  const route = columns.route[row] as number;
  const kept = columns.httpStatus[row] as number;
  const status = kept === oddStatus ? 0 : kept;
  if ((method | url | route | status) === 0) {
    return undefined;
  }
  return {
    ...(method === 0 ? {} : { method: texts.textOf(method) }),
    ...(url === 0 ? {} : { url: texts.textOf(url) }),
    ...(route === 0 ? {} : { route: texts.textOf(route) }),
    ...(status === 0 ? {} : { status }),
  };
}
