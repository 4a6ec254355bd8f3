import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { documentTable } from './documents/documentTable.ts';

export const databaseFile = 'telemetry.db';

/**
 * `raw` is the truth: one row per group commit, its body the payloads one after the other, as they came, compressed (`codec` 1: zstd).
 * `seg` is only a start-up cache of the index. `gone` and `pin` and the floor say which spans of the raw groups no longer count.
 */
const tables = `
  create table if not exists meta (key text primary key, value) without rowid;
  create table if not exists raw (
    id integer primary key, at real not null, codec integer not null, size integer not null, parts blob not null, body blob not null
  );
  create table if not exists seg (id integer, part integer, parts integer not null, body blob not null, primary key (id, part));
  create table if not exists pin (trace blob primary key) without rowid;
  create table if not exists gone (trace blob primary key, until integer not null) without rowid;
  create table if not exists problem (
    id integer primary key, at real not null, receiver text not null, place text not null, message text not null, sample blob
  );
`;

/** Grows when the meaning of what is stored changes. */
const schemaVersion = 1;

/** How long an opening waits for another process that has the database. */
const openMillis = 2000;
/** Once it is open, only a checkpoint can be in the writer's way, and on a slow disk that may take a while: waiting is better than refusing. */
const writerMillis = 30_000;

/** Opens the hub's database for its one writer and makes the tables. */
export function openForWriting(dataDir: string): DatabaseSync {
  const database = new DatabaseSync(join(dataDir, databaseFile), { timeout: openMillis });
  try {
    database.exec(
      'pragma page_size=4096; pragma journal_mode=wal; pragma synchronous=normal; pragma wal_autocheckpoint=0',
    );
    const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number };
    if (version !== 0 && version !== schemaVersion) {
      throw new Error(`the database has version ${version}, and this hub knows version ${schemaVersion}`);
    }
    database.exec(`begin immediate; ${tables} ${documentTable} pragma user_version=${schemaVersion}; commit`);
    database.prepare('select count(*) from raw where id < 0').get();
    database.exec(`pragma busy_timeout=${writerMillis}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

export function openForReading(dataDir: string): DatabaseSync {
  return new DatabaseSync(join(dataDir, databaseFile), { readOnly: true, timeout: openMillis });
}

/** For the thread that checkpoints: it writes pages that others have committed, and nothing of its own. */
export function openForCheckpoints(dataDir: string): DatabaseSync {
  return new DatabaseSync(join(dataDir, databaseFile), { timeout: openMillis });
}

/** Moves a database that cannot be read out of the way. Answers the name that it has now. */
export function moveAside(dataDir: string, now: Date): string {
  const name = `telemetry.damaged-${now.toISOString().replaceAll(':', '-')}.db`;
  renameSync(join(dataDir, databaseFile), join(dataDir, name));
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(join(dataDir, databaseFile + suffix))) {
      renameSync(join(dataDir, databaseFile + suffix), join(dataDir, name + suffix));
    }
  }
  return name;
}

/** SQLite's result codes for a file that is no database or a damaged one (sqlite.org/rescode.html: CORRUPT, NOTADB). */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === 11 || code === 26;
}

/** BUSY or LOCKED: another process has it. */
export function isLocked(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === 5 || code === 6;
}

function sqliteCode(error: unknown): number | undefined {
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  // Extended codes keep the primary one in the low byte.
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}
