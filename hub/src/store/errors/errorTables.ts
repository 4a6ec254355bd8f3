import type { DatabaseSync } from 'node:sqlite';

/**
 * `error_item` is the truth: each occurrence as it came, compressed (`codec` 1: zstd). `error_group` is what became of all of a kind,
 * including those that have left since. Numbers are never given out twice.
 */
const tables = `
  create table if not exists error_group (
    counter integer primary key autoincrement, fingerprint text not null unique, status text not null, seen real not null,
    state text not null
  );
  create index if not exists error_group_seen on error_group (seen, counter);
  create table if not exists error_item (
    id integer primary key autoincrement, uuid text not null unique, counter integer not null, received real not null, trace text,
    size integer not null, codec integer not null, body blob not null
  );
  create index if not exists error_item_group on error_item (counter, id, size);
  create index if not exists error_item_trace on error_item (trace, id) where trace is not null;
`;

export function makeErrorTables(database: DatabaseSync): void {
  database.exec(tables);
}
