import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { constants, zstdCompressSync } from 'node:zlib';
import { decodeRollbarItem, type DecodedRollbarItem, type Receipt } from '@sightline/telemetry/decode/rollbarItem';
import type { ErrorGroup, ErrorItem } from '@sightline/telemetry/model/errorItem';
import { epochNanos, type EpochNanos } from '@sightline/telemetry/model/units';
import { fingerprintOf } from '@sightline/telemetry/view/errorFingerprint';
import { addOccurrence, muteGroup, reopenGroup, resolveGroup, startGroup } from '@sightline/telemetry/view/errorGroups';
import type { Counters } from '../memory/counters.ts';
import { inTransaction } from '../transaction.ts';
import type { AddErrorResult, KeptGroup, KeptGroupChange } from './errorStore.ts';
import { ErrorRetention, type ErrorLimits } from './errorRetention.ts';
import { makeErrorTables } from './errorTables.ts';
import { stateOf, storedGroupOf, summaryOf, toKeptGroup, withOccurrence, type GroupRow } from './keptGroup.ts';

/** What the main thread asks of the writer. */
export type ErrorCall =
  | { readonly name: 'add'; readonly bodies: readonly string[] }
  | { readonly name: 'change'; readonly counter: number; readonly change: KeptGroupChange };

export type ErrorValue = readonly AddErrorResult[] | KeptGroup | undefined;

/** Below this, zstd costs more than it saves. */
const smallBytes = 200;

/**
 * Keeps what apps report as errors, in the writer thread. Nothing of it is in memory but two sums, so that a start costs nothing and a
 * transaction that fails leaves nothing behind.
 */
export class ErrorWriter {
  readonly #database: DatabaseSync;
  readonly #retention: ErrorRetention;
  readonly #findItem: StatementSync;
  readonly #insertItem: StatementSync;
  readonly #findGroup: StatementSync;
  readonly #loadGroup: StatementSync;
  readonly #insertGroup: StatementSync;
  readonly #updateGroup: StatementSync;

  constructor(database: DatabaseSync, counters: Counters, limits: ErrorLimits) {
    makeErrorTables(database);
    this.#database = database;
    this.#retention = new ErrorRetention(database, counters, limits);
    this.#findItem = database.prepare('select id from error_item where uuid = ?');
    this.#insertItem = database.prepare(
      'insert into error_item (uuid, counter, received, trace, size, codec, body) values (?, ?, ?, ?, ?, ?, ?)',
    );
    const columns = 'counter, fingerprint, status, state';
    this.#findGroup = database.prepare(`select ${columns} from error_group where fingerprint = ?`);
    this.#loadGroup = database.prepare(`select ${columns} from error_group where counter = ?`);
    this.#insertGroup = database.prepare(
      `insert into error_group (fingerprint, status, seen, state) values (?, 'active', 0, '')`,
    );
    this.#updateGroup = database.prepare('update error_group set status = ?, seen = ?, state = ? where counter = ?');
  }

  /** Does what is asked in a transaction of its own. `traces` are those in which an error was reported. */
  run(call: ErrorCall): { value: ErrorValue; isChange: boolean; traces: string[] } {
    const traces = new Set<string>();
    const { value, isChange } = this.#inTransaction(() => this.#answer(call, traces));
    return { value, isChange, traces: [...traces] };
  }

  /** Lets the occurrences go that have become too old; cheap where there are none. */
  retire(): boolean {
    const isDue = this.#retention.isDue(Date.now());
    if (isDue) {
      this.#inTransaction(() => this.#retention.retireItems(Date.now()));
    }
    return isDue;
  }

  #inTransaction<T>(work: () => T): T {
    try {
      const result = inTransaction(this.#database, work);
      this.#retention.publish();
      return result;
    } catch (error) {
      this.#retention.measure();
      throw error;
    }
  }

  #answer(call: ErrorCall, traces: Set<string>): { value: ErrorValue; isChange: boolean } {
    switch (call.name) {
      case 'add': {
        const before = this.#retention.count;
        const value = call.bodies.map((body) => this.#add(body, traces));
        const isChange = this.#retention.count > before;
        if (isChange) {
          this.#retention.retireItems(Date.now());
          this.#retention.retireGroups();
        }
        return { value, isChange };
      }
      case 'change': {
        const value = this.#change(call.counter, call.change);
        return { value, isChange: value !== undefined };
      }
    }
  }

  #add(body: string, traces: Set<string>): AddErrorResult {
    const now = Date.now();
    const receipt: Receipt = { time: nanosOf(now), uuid: randomUUID().replaceAll('-', '') };
    const { records, problems, refusal } = decode(body, receipt);
    const [item] = records;
    if (item === undefined) {
      return { kind: 'refused', ...(refusal ?? { status: 422, message: 'Invalid format.' }) };
    }
    const known = this.#findItem.get(item.uuid) as { id: number } | undefined;
    if (known !== undefined) {
      return { kind: 'kept', id: known.id, uuid: item.uuid };
    }
    const id = this.#keep(item, body, now);
    if (item.traceId !== undefined) {
      traces.add(item.traceId);
    }
    const [problem] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more in this item)` : '';
    return {
      kind: 'kept',
      id,
      uuid: item.uuid,
      ...(problem === undefined
        ? {}
        : {
            problem: {
              place: problem.place,
              message: problem.message + more,
            },
          }),
    };
  }

  /** Answers the occurrence's id. */
  #keep(item: ErrorItem, body: string, now: number): number {
    const fingerprint = fingerprintOf(item);
    const summary = summaryOf(item, fingerprint);
    const row = this.#findGroup.get(fingerprint) as GroupRow | undefined;
    const before = row === undefined ? undefined : storedGroupOf(row);
    const counter = before?.group.counter ?? Number(this.#insertGroup.run(fingerprint).lastInsertRowid);
    const id = this.#insert(item, counter, body, now);
    const group = before === undefined ? startGroup(summary, counter) : addOccurrence(before.group, summary);
    // A clock that runs ahead must not push what happens now out of the last hour.
    const at = Math.min(Number(item.time / 1_000_000n), now);
    this.#update({
      group,
      recent: withOccurrence(before?.recent ?? [], at),
      firstId: before?.firstId ?? id,
      lastId: id,
    });
    return id;
  }

  #insert(item: ErrorItem, counter: number, body: string, now: number): number {
    const plain = Buffer.from(body);
    const codec = plain.length < smallBytes ? 0 : 1;
    const packed =
      codec === 0 ? plain : zstdCompressSync(plain, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
    const { lastInsertRowid } = this.#insertItem.run(
      item.uuid,
      counter,
      now,
      item.traceId ?? null,
      packed.length,
      codec,
      packed,
    );
    this.#retention.didInsert(packed.length);
    return Number(lastInsertRowid);
  }

  #change(counter: number, change: KeptGroupChange): KeptGroup | undefined {
    const row = this.#loadGroup.get(counter) as GroupRow | undefined;
    if (row === undefined) {
      return undefined;
    }
    const before = storedGroupOf(row);
    const { title, level } = change;
    const group = {
      ...withStatus(before.group, change),
      ...(title === undefined ? {} : { title }),
      ...(level === undefined ? {} : { level }),
    };
    this.#update({ ...before, group });
    return toKeptGroup({ ...before, group }, Date.now());
  }

  #update(stored: Parameters<typeof stateOf>[0]): void {
    const { status, lastSeen, counter } = stored.group;
    this.#updateGroup.run(status, Number(lastSeen / 1_000_000n), stateOf(stored), counter);
  }
}

/** A decoder that throws has a bug; it costs that item only. */
function decode(body: string, receipt: Receipt): DecodedRollbarItem {
  try {
    return decodeRollbarItem(body, receipt);
  } catch (error) {
    const message = `The hub could not read it: ${error instanceof Error ? error.message : String(error)}`;
    return { records: [], problems: [], refusal: { status: 422, message } };
  }
}

function withStatus(group: ErrorGroup, { status, resolvedInVersion }: KeptGroupChange): ErrorGroup {
  if (status === undefined) {
    return group;
  }
  switch (status) {
    case 'active':
      return reopenGroup(group);
    case 'muted':
      return muteGroup(group);
    case 'resolved':
      return resolveGroup(group, nanosOf(Date.now()), resolvedInVersion);
  }
}

function nanosOf(millis: number): EpochNanos {
  return epochNanos(BigInt(millis) * 1_000_000n);
}
