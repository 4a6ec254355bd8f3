import type { DatabaseSync } from 'node:sqlite';
import type { GroupLedger } from './index/groupLedger.ts';
import type { Pins } from './index/pins.ts';
import type { RowFilter, TelemetryIndex } from './index/telemetryIndex.ts';
import type { SegmentWriter } from './memory/segmentWriter.ts';
import { publishedLogs, publishedRows, rowsPerSegment, type Segment } from './memory/segment.ts';
import { hexOfWords } from './memory/traceTable.ts';
import { unpackGroup, type PackedGroup, type StoredPayload } from './rawGroup.ts';
import { PayloadScanner } from './scan/payloadScanner.ts';
import { openSeal, unpackSeal, type OpenedSeal } from './seal/sealedSegment.ts';
import { readSeal } from './seal/sealStore.ts';
import { bytesOnDisk } from './groupBytes.ts';

/** How many seals are under way at once: their columns are some ten megabytes each. */
const sealsAhead = 2;

export interface Loaded {
  readonly floor: number;
  readonly lastGroup: number;
  /** Ids of the seals that were believed, by segment number. */
  readonly seals: ReadonlyMap<number, number>;
  /** Segments that ran full while groups were scanned again. */
  readonly full: readonly SegmentWriter[];
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

interface RawRow extends PackedGroup {
  readonly id: number;
  readonly at: number;
  readonly size: number;
}

/**
 * Fills the index from the database: sealed segments as far as they are complete and join up, then a scan of every raw group behind them.
 * The raw groups are the truth: a seal that is missing, damaged or of another version costs time and nothing else.
 */
export async function loadIndex(
  database: DatabaseSync,
  index: TelemetryIndex,
  ledger: GroupLedger,
  pins: Pins,
): Promise<Loaded> {
  const floor =
    (database.prepare(`select value from meta where key = 'floor'`).get() as { value: number } | undefined)?.value ?? 0;
  const { isWanted, hasGone } = rowFilter(database, floor, pins);
  const { seals, covered } = await loadSeals(database, index, floor, hasGone, isWanted);
  addToLedger(database, index, ledger, floor, covered);
  const scan = new Rescan(database, index, ledger, isWanted);
  if (!pins.isEmpty) {
    scan.groups(1, floor, false);
  }
  const lastGroup = scan.groups(covered + 1, Number.MAX_SAFE_INTEGER, true);
  pins.mark();
  return {
    floor,
    lastGroup: Math.max(lastGroup, covered),
    seals,
    full: scan.full,
    problems: scan.problems,
  };
}

/** Groups up to the floor count for pinned traces only; a trace that has gone counts only where it began anew. */
function rowFilter(database: DatabaseSync, floor: number, pins: Pins): { isWanted: RowFilter; hasGone: boolean } {
  const rows = database.prepare('select trace, until from gone').all() as { trace: Uint8Array; until: number }[];
  const gone = new Map(rows.map(({ trace, until }) => [Buffer.from(trace).toString('hex'), until]));
  const isWanted: RowFilter = (group, id0, id1, id2, id3) => {
    if (group <= floor && !pins.has(id0, id1, id2, id3)) {
      return false;
    }
    return gone.size === 0 || (gone.get(hexOfWords(id0, id1, id2, id3)) ?? 0) < group;
  };
  return { isWanted, hasGone: gone.size > 0 };
}

async function loadSeals(
  database: DatabaseSync,
  index: TelemetryIndex,
  floor: number,
  hasGone: boolean,
  isWanted: RowFilter,
): Promise<{ seals: Map<number, number>; covered: number }> {
  const seals = new Map<number, number>();
  const between = database.prepare('select 1 from raw where id > ? and id < ? limit 1');
  // Pinned rows of groups before the floor come from their raw groups.
  const isWantedHere: RowFilter = (group, ...words) => group > floor && isWanted(group, ...words);
  let covered = floor;
  let lastId = 0;
  let held: { id: number; seal: OpenedSeal }[] = [];
  for await (const { id, columns } of unpackedSeals(database)) {
    const previousId = held.at(-1)?.id ?? lastId;
    const seal = columns === undefined ? undefined : tryOpen(seals.size + held.length, columns);
    const isNext = previousId === 0 || id === previousId + 1;
    if (seal === undefined || !isNext || between.get(covered, seal.groups.first) !== undefined) {
      break;
    }
    held.push({ id, seal });
    // Of a group that goes on in the next segment all is believed or nothing.
    if (!seal.groups.continues) {
      for (const { id: heldId, seal: heldSeal } of held) {
        const isWholly = !hasGone && heldSeal.groups.first > floor;
        index.load(heldSeal, isWholly ? undefined : isWantedHere);
        seals.set(heldSeal.segment.number, heldId);
      }
      covered = Math.max(covered, seal.groups.last);
      lastId = id;
      held = [];
    }
  }
  // What is not believed is removed, so that ids stay in the order of the groups.
  database.prepare('delete from seg where id > ?').run(lastId);
  return { seals, covered };
}

interface UnpackedSeal {
  readonly id: number;
  /** `undefined` where a part is missing or damaged: the raw groups say the same. */
  readonly columns: Uint8Array | undefined;
}

/** The columns of the seals in their order. While one is loaded, the next is unpacked in a thread of zlib's. */
async function* unpackedSeals(database: DatabaseSync): AsyncGenerator<UnpackedSeal, void> {
  const ids = database.prepare('select distinct id from seg order by id').all() as { id: number }[];
  const unpack = async (id: number): Promise<UnpackedSeal> => {
    try {
      const sealed = readSeal(database, id);
      return { id, columns: sealed === undefined ? undefined : await unpackSeal(sealed) };
    } catch {
      return { id, columns: undefined };
    }
  };
  const ahead = ids.slice(0, sealsAhead).map(({ id }) => unpack(id));
  for (const at of ids.keys()) {
    const unpacked = await (ahead.shift() as Promise<UnpackedSeal>);
    const next = ids[at + sealsAhead];
    if (next !== undefined) {
      ahead.push(unpack(next.id));
    }
    yield unpacked;
  }
}

function tryOpen(number: number, columns: Uint8Array): OpenedSeal | undefined {
  try {
    return openSeal(number, columns);
  } catch {
    // Of another version: the raw groups say the same.
    return undefined;
  }
}

/** Enters the groups that the seals cover, with the rows at which they begin. */
function addToLedger(
  database: DatabaseSync,
  index: TelemetryIndex,
  ledger: GroupLedger,
  floor: number,
  covered: number,
): void {
  const segments = index.segments.all();
  const rows = new GroupStarts(segments, 'group', publishedRows);
  const logs = new GroupStarts(segments, 'logGroup', publishedLogs);
  const listed = database.prepare('select id, at, size from raw where id > ? and id <= ? order by id');
  for (const row of listed.iterate(floor, covered)) {
    const { id, at, size } = row as unknown as RawRow;
    ledger.add({ id, at, bytes: bytesOnDisk(size), firstRow: rows.of(id), firstLog: logs.of(id) });
  }
}

/** Finds where each group begins, asked for in ascending order. */
class GroupStarts {
  readonly #segments: readonly Segment[];
  readonly #column: 'group' | 'logGroup';
  readonly #published: (segment: Segment) => number;
  #segment = 0;
  #row = 0;

  constructor(segments: readonly Segment[], column: 'group' | 'logGroup', published: (segment: Segment) => number) {
    this.#segments = segments;
    this.#column = column;
    this.#published = published;
  }

  of(group: number): number {
    for (; this.#segment < this.#segments.length; this.#segment += 1, this.#row = 0) {
      const segment = this.#segments[this.#segment] as Segment;
      const groups = segment.columns[this.#column];
      for (const rows = this.#published(segment); this.#row < rows; this.#row += 1) {
        if ((groups[this.#row] as number) >= group) {
          return segment.number * rowsPerSegment + this.#row;
        }
      }
    }
    return this.#segments.length * rowsPerSegment;
  }
}

/** Scans raw groups into the index as if they came anew. */
class Rescan {
  readonly full: SegmentWriter[] = [];
  readonly problems: string[] = [];
  readonly #database: DatabaseSync;
  readonly #index: TelemetryIndex;
  readonly #ledger: GroupLedger;
  readonly #isWanted: RowFilter;
  readonly #scanner: PayloadScanner;

  constructor(database: DatabaseSync, index: TelemetryIndex, ledger: GroupLedger, isWanted: RowFilter) {
    this.#database = database;
    this.#index = index;
    this.#ledger = ledger;
    this.#isWanted = isWanted;
    this.#scanner = new PayloadScanner(index.staging);
  }

  /** Scans the groups with these ids. Answers the last id, 0 where there was none. */
  groups(from: number, to: number, enter: boolean): number {
    let last = 0;
    const select = this.#database.prepare(
      'select id, at, codec, size, parts, body from raw where id >= ? and id <= ? order by id',
    );
    for (const row of select.iterate(from, to)) {
      const raw = row as unknown as RawRow;
      this.#stage(raw);
      if (enter) {
        this.#ledger.add({ id: raw.id, at: raw.at, bytes: bytesOnDisk(raw.size), ...this.#index.staging.firstRows });
      }
      this.full.push(...this.#index.apply(raw.id, new Set(), this.#isWanted));
      last = raw.id;
    }
    return last;
  }

  #stage(raw: RawRow): void {
    const { staging } = this.#index;
    const start = staging.mark();
    try {
      const payloads = unpackGroup(raw);
      this.#scanAll(raw.id, payloads);
      if (staging.isSpilled(start)) {
        staging.rewind(start);
        this.#scanAll(raw.id, payloads);
      }
    } catch (error) {
      staging.rewind(start);
      this.problems.push(`group ${raw.id} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #scanAll(group: number, payloads: readonly StoredPayload[]): void {
    for (const [at, payload] of payloads.entries()) {
      this.#index.staging.beginPayload(group, at);
      this.#scanner.scan(payload);
    }
  }
}
