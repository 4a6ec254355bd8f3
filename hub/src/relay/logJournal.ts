import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** How far the batches of log events have come since the store's last settlement. */
export interface LogRecord {
  /** Of the settlement that this follows. */
  readonly mark: string;
  /** Which the next settlement will leave, where it comes in the midst of a page: with what is under way, and its results, done. */
  readonly next: string;
  /** The page, and its stream whose batches go out now; those of smaller numbers are done. */
  readonly group: number;
  readonly until: number;
  readonly stream: number;
  /** Events of that stream in the batch under way, and behind it. */
  readonly sending: number;
  readonly left: number;
  /** What became of the batches since, as in a settlement. */
  readonly sent: number;
  readonly repeated: number;
  readonly dropped: number;
}

/** Where the record is kept while the hub may be killed. */
export interface LogJournal {
  /** `undefined` where there is none, or none that can be read. */
  read(): LogRecord | undefined;
  write(record: LogRecord): void;
}

export const journalFile = 'relay-logs.journal';
/** Of what a record looks like. */
const version = 1;
/** Less than a sector of any disk, so that a record is written whole or not at all. */
const recordBytes = 512;

/**
 * The record in a file of the data directory, written over in place: a batch costs it a few microseconds, where the store's writer would take a
 * turn and a commit for it. What has been written is there after a kill of the process. After a power cut it may be an older one, as the store
 * may be an older one.
 */
export class LogJournalFile implements LogJournal {
  readonly #file: number;
  readonly #room = Buffer.alloc(recordBytes);

  /** Throws where the file cannot be opened or made. */
  constructor(dataDir: string) {
    const { O_CREAT, O_RDWR } = constants;
    this.#file = openSync(join(dataDir, journalFile), O_CREAT | O_RDWR, 0o600);
  }

  read(): LogRecord | undefined {
    const length = readSync(this.#file, this.#room, 0, recordBytes, 0);
    return parseRecord(this.#room.toString('latin1', 0, length));
  }

  write(record: LogRecord): void {
    const text = JSON.stringify(record);
    this.#room.fill(' ');
    this.#room.write(`${version} ${checksumOf(text)} ${text}`, 'latin1');
    this.#room.write('\n', recordBytes - 1, 'latin1');
    writeSync(this.#file, this.#room, 0, recordBytes, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A record that is torn, or of a hub that wrote it differently, is none: at worst what had gone out of a page goes again. */
function parseRecord(line: string): LogRecord | undefined {
  const [, by, sum, text = ''] = /^(\d+) ([\da-f]{8}) (\{.*\}) *\n$/.exec(line) ?? [];
  return by === String(version) && sum === checksumOf(text) ? (JSON.parse(text) as LogRecord) : undefined;
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
