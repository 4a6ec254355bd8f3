import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { rowsPerSegment } from '../memory/segment.ts';
import { hexOfWords, traceBits, traceIdBytesAt, tracesPerChunk, wordsOfTraceId } from '../memory/traceTable.ts';
import type { TelemetryIndex } from './telemetryIndex.ts';

/** Which traces are pinned, in the database and in the index. */
export class Pins {
  readonly #index: TelemetryIndex;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  readonly #deleteRaw: StatementSync;
  readonly #listRaw: StatementSync;
  readonly #addGone: StatementSync;
  readonly #ids: Set<string>;

  constructor(database: DatabaseSync, index: TelemetryIndex) {
    this.#index = index;
    this.#insert = database.prepare('insert or ignore into pin (trace) values (?)');
    this.#remove = database.prepare('delete from pin where trace = ?');
    this.#deleteRaw = database.prepare('delete from raw where id = ?');
    this.#listRaw = database.prepare('select id from raw where id <= ?');
    this.#addGone = database.prepare('insert or replace into gone (trace, until) values (?, ?)');
    const rows = database.prepare('select trace from pin').all() as { trace: Uint8Array }[];
    this.#ids = new Set(rows.map(({ trace }) => Buffer.from(trace).toString('hex')));
  }

  get isEmpty(): boolean {
    return this.#ids.size === 0;
  }

  has(id0: number, id1: number, id2: number, id3: number): boolean {
    return this.#ids.size > 0 && this.#ids.has(hexOfWords(id0, id1, id2, id3));
  }

  /** Marks the traces that were pinned before the start. */
  mark(): void {
    for (const id of this.#ids) {
      this.#setBit(this.slotOf(id), true);
    }
  }

  /** The slot of a trace that has spans, or -1. */
  slotOf(traceId: string): number {
    const { id0, id1, id2, id3 } = wordsOfTraceId(traceId);
    const slot = this.#index.traces.find(id0, id1, id2, id3);
    const spans = slot === -1 ? 0 : this.#index.traces.chunkOf(slot).columns.spans[slot % tracesPerChunk];
    return spans === 0 ? -1 : slot;
  }

  /** Within a transaction; `didPin` follows its commit. */
  pin(slot: number): void {
    this.#insert.run(this.#idBytes(slot));
  }

  /** Once that has been committed: the trace counts as pinned, or no longer. */
  didPin(traceId: string, slot: number, isPinned: boolean): void {
    if (isPinned) {
      this.#ids.add(traceId);
    } else {
      this.#ids.delete(traceId);
    }
    this.#setBit(slot, isPinned);
  }

  /**
   * Within a transaction: the trace is to be as any other; `didPin` follows the commit. Answers true where retention has passed it
   * already: then it is gone from the database, and the caller takes it out of the index once that has been committed.
   */
  unpin(traceId: string, slot: number, floor: number, newest: number): boolean {
    this.#remove.run(this.#idBytes(slot));
    const groups = this.#groupsOf(slot);
    if (!groups.some((group) => group <= floor)) {
      return false;
    }
    if (groups.some((group) => group > floor)) {
      this.#addGone.run(this.#idBytes(slot), newest);
    }
    const others = [...this.#ids].filter((id) => id !== traceId);
    const stillHeld = new Set(others.flatMap((id) => this.#groupsOf(this.slotOf(id))));
    for (const { id } of this.#listRaw.all(floor) as { id: number }[]) {
      if (!stillHeld.has(id)) {
        this.#deleteRaw.run(id);
      }
    }
    return true;
  }

  /** The raw groups that hold spans or log records of a trace. */
  #groupsOf(slot: number): number[] {
    if (slot === -1) {
      return [];
    }
    const { segments, spans, logs } = this.#index;
    return [
      ...spans.rowsOf(slot).map((row) => segments.of(row).columns.group[row % rowsPerSegment] as number),
      ...logs.rowsOf(slot).map((row) => segments.of(row).columns.logGroup[row % rowsPerSegment] as number),
    ];
  }

  #idBytes(slot: number): Uint8Array {
    return traceIdBytesAt(this.#index.traces.chunkOf(slot), slot % tracesPerChunk);
  }

  #setBit(slot: number, isPinned: boolean): void {
    if (slot !== -1) {
      const { bits } = this.#index.traces.chunkOf(slot).columns;
      const at = slot % tracesPerChunk;
      bits[at] = isPinned ? (bits[at] as number) | traceBits.pinned : (bits[at] as number) & ~traceBits.pinned;
    }
  }
}
