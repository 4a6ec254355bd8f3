import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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

  /** Takes the lock. Throws `UserError` that says where the other hub is when there is one. */
  static async take(dataDir: string): Promise<DataDirectoryLock> {
    const held = tryLock(join(dataDir, 'hub.lock'));
    if (held === undefined) {
      throw new UserError(await describeOther(dataDir));
    }
    return new DataDirectoryLock(dataDir, held);
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

async function describeOther(dataDir: string): Promise<string> {
  const running = await findRunningHub(dataDir);
  if (running !== undefined) {
    return `A hub is already running on ${dataDir}: ${running.api}, process ${running.pid}.`;
  }
  const record = await readHubRecord(dataDir);
  return record === undefined
    ? `A hub is already starting or running on ${dataDir}.`
    : `A hub holds ${dataDir} (process ${record.pid}, ${record.api}) but does not answer.`;
}
