import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ChangeEvent } from '../client/api.ts';
import { counterAt, type Counters } from './memory/counters.ts';
import { traceIdAt, tracesPerChunk } from './memory/traceTable.ts';
import type { ProblemLog } from './problemLog.ts';
import { GroupPacker } from './rawGroup.ts';
import { PayloadScanner, type Scanned } from './scan/payloadScanner.ts';
import type { SpanIndex } from './spanIndex.ts';
import type { AppendResult, Payload } from './telemetryStore.ts';

/** A change event names at most this many traces. */
const namedTraces = 200;

/**
 * Commits groups of payloads: scan into the index's staging area, one transaction, then publish.
 *
 * Invariant: an answer of `committed` is given only after COMMIT, and a group that did not commit has left no trace in the index.
 */
export class GroupWriter {
  readonly #database: DatabaseSync;
  readonly #index: SpanIndex;
  readonly #problems: ProblemLog;
  readonly #counters: Counters;
  readonly #packer = new GroupPacker();
  readonly #scanner: PayloadScanner;
  readonly #insert: StatementSync;
  #nextGroup: number;

  constructor(database: DatabaseSync, index: SpanIndex, problems: ProblemLog, counters: Counters, firstGroup: number) {
    this.#database = database;
    this.#index = index;
    this.#problems = problems;
    this.#counters = counters;
    this.#scanner = new PayloadScanner(index);
    this.#insert = database.prepare('insert into raw (id, at, codec, size, parts, body) values (?, ?, ?, ?, ?, ?)');
    this.#nextGroup = firstGroup;
  }

  /** Commits the payloads that can be read. Throws where the database cannot take them; then nothing of the group is kept. */
  commit(payloads: readonly Payload[]): { results: AppendResult[]; change: ChangeEvent | undefined } {
    const start = this.#index.mark();
    const group = this.#nextGroup;
    const kept: Payload[] = [];
    const results: AppendResult[] = [];
    for (const payload of payloads) {
      const before = this.#index.mark();
      this.#index.beginPayload(group, kept.length);
      const scanned = this.#scan(payload);
      results.push(toResult(scanned));
      if (scanned.malformed === undefined && scanned.accepted > 0) {
        kept.push(payload);
      } else {
        this.#index.rewind(before);
      }
      this.#noteProblems(payload, scanned);
    }
    try {
      this.#write(group, kept);
    } catch (error) {
      this.#index.rewind(start);
      throw error;
    }
    return { results, change: this.#publish(kept.length > 0) };
  }

  /** A scanner that throws has a bug; it costs that payload only. */
  #scan(payload: Payload): Scanned {
    try {
      return this.#scanner.scan(payload);
    } catch (error) {
      const message = `the hub could not read it: ${error instanceof Error ? error.message : String(error)}`;
      return { accepted: 0, rejected: 0, problems: [{ place: 'payload', message }], malformed: message };
    }
  }

  #noteProblems({ receiver, body }: Payload, { problems }: Scanned): void {
    const [first] = problems;
    if (first === undefined) {
      return;
    }
    const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more in this payload)`;
    this.#problems.add({
      receiver,
      place: first.place,
      message: `${first.message}${more}`,
      sample: body.subarray(0, 2000),
    });
  }

  #write(group: number, kept: readonly Payload[]): void {
    const hasProblems = this.#problems.isWaiting;
    if (kept.length === 0 && !hasProblems) {
      return;
    }
    const packed = this.#packer.pack(kept);
    this.#database.exec('begin immediate');
    try {
      if (kept.length > 0) {
        this.#insert.run(group, Date.now(), packed.codec, packed.body.length, packed.parts, packed.body);
      }
      this.#problems.write();
      this.#database.exec('commit');
    } catch (error) {
      rollBack(this.#database);
      throw error;
    }
    if (hasProblems) {
      this.#problems.didCommit();
    }
    this.#nextGroup = kept.length > 0 ? group + 1 : group;
  }

  #publish(hasRows: boolean): ChangeEvent | undefined {
    const changed = new Set<number>();
    const sequence = this.#counters[counterAt.sequence] as number;
    this.#counters[counterAt.sequence] = sequence + 1;
    if (hasRows) {
      this.#index.apply(changed);
    }
    this.#counters[counterAt.sequence] = sequence + 2;
    const revision = (this.#counters[counterAt.revision] as number) + 1;
    this.#counters[counterAt.revision] = revision;
    return { revision, traces: this.#idsOf(changed), logs: false, problems: false, removed: false };
  }

  #idsOf(slots: ReadonlySet<number>): ChangeEvent['traces'] {
    if (slots.size > namedTraces) {
      return 'many';
    }
    return Array.from(slots, (slot) => traceIdAt(this.#index.traces.chunkOf(slot), slot % tracesPerChunk));
  }
}

/** SQLite has already rolled back by itself after some errors, a full disk among them. */
function rollBack(database: DatabaseSync): void {
  if (database.isTransaction) {
    database.exec('rollback');
  }
}

function toResult({ accepted, rejected, problems, malformed }: Scanned): AppendResult {
  if (malformed !== undefined) {
    return { kind: 'malformed', message: malformed };
  }
  const [first] = problems;
  return first === undefined
    ? { kind: 'committed', accepted, rejected }
    : { kind: 'committed', accepted, rejected, message: `${first.place}: ${first.message}` };
}
