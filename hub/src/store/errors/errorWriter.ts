import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { constants, zstdCompressSync } from 'node:zlib';
import { decodeRollbarItem, type DecodedRollbarItem, type Receipt } from '@sightline/telemetry/decode/rollbarItem';
import type { ErrorGroup, ErrorItem } from '@sightline/telemetry/model/errorItem';
import { epochNanos, type EpochNanos } from '@sightline/telemetry/model/units';
import { fingerprintOf } from '@sightline/telemetry/view/errorFingerprint';
import { addOccurrence, muteGroup, reopenGroup, resolveGroup, startGroup } from '@sightline/telemetry/view/errorGroups';
import { counterAt, type Counters } from '../memory/counters.ts';
import { inTransaction } from '../transaction.ts';
import type { AddErrorResult, KeptGroup, KeptGroupChange } from './errorStore.ts';
import { makeErrorTables } from './errorTables.ts';
import { stateOf, storedGroupOf, summaryOf, toKeptGroup, withOccurrence, type GroupRow } from './keptGroup.ts';

/** What the main thread asks of the writer. */
export type ErrorCall =
  | { readonly name: 'add'; readonly bodies: readonly string[] }
  | { readonly name: 'change'; readonly counter: number; readonly change: KeptGroupChange };

export type ErrorValue = readonly AddErrorResult[] | KeptGroup | undefined;

export interface ErrorLimits {
  /** Of the whole store; errors may take an eighth of it. */
  readonly maxBytes: number;
  readonly maxAgeMillis: number;
}

const maxOccurrences = 20_000;
const maxGroups = 2000;
/** How many groups leave together: each time all of what is kept is looked through. */
const groupsLeaving = 100;
const mostBytes = 128 * 2 ** 20;
/** Below this, zstd costs more than it saves. */
const smallBytes = 200;

/**
 * Keeps what apps report as errors, in the writer thread. Nothing of it is in memory but two sums, so that a start costs nothing and a
 * transaction that fails leaves nothing behind.
 */
export class ErrorWriter {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #limits: ErrorLimits;
  readonly #findItem: StatementSync;
  readonly #insertItem: StatementSync;
  readonly #oldestItem: StatementSync;
  readonly #deleteItem: StatementSync;
  readonly #findGroup: StatementSync;
  readonly #loadGroup: StatementSync;
  readonly #insertGroup: StatementSync;
  readonly #updateGroup: StatementSync;
  readonly #sums: StatementSync;
  #count = 0;
  #bytes = 0;

  constructor(database: DatabaseSync, counters: Counters, limits: ErrorLimits) {
    makeErrorTables(database);
    this.#database = database;
    this.#counters = counters;
    this.#limits = limits;
    this.#findItem = database.prepare('select id from error_item where uuid = ?');
    this.#insertItem = database.prepare(
      'insert into error_item (uuid, counter, received, trace, size, codec, body) values (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#oldestItem = database.prepare('select id, size, received from error_item order by id limit 1');
    this.#deleteItem = database.prepare('delete from error_item where id = ?');
    const columns = 'counter, fingerprint, status, state';
    this.#findGroup = database.prepare(`select ${columns} from error_group where fingerprint = ?`);
    this.#loadGroup = database.prepare(`select ${columns} from error_group where counter = ?`);
    this.#insertGroup = database.prepare(
      `insert into error_group (fingerprint, status, seen, state) values (?, 'active', 0, '')`,
    );
    this.#updateGroup = database.prepare('update error_group set status = ?, seen = ?, state = ? where counter = ?');
    this.#sums = database.prepare('select count(*) as count, total(size) as bytes from error_item');
    this.#measure();
  }

  /** Does what is asked in a transaction of its own. `traces` are those in which an error was reported. */
  run(call: ErrorCall): { value: ErrorValue; isChange: boolean; traces: string[] } {
    const traces = new Set<string>();
    try {
      const { value, isChange } = inTransaction(this.#database, () => this.#answer(call, traces));
      this.#publish();
      return { value, isChange, traces: [...traces] };
    } catch (error) {
      this.#measure();
      throw error;
    }
  }

  /** Lets the occurrences go that have become too old; cheap where there are none. */
  retire(): boolean {
    const { received } = (this.#oldestItem.get() ?? { received: Infinity }) as { received: number };
    if (received >= Date.now() - this.#limits.maxAgeMillis) {
      return false;
    }
    inTransaction(this.#database, () => this.#retireItems(Date.now()));
    this.#publish();
    return true;
  }

  #answer(call: ErrorCall, traces: Set<string>): { value: ErrorValue; isChange: boolean } {
    switch (call.name) {
      case 'add': {
        const before = this.#count;
        const value = call.bodies.map((body) => this.#add(body, traces));
        const isChange = this.#count > before;
        if (isChange) {
          this.#retireItems(Date.now());
          this.#retireGroups();
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
    this.#count += 1;
    this.#bytes += packed.length;
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

  #retireItems(now: number): void {
    const { maxBytes, maxAgeMillis } = this.#limits;
    const room = Math.min(mostBytes, maxBytes / 8);
    for (;;) {
      const oldest = this.#oldestItem.get() as { id: number; size: number; received: number } | undefined;
      const isTooOld = oldest !== undefined && oldest.received < now - maxAgeMillis;
      // The newest always fits: its sender was told that it has been kept.
      const isTooMuch = this.#count > maxOccurrences || (this.#bytes > room && this.#count > 1);
      if (oldest === undefined || !(isTooOld || isTooMuch)) {
        return;
      }
      this.#deleteItem.run(oldest.id);
      this.#count -= 1;
      this.#bytes -= oldest.size;
    }
  }

  /** Groups that were not seen for longest leave first, with all that is kept of them. */
  #retireGroups(): void {
    const { count } = this.#database.prepare('select count(*) as count from error_group').get() as { count: number };
    if (count <= maxGroups) {
      return;
    }
    const gone = this.#database
      .prepare(
        'delete from error_group where counter in (select counter from error_group order by seen, counter limit ?)',
      )
      .run(count - maxGroups + groupsLeaving).changes;
    if (gone > 0) {
      this.#database.exec('delete from error_item where counter not in (select counter from error_group)');
      this.#measure();
    }
  }

  #measure(): void {
    const { count, bytes } = this.#sums.get() as { count: number; bytes: number };
    this.#count = count;
    this.#bytes = bytes;
    this.#publish();
  }

  #publish(): void {
    this.#counters[counterAt.errorItems] = this.#count;
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
