import type { DatabaseSync } from 'node:sqlite';

/**
 * A chunk holds events of one group in the order they came: `parts` says of which streams, `body` is the events themselves,
 * compressed. Numbers of groups, streams and chunks are never given twice, and a sequence number never twice in a group.
 * `log_grams` says what a larger chunk cannot have in it, see `gramsOf`; one without a row has to be read.
 * Invariant: `body` comes last, so that the directory can be read without the pages that it fills.
 */
const tables = `
  create table if not exists log_group (
    id integer primary key autoincrement, name text not null unique, created real not null, retention integer, extra text not null
  );
  create table if not exists log_stream (
    id integer primary key autoincrement, grp integer not null, name text not null, created real not null, unique (grp, name)
  );
  create table if not exists log_writers (stream integer primary key, names text not null);
  create table if not exists log_chunk (
    id integer primary key autoincrement, grp integer not null, seq real not null, size integer not null,
    parts blob not null, traces blob not null, body blob not null
  );
  create table if not exists log_grams (chunk integer primary key, bits blob not null);
`;

/** Keys in `meta` that grow when chunks were removed, and when groups or streams changed: a reader then reads all of them again. */
export const removedKey = 'logsRemoved';
export const catalogKey = 'logsCatalog';

export function makeLogTables(database: DatabaseSync): void {
  database.exec(`begin immediate; ${tables} commit`);
}

export interface ChunkHeadRow {
  readonly id: number;
  readonly grp: number;
  readonly seq: number;
  readonly size: number;
  readonly parts: Uint8Array;
  readonly traces: Uint8Array;
}

export const selectChunkHeads = 'select id, grp, seq, size, parts, traces from log_chunk where id > ? order by id';
