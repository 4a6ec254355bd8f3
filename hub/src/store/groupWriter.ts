import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { countProblems } from '@sightline/telemetry/decode/decoded';
import type { ChangeEvent } from '../client/api.ts';
import { release } from './bodyBuffers.ts';
import { bytesOnDisk } from './groupBytes.ts';
import type { GroupLedger } from './index/groupLedger.ts';
import type { Retention, RetentionPlan } from './index/retention.ts';
import type { TelemetryIndex } from './index/telemetryIndex.ts';
import { counterAt, type Counters } from './memory/counters.ts';
import type { SegmentWriter } from './memory/segmentWriter.ts';
import { traceIdAt, tracesPerChunk } from './memory/traceTable.ts';
import type { ProblemLog } from './problemLog.ts';
import { GroupPacker, type PackedGroup } from './rawGroup.ts';
import { PayloadScanner, type Scanned } from './scan/payloadScanner.ts';
import type { RelayOutbox } from './relay/relayOutbox.ts';
import type { SealStore } from './seal/sealStore.ts';
import type { AppendResult, Payload } from './telemetryStore.ts';
import { inTransaction } from './transaction.ts';

/** A change event names at most this many traces. */
const namedTraces = 200;

export interface GroupWriterParts {
  readonly database: DatabaseSync;
  readonly index: TelemetryIndex;
  readonly ledger: GroupLedger;
  readonly retention: Retention;
  readonly problems: ProblemLog;
  readonly seals: SealStore;
  readonly counters: Counters;
  readonly outbox: Pick<RelayOutbox, 'didCommit' | 'didRollBack'>;
  /** Milliseconds since the epoch: when a group came, and what is too old. */
  readonly now: () => number;
  /** Segments that ran full. */
  readonly onFull: (full: readonly SegmentWriter[]) => void;
}

/**
 * Commits groups of payloads: scan into the index's staging area, one transaction, then publish.
 *
 * Invariant: an answer of `committed` is given only after COMMIT, and a group that did not commit has left no trace in the index.
 */
export class GroupWriter {
  readonly #parts: GroupWriterParts;
  readonly #packer = new GroupPacker();
  readonly #scanner: PayloadScanner;
  readonly #insert: StatementSync;
  #lastGroup: number;

  constructor(parts: GroupWriterParts, lastGroup: number) {
    this.#parts = parts;
    this.#scanner = new PayloadScanner(parts.index.staging);
    this.#insert = parts.database.prepare(
      'insert into raw (id, at, codec, size, parts, body) values (?, ?, ?, ?, ?, ?)',
    );
    this.#lastGroup = lastGroup;
  }

  /** The newest raw group. */
  get lastGroup(): number {
    return this.#lastGroup;
  }

  /**
   * Commits the payloads that can be read, and with them whatever else waits to be written: problems, seals, retention. Throws where the
   * database cannot take them; then nothing of the group is kept. `packed` are all the payloads, packed.
   */
  commit(
    payloads: readonly Payload[],
    packed?: PackedGroup,
  ): { results: AppendResult[]; change: ChangeEvent | undefined } {
    const { staging } = this.#parts.index;
    const start = staging.mark();
    let staged = this.#stage(payloads);
    if (staging.isSpilled(start)) {
      // A group lies in one segment, so that a seal ends where a group ends; only one larger than a segment cannot.
      staging.rewind(start);
      staged = this.#stage(payloads);
    }
    for (const [at, scanned] of staged.entries()) {
      this.#noteProblems(payloads[at] as Payload, scanned);
    }
    try {
      const kept = payloads.filter((_, at) => isKept(staged[at] as Scanned));
      const change = this.#write(kept, kept.length === payloads.length ? packed : undefined);
      return { results: staged.map(toResult), change };
    } catch (error) {
      staging.rewind(start);
      this.#parts.outbox.didRollBack();
      throw error;
    }
  }

  #stage(payloads: readonly Payload[]): Scanned[] {
    const { staging } = this.#parts.index;
    let kept = 0;
    return payloads.map((payload) => {
      const before = staging.mark();
      staging.beginPayload(this.#lastGroup + 1, kept);
      const scanned = this.#scan(payload);
      if (isKept(scanned)) {
        kept += 1;
      } else {
        staging.rewind(before);
      }
      return scanned;
    });
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
    if (first !== undefined) {
      const others = countProblems(problems) - 1;
      const more = others === 0 ? '' : ` (and ${others} more in this payload)`;
      const message = `${first.message}${more}`;
      this.#parts.problems.add({ receiver, place: first.place, message, sample: body.subarray(0, 2000) });
    }
  }

  #write(kept: readonly Payload[], packedBefore: PackedGroup | undefined): ChangeEvent | undefined {
    const { database, index, problems, seals, retention, ledger } = this.#parts;
    const now = this.#parts.now();
    const hasProblems = problems.isWaiting;
    if (kept.length === 0 && !hasProblems && !seals.isWaiting && !retention.isDue(now)) {
      return undefined;
    }
    const group = this.#lastGroup + 1;
    const packed = packedBefore ?? this.#packer.pack(kept);
    const size = packed.body.length + packed.parts.length;
    const plan = inTransaction(database, () => {
      if (kept.length > 0) {
        this.#insert.run(group, now, packed.codec, size, packed.parts, packed.body);
      }
      problems.write();
      seals.write();
      // Without payloads there is no new group: the next one has this number, and what comes in it is to stay.
      return retention.plan(kept.length > 0 ? group : this.#lastGroup, now);
    });
    problems.didCommit();
    seals.didCommit();
    if (packedBefore !== undefined) {
      release(packedBefore.body);
    }
    if (kept.length > 0) {
      this.#lastGroup = group;
      this.#parts.outbox.didCommit(kept);
      ledger.add({ id: group, at: now, bytes: bytesOnDisk(size), ...index.staging.firstRows });
    }
    return kept.length === 0 && !hasProblems && plan === undefined ? undefined : this.#publish(plan, hasProblems);
  }

  #publish(plan: RetentionPlan | undefined, problems: boolean): ChangeEvent {
    const { index, retention, counters, onFull } = this.#parts;
    const logs = index.staging.logs.count > 0;
    const changed = new Set<number>();
    onFull(index.apply(this.#lastGroup, changed));
    const traces = this.#idsOf(changed);
    if (plan !== undefined) {
      retention.apply(plan);
    }
    return { ...nextRevision(counters), traces, logs, problems, removed: plan !== undefined };
  }

  #idsOf(slots: ReadonlySet<number>): ChangeEvent['traces'] {
    if (slots.size > namedTraces) {
      return 'many';
    }
    return Array.from(slots, (slot) => traceIdAt(this.#parts.index.traces.chunkOf(slot), slot % tracesPerChunk));
  }
}

/** Counts one more change. */
export function nextRevision(counters: Counters): { revision: number } {
  const revision = (counters[counterAt.revision] as number) + 1;
  counters[counterAt.revision] = revision;
  return { revision };
}

function isKept({ malformed, accepted }: Scanned): boolean {
  return malformed === undefined && accepted > 0;
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
