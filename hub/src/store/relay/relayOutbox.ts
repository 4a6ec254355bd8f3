import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RelayDestination, RelayRefusal } from '../../client/relayApi.ts';
import { countFormats } from '../rawGroup.ts';
import type { PayloadFormat } from '../telemetryStore.ts';
import { inTransaction } from '../transaction.ts';
import type { RelayAccount, RelayAccounts, RelayCall, RelaySettlement } from './relayStore.ts';
import { makeRelayTables, type RelayRow } from './relayTables.ts';

/** Of refused records for one destination; the oldest make room. */
const mostRefused = 1_000;
const mostRefusedBytes = 32 * 2 ** 20;

type RawDestination = 'xray' | 'otlp';

/** Which payloads go where. */
export const destinationOf: Readonly<Record<PayloadFormat, RawDestination>> = {
  'otlp-traces-protobuf': 'otlp',
  'otlp-traces-json': 'otlp',
  'otlp-logs-protobuf': 'otlp',
  'otlp-logs-json': 'otlp',
  'xray-segment': 'xray',
};

interface Account {
  enabled: boolean;
  position: number;
  sent: number;
  dropped: number;
  repeated: number;
  /** Of payloads in raw groups; the others are counted when they are asked for. */
  waiting: number;
}

/** What the outbox has to know of log groups. */
export interface LogPositions {
  /** The number of the next event of each group. */
  ends(): Iterable<{ readonly group: number; readonly next: number }>;
  /** Events of a group from a sequence number on. */
  countFrom(sequenceOf: (group: number) => number): number;
}

export interface RelayOutboxParts {
  readonly database: DatabaseSync;
  readonly logs: LogPositions;
  readonly lastGroup: () => number;
}

/**
 * Who has been sent what, in the store's writer thread.
 *
 * Invariant: what is committed while a destination is on lies behind its position, and only `settle` moves that.
 */
export class RelayOutbox {
  readonly #database: DatabaseSync;
  readonly #parts: RelayOutboxParts;
  readonly #accounts = new Map<RelayDestination, Account>();
  readonly #cursors = new Map<number, number>();
  readonly #update: StatementSync;
  readonly #setMark: StatementSync;
  readonly #setCursor: StatementSync;
  readonly #addRefused: StatementSync;
  readonly #forget: StatementSync;
  readonly #refused: StatementSync;
  readonly #partsOf: StatementSync;

  constructor(parts: RelayOutboxParts) {
    const { database } = parts;
    makeRelayTables(database);
    this.#database = database;
    this.#parts = parts;
    this.#update = database.prepare(
      'update relay set enabled = ?, position = ?, sent = ?, dropped = ?, repeated = ? where dest = ?',
    );
    this.#setMark = database.prepare('update relay set progress = ? where dest = ?');
    this.#setCursor = database.prepare('insert or replace into relay_log (grp, seq) values (?, ?)');
    this.#addRefused = database.prepare(
      'insert into relay_refused (dest, at, reason, records, about, body) values (?, ?, ?, ?, ?, ?)',
    );
    this.#forget = database.prepare('delete from relay_refused where id = ? and dest = ?');
    this.#refused = database.prepare(
      'select count(*) as rows, total(records) as records, total(length(body)) as bytes from relay_refused where dest = ?',
    );
    this.#partsOf = database.prepare('select parts from raw where id = ?');
    this.#load();
  }

  /** After the commit of a group: what of it waits. */
  didCommit(payloads: readonly { readonly format: PayloadFormat }[]): void {
    if (!this.#isOn('xray') && !this.#isOn('otlp')) {
      return;
    }
    for (const { format } of payloads) {
      const account = this.#accounts.get(destinationOf[format]);
      if (account?.enabled === true) {
        account.waiting += 1;
      }
    }
  }

  /** Within a transaction, before a raw group is removed: what waited in it is lost to its destination. */
  willRemove(group: number): void {
    const losers = rawDestinations.filter(
      (dest) => this.#isOn(dest) && group > (this.#accounts.get(dest)?.position ?? 0),
    );
    if (losers.length === 0) {
      return;
    }
    const row = this.#partsOf.get(group) as { parts: Uint8Array } | undefined;
    const counts = row === undefined ? undefined : countFormats(row.parts);
    for (const destination of losers) {
      this.#lose(destination, countFor(destination, counts));
    }
  }

  /** Within a transaction, before events of a log group are removed. */
  willRemoveEvents({ group, sequence, count }: { group: number; sequence: number; count: number }): void {
    const cursor = this.#cursors.get(group) ?? 0;
    const lost = Math.min(count, sequence + count - cursor);
    if (this.#isOn('logs') && lost > 0) {
      this.#lose('logs', lost);
    }
  }

  /** A transaction in which something was to be removed did not take place. */
  didRollBack(): void {
    this.#load();
  }

  run(call: RelayCall): RelayAccounts | undefined {
    switch (call.name) {
      case 'accounts':
        return this.#readAccounts();
      case 'switch':
        this.#change(() => this.#switch(call.destination, call.enabled));
        return undefined;
      case 'settle':
        this.#change(() => this.#settle(call.settlement));
        return undefined;
    }
  }

  #isOn(destination: RelayDestination): boolean {
    return this.#accounts.get(destination)?.enabled === true;
  }

  #lose(destination: RelayDestination, count: number): void {
    const account = this.#accounts.get(destination);
    if (account !== undefined && count > 0) {
      account.dropped += count;
      account.waiting = Math.max(0, account.waiting - count);
      this.#write(destination, account);
    }
  }

  #readAccounts(): RelayAccounts {
    const accounts: Partial<Record<RelayDestination, RelayAccount>> = {};
    for (const [destination, account] of this.#accounts) {
      if (account.enabled) {
        const { sent, dropped, repeated } = account;
        const { records } = this.#refused.get(destination) as { records: number };
        const waiting = this.#waitingOf(destination, account);
        accounts[destination] = {
          sent,
          dropped,
          repeated,
          waiting,
          refused: records,
          refusals: this.#refusals(destination),
        };
      }
    }
    return accounts;
  }

  #refusals(destination: RelayDestination): RelayRefusal[] {
    const rows = this.#database
      .prepare('select at, reason, records from relay_refused where dest = ? order by id desc limit 10')
      .all(destination) as { at: number; reason: string; records: number }[];
    return rows.map(({ at, reason, records }) => ({ at: `${Math.floor(at)}000000`, reason, records }));
  }

  #waitingOf(destination: RelayDestination, { waiting, position }: Account): number {
    switch (destination) {
      case 'xray':
      case 'otlp':
        return waiting;
      case 'logs':
        return this.#parts.logs.countFrom((group) => this.#cursors.get(group) ?? 0);
      case 'rollbar': {
        const items = this.#database.prepare('select count(*) as count from error_item where id > ?').get(position);
        return (items as { count: number }).count;
      }
    }
  }

  #switch(destination: RelayDestination, enabled: boolean): void {
    if (this.#isOn(destination) === enabled) {
      return;
    }
    const before = this.#accounts.get(destination);
    const account: Account = {
      ...(before ?? { sent: 0, dropped: 0, repeated: 0 }),
      enabled,
      // Only for what comes from now on.
      position: destination === 'rollbar' ? this.#lastItem() : this.#parts.lastGroup(),
      waiting: 0,
    };
    if (destination === 'logs' && enabled) {
      for (const { group, next } of this.#parts.logs.ends()) {
        this.#moveCursor(group, next);
      }
    }
    this.#database
      .prepare(
        'insert or ignore into relay (dest, enabled, position, sent, dropped, repeated, progress) values (?, 0, 0, 0, 0, 0, null)',
      )
      .run(destination);
    // Whatever was under way before is no longer.
    this.#setMark.run(randomUUID(), destination);
    this.#accounts.set(destination, account);
    this.#write(destination, account);
  }

  #settle(settlement: RelaySettlement): void {
    const { destination, position, logs, mark, settled, sent, repeated = 0, dropped = 0 } = settlement;
    const account = this.#accounts.get(destination);
    if (account === undefined) {
      return;
    }
    account.position = Math.max(account.position, position ?? 0);
    account.sent += sent;
    account.repeated += repeated;
    account.dropped += dropped;
    // What left the store while it was under way has been taken off already.
    account.waiting = Math.max(0, account.waiting - settled);
    if (logs !== undefined) {
      this.#moveCursor(logs.group, logs.sequence);
    }
    if (mark !== undefined) {
      this.#setMark.run(mark, destination);
    }
    for (const { reason, records, about, body } of settlement.refused ?? []) {
      this.#addRefused.run(destination, Date.now(), reason, records, about, body);
    }
    for (const id of settlement.forgotten ?? []) {
      this.#forget.run(id, destination);
    }
    if ((settlement.refused?.length ?? 0) > 0) {
      account.dropped += this.#makeRoom(destination);
    }
    this.#write(destination, account);
  }

  /** Lets the oldest refused records go where there are too many; answers how many they count for. */
  #makeRoom(destination: RelayDestination): number {
    const held = this.#refused.get(destination) as { rows: number; bytes: number };
    let { rows, bytes } = held;
    let gone = 0;
    const oldest = this.#database.prepare(
      'select id, records, length(body) as size from relay_refused where dest = ? order by id limit 1',
    );
    while (rows > mostRefused || (bytes > mostRefusedBytes && rows > 1)) {
      const { id, records, size } = oldest.get(destination) as { id: number; records: number; size: number };
      this.#forget.run(id, destination);
      rows -= 1;
      bytes -= size;
      gone += records;
    }
    return gone;
  }

  #moveCursor(group: number, sequence: number): void {
    const cursor = Math.max(sequence, this.#cursors.get(group) ?? 0);
    this.#setCursor.run(group, cursor);
    this.#cursors.set(group, cursor);
  }

  #write(destination: RelayDestination, { enabled, position, sent, dropped, repeated }: Account): void {
    this.#update.run(enabled ? 1 : 0, position, sent, dropped, repeated, destination);
  }

  #change(work: () => void): void {
    try {
      inTransaction(this.#database, work);
    } catch (error) {
      this.#load();
      throw error;
    }
  }

  #lastItem(): number {
    const { last } = this.#database.prepare('select max(id) as last from error_item').get() as { last: number | null };
    return last ?? 0;
  }

  #load(): void {
    this.#accounts.clear();
    this.#cursors.clear();
    const rows = this.#database.prepare('select * from relay').all() as unknown as RelayRow[];
    for (const { dest, enabled, position, sent, dropped, repeated } of rows) {
      const waiting = enabled === 1 && isRaw(dest) ? this.#countRaw(dest, position) : 0;
      this.#accounts.set(dest, { enabled: enabled === 1, position, sent, dropped, repeated, waiting });
    }
    for (const { grp, seq } of this.#database.prepare('select grp, seq from relay_log').all() as {
      grp: number;
      seq: number;
    }[]) {
      this.#cursors.set(grp, seq);
    }
  }

  #countRaw(destination: RawDestination, position: number): number {
    const heads = this.#database
      .prepare('select parts from raw where id > ?')
      .iterate(position) as unknown as Iterable<{
      parts: Uint8Array;
    }>;
    let waiting = 0;
    for (const { parts } of heads) {
      waiting += countFor(destination, countFormats(parts));
    }
    return waiting;
  }
}

const rawDestinations: readonly RawDestination[] = ['xray', 'otlp'];

function isRaw(destination: RelayDestination): destination is RawDestination {
  return destination === 'xray' || destination === 'otlp';
}

function countFor(destination: RawDestination, counts: ReadonlyMap<PayloadFormat, number> | undefined): number {
  let sum = 0;
  for (const [format, count] of counts ?? []) {
    sum += destinationOf[format] === destination ? count : 0;
  }
  return sum;
}
