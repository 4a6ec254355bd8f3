import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { journalFile, LogJournalFile, type LogRecord } from './logJournal.ts';

const most = Number.MAX_SAFE_INTEGER;
const mark = '00000000-0000-0000-0000-000000000000';
const numbers = { group: most, until: most, stream: most, sending: most, left: most };
const record: LogRecord = { mark: `${mark}/open`, next: mark, ...numbers, sent: most, repeated: most, dropped: most };

function open(dataDir: string): LogJournalFile {
  const journal = new LogJournalFile(dataDir);
  onTestFinished(() => journal.close());
  return journal;
}

/** Writes a record, does that to the bytes of the file, and compares what is read then. */
function check(change: (bytes: Buffer) => Buffer, expected: LogRecord | undefined): void {
  const dataDir = temporaryFolder();
  open(dataDir).write(record);
  const file = join(dataDir, journalFile);
  writeFileSync(file, change(readFileSync(file)));
  expect(open(dataDir).read()).toEqual(expected);
}

test('the largest record fits, is read again, and replaces the one before', () => {
  check((bytes) => bytes, record);
  const dataDir = temporaryFolder();
  const journal = open(dataDir);
  expect(journal.read()).toBeUndefined();
  journal.write(record);
  journal.write({ ...record, group: 1, sent: 0 });
  expect(open(dataDir).read()).toEqual({ ...record, group: 1, sent: 0 });
  expect(statSync(join(dataDir, journalFile)).size).toBe(512);
});

test.skipIf(process.platform === 'win32')('nobody else may read it', () => {
  const dataDir = temporaryFolder();
  open(dataDir);
  expect(statSync(join(dataDir, journalFile)).mode & 0o777).toBe(0o600);
});

test('one that is torn, changed, cut off, empty or of another version is none', () => {
  check((bytes) => Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(412)]), undefined);
  check((bytes) => Buffer.from(bytes.toString().replace('"sent":9', '"sent":8')), undefined);
  check((bytes) => bytes.subarray(0, 200), undefined);
  check(() => Buffer.alloc(0), undefined);
  check((bytes) => Buffer.from(bytes.toString().replace(/^1/, '2')), undefined);
  check(() => Buffer.from('something else'), undefined);
});
