import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in a transaction of its own. What it throws, and what COMMIT throws, comes after a rollback. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors, a full disk among them.
    if (database.isTransaction) {
      database.exec('rollback');
    }
    throw error;
  }
}
