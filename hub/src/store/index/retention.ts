import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { counterAt, type Counters } from '../memory/counters.ts';
import { logBits, publishedLogs, publishedRows, rowsPerSegment, spanBits } from '../memory/segment.ts';
import { traceBits, traceIdBytesAt, tracesPerChunk } from '../memory/traceTable.ts';
import type { GroupLedger, LedgerEntry } from './groupLedger.ts';
import type { PinnedRows } from './pinnedRows.ts';
import type { TelemetryIndex } from './telemetryIndex.ts';

export interface RetentionLimits {
  readonly maxBytes: number;
  readonly maxAgeMillis: number;
}

/** The index lives in memory, whatever the disk may hold. */
export const maxIndexedSpans = 2_000_000;
const maxIndexedLogs = 4_000_000;
const maxIndexBytes = 512 * 1024 * 1024;

const commitsToMeasure = 16;

/** What leaves with the transaction that is about to be committed. */
export interface RetentionPlan {
  readonly groups: number;
  readonly floor: number;
  readonly slots: ReadonlySet<number>;
}

/**
 * Removes the oldest raw groups and the traces in them.
 *
 * Invariants: a trace that loses a group leaves whole, unless it is pinned; a group that holds spans of a pinned trace stays, and of its
 * other spans nothing counts; what is on disk says the same after a restart: groups up to the floor count only for pinned traces, and a
 * trace in `gone` counts only in groups after its `until`.
 */
export class Retention {
  readonly #index: TelemetryIndex;
  readonly #ledger: GroupLedger;
  readonly #pinned: PinnedRows;
  readonly #counters: Counters;
  readonly #limits: RetentionLimits;
  readonly #willRemove: (group: number) => void;
  readonly #pageCount: StatementSync;
  readonly #freePages: StatementSync;
  readonly #deleteRaw: StatementSync;
  readonly #setFloor: StatementSync;
  readonly #addGone: StatementSync;
  readonly #forgetGone: StatementSync;
  #floor: number;
  #unmeasured = 0;

  constructor(
    database: DatabaseSync,
    index: TelemetryIndex,
    ledger: GroupLedger,
    pinned: PinnedRows,
    counters: Counters,
    limits: RetentionLimits,
    floor: number,
    willRemove: (group: number) => void,
  ) {
    this.#willRemove = willRemove;
    this.#index = index;
    this.#ledger = ledger;
    this.#pinned = pinned;
    this.#counters = counters;
    this.#limits = limits;
    this.#floor = floor;
    this.#pageCount = database.prepare('pragma page_count');
    this.#freePages = database.prepare('pragma freelist_count');
    this.#deleteRaw = database.prepare('delete from raw where id = ?');
    this.#setFloor = database.prepare(`insert or replace into meta (key, value) values ('floor', ?)`);
    this.#addGone = database.prepare('insert or replace into gone (trace, until) values (?, ?)');
    this.#forgetGone = database.prepare('delete from gone where until <= ?');
    this.measure();
  }

  /** The newest raw group of which only pinned traces count. */
  get floor(): number {
    return this.#floor;
  }

  /** Reads how many bytes of the database file are in use. */
  measure(): number {
    const { page_count: pages } = this.#pageCount.get() as { page_count: number };
    const { freelist_count: free } = this.#freePages.get() as { freelist_count: number };
    const bytes = (pages - free) * 4096;
    this.#counters[counterAt.bytes] = bytes;
    return bytes;
  }

  /** Whether something would leave even if nothing came. */
  isDue(now: number): boolean {
    return this.#groupsToRetire(now) > 0;
  }

  /** Within the transaction of the group `newest`: writes down what leaves. `undefined` where nothing does. */
  plan(newest: number, now: number): RetentionPlan | undefined {
    const groups = this.#groupsToRetire(now);
    return groups === 0 ? undefined : this.#write(groups, newest);
  }

  /** Within a transaction: everything that is not pinned leaves. */
  planAll(newest: number): RetentionPlan | undefined {
    return this.#ledger.count === 0 ? undefined : this.#write(this.#ledger.count, newest);
  }

  /** After the commit, and after its rows have been linked: what leaves is taken out of the index. */
  apply(plan: RetentionPlan): void {
    let retired = 0;
    for (const slot of plan.slots) {
      retired += this.#index.spans.killAll(slot);
      this.#index.traces.remove(slot);
    }
    for (const entry of this.#entries(plan.groups)) {
      this.#forEachLog(entry, (globalRow, slot) => {
        if (slot === -1 || !this.#isPinned(slot)) {
          this.#index.logs.kill(globalRow);
        }
      });
    }
    this.#counters[counterAt.retired] = (this.#counters[counterAt.retired] as number) + retired;
    this.#floor = plan.floor;
    this.#ledger.removeOldest(plan.groups);
    this.#pinned.moveOut(plan.floor);
  }

  /** Far from the cap an older measurement will do: asking SQLite costs small groups a good part of their time. */
  #bytesInUse(): number {
    const known = this.#counters[counterAt.bytes] as number;
    this.#unmeasured += 1;
    if (this.#unmeasured < commitsToMeasure && known < this.#limits.maxBytes / 2) {
      return known;
    }
    this.#unmeasured = 0;
    return this.measure();
  }

  #groupsToRetire(now: number): number {
    const { maxBytes, maxAgeMillis } = this.#limits;
    let excessBytes = this.#bytesInUse() - maxBytes;
    let excessSpans = (this.#counters[counterAt.spans] as number) - maxIndexedSpans;
    const excessLogs = (this.#counters[counterAt.logEvents] as number) - maxIndexedLogs;
    // Memory is freed by whole segments, so one of them has to go.
    if (this.#index.segments.takeMoreThan(maxIndexBytes)) {
      excessSpans = Math.max(excessSpans, rowsPerSegment);
    }
    const firstLog = this.#ledger.entry(0)?.firstLog ?? 0;
    let groups = 0;
    for (; groups < this.#ledger.count; groups += 1) {
      const entry = this.#ledger.entry(groups) as LedgerEntry;
      const isTooOld = entry.at < now - maxAgeMillis;
      if (!isTooOld && excessBytes <= 0 && excessSpans <= 0 && entry.firstLog - firstLog >= excessLogs) {
        break;
      }
      excessBytes -= entry.bytes;
      excessSpans -= (this.#ledger.entry(groups + 1)?.firstRow ?? entry.firstRow) - entry.firstRow;
    }
    return groups;
  }

  #write(groups: number, newest: number): RetentionPlan {
    const floor = (this.#ledger.entry(groups - 1) as LedgerEntry).id;
    const slots = new Set<number>();
    for (const entry of this.#entries(groups)) {
      const pinned = this.#collectTraces(entry, slots);
      if (!pinned) {
        this.#willRemove(entry.id);
        this.#deleteRaw.run(entry.id);
      }
    }
    const staged = this.#stagedSlots();
    for (const slot of slots) {
      // A trace may go on in later groups, the one being committed included; those rows are not to come back.
      if (staged.has(slot) || this.#lastGroupOf(slot) > floor) {
        this.#addGone.run(traceIdBytesAt(this.#index.traces.chunkOf(slot), slot % tracesPerChunk), newest);
      }
    }
    this.#forgetGone.run(floor);
    this.#setFloor.run(floor);
    return { groups, floor, slots };
  }

  /** Adds the traces of a group that are to leave. Answers whether the group holds something pinned. */
  #collectTraces(entry: Range, slots: Set<number>): boolean {
    let hasPinned = false;
    this.#forEachSpan(entry, (slot) => {
      if (this.#isPinned(slot)) {
        hasPinned = true;
      } else {
        slots.add(slot);
      }
    });
    this.#forEachLog(entry, (_globalRow, slot) => {
      hasPinned ||= slot !== -1 && this.#isPinned(slot);
    });
    return hasPinned;
  }

  #stagedSlots(): ReadonlySet<number> {
    const slots = new Set<number>();
    this.#index.staging.spans.forEach((id0, id1, id2, id3) => slots.add(this.#index.traces.find(id0, id1, id2, id3)));
    return slots;
  }

  #lastGroupOf(slot: number): number {
    const last = (this.#index.traces.chunkOf(slot).columns.last[slot % tracesPerChunk] as number) - 1;
    return this.#index.segments.of(last).columns.group[last % rowsPerSegment] as number;
  }

  #isPinned(slot: number): boolean {
    const columns = this.#index.traces.findChunk(slot)?.columns;
    return columns !== undefined && ((columns.bits[slot % tracesPerChunk] as number) & traceBits.pinned) !== 0;
  }

  *#entries(groups: number): Generator<Range> {
    for (let index = 0; index < groups; index += 1) {
      const entry = this.#ledger.entry(index) as LedgerEntry;
      const next = this.#ledger.entry(index + 1);
      // The newest group ends with what is published, which each segment knows.
      const end = (this.#index.staging.currentSegment + 1) * rowsPerSegment;
      yield { ...entry, endRow: next?.firstRow ?? end, endLog: next?.firstLog ?? end };
    }
  }

  /** Living spans of a group. Rows of pinned traces that were moved among them belong to older groups. */
  #forEachSpan({ id, firstRow, endRow }: Range, visit: (slot: number) => void): void {
    for (let globalRow = firstRow; globalRow < endRow; globalRow += 1) {
      const row = globalRow % rowsPerSegment;
      const segment = this.#index.segments.find(globalRow);
      if (segment === undefined || row >= publishedRows(segment)) {
        globalRow += rowsPerSegment - 1 - row;
        continue;
      }
      const { columns } = segment;
      if (columns.group[row] === id && ((columns.bits[row] as number) & spanBits.dead) === 0) {
        visit(columns.trace[row] as number);
      }
    }
  }

  #forEachLog({ id, firstLog, endLog }: Range, visit: (globalRow: number, slot: number) => void): void {
    for (let globalRow = firstLog; globalRow < endLog; globalRow += 1) {
      const row = globalRow % rowsPerSegment;
      const segment = this.#index.segments.find(globalRow);
      if (segment === undefined || row >= publishedLogs(segment)) {
        globalRow += rowsPerSegment - 1 - row;
        continue;
      }
      const { columns } = segment;
      if (columns.logGroup[row] === id && ((columns.logBits[row] as number) & logBits.dead) === 0) {
        visit(globalRow, (columns.logTrace[row] as number) - 1);
      }
    }
  }
}

interface Range extends LedgerEntry {
  readonly endRow: number;
  readonly endLog: number;
}
