import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { findRunningHub, hubRecordFileOf, readHubRecord, type HubRecord } from './client/hubLock.ts';
import { UserError } from './userError.ts';

/**
 * Invariant: one hub per data directory. The lock is an exclusive transaction on an empty SQLite file: the operating system
 * drops it with the process, however that ends, so there are no stale locks and no race to take one over. `hub.json` beside
 * it says where the hub is; it is only information, and believed only when `/health` confirms it.
 */
export class DataDirectoryLock {
  readonly #dataDir: string;
  readonly #held: DatabaseSync;

  private constructor(dataDir: string, held: DatabaseSync) {
    this.#dataDir = dataDir;
    this.#held = held;
  }

  /**
   * Takes the lock. A hub that no longer answers is about to end, so it is waited for, `patienceMillis` at most. Throws
   * `UserError` that says where the other hub is when there is one.
   */
  static async take(dataDir: string, patienceMillis = 8_000): Promise<DataDirectoryLock> {
    for (let waited = 0; ; waited += tickMillis) {
      const held = tryLock(join(dataDir, 'hub.lock'));
      if (held !== undefined) {
        return new DataDirectoryLock(dataDir, held);
      }
      const running = await findRunningHub(dataDir);
      if (running !== undefined) {
        throw new UserError(`A hub is already running on ${dataDir}: ${running.api}, process ${running.pid}.`);
      }
      if (waited >= patienceMillis) {
        throw new UserError(await describeSilent(dataDir));
      }
      await setTimeout(tickMillis);
    }
  }

  /** Says where this hub is, for those who want to join it. */
  announce(record: HubRecord): void {
    const file = hubRecordFileOf(this.#dataDir);
    writeFileSync(`${file}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  release(): void {
    const file = hubRecordFileOf(this.#dataDir);
    try {
      const record = JSON.parse(readFileSync(file, 'utf8')) as HubRecord;
      if (record.pid === process.pid) {
        rmSync(file);
      }
    } catch {
      // Nothing was announced, or somebody removed it: there is nothing to take back.
    }
    this.#held.close();
  }
}

function tryLock(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // The journal stays in memory: a lock has nothing to roll back, and would leave a file behind.
    database.exec('pragma journal_mode = memory; begin exclusive');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) {
      return undefined;
    }
    throw new UserError(
      `The lock file ${file} cannot be used: ${error instanceof Error ? error.message : 'unknown'}.`,
      {
        cause: error,
      },
    );
  }
}

/** SQLITE_BUSY (https://www.sqlite.org/rescode.html#busy). */
const sqliteBusy = 5;

const tickMillis = 100;

async function describeSilent(dataDir: string): Promise<string> {
  const record = await readHubRecord(dataDir);
  return record === undefined
    ? `Another process holds ${dataDir} and does not say where it listens; end it, or give this hub another --data-dir.`
    : `A hub holds ${dataDir} (process ${record.pid}, ${record.api}) but does not answer; end that process, then start again.`;
}
