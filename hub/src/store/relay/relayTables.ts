import type { DatabaseSync } from 'node:sqlite';
import type { RelayDestination } from '../../client/relayApi.ts';

/**
 * `relay` has a row for each destination that has been switched on. What waits for it is what lies behind `position`: raw groups (xray, otlp) or items
 * (rollbar); for logs, what lies behind the sequence number in `relay_log` of its group (0 where there is none). `relay_refused` are copies, since the
 * store may let go of what they were. `progress` is the mark of the last settlement, or of the switching on.
 * Invariant: no secret is ever written here, nor an endpoint, which may hold one.
 */
const tables = `
  create table if not exists relay (
    dest text primary key, enabled integer not null, position integer not null, sent integer not null, dropped integer not null,
    repeated integer not null, progress text
  ) without rowid;
  create table if not exists relay_log (grp integer primary key, seq real not null);
  create table if not exists relay_refused (
    id integer primary key autoincrement, dest text not null, at real not null, reason text not null, records integer not null,
    about text not null, body blob not null
  );
  create index if not exists relay_refused_dest on relay_refused (dest, id);
`;

export function makeRelayTables(database: DatabaseSync): void {
  database.exec(`begin immediate; ${tables} commit`);
}

export interface RelayRow {
  readonly dest: RelayDestination;
  readonly enabled: number;
  readonly position: number;
  readonly sent: number;
  readonly dropped: number;
  readonly repeated: number;
  readonly progress: string | null;
}

export interface RefusedRow {
  readonly id: number;
  readonly at: number;
  readonly reason: string;
  readonly records: number;
  readonly about: string;
  readonly body: Uint8Array;
}
