/**
 * What would make the writer wait for the disk or for zstd: checkpoints and seals. Started by the writer when there is something to do;
 * without work it has no timer, so an idle hub sleeps.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openForCheckpoints } from './schema.ts';
import type { KeeperAnswer, KeeperReport, KeeperRequest } from './messages.ts';
import { sealSegment } from './seal/sealedSegment.ts';

const checkpointMillis = 200;
/** Frames of the WAL, a page each. While writing never pauses the WAL never starts over by itself; beyond this the writer sees to it. */
const longLog = 16_384;

const writer = parentPort as MessagePort;
stepBack();
const database = openForCheckpoints((workerData as { dataDir: string }).dataDir);
let timer: NodeJS.Timeout | undefined;

writer.on('message', (request: KeeperRequest) => {
  switch (request.kind) {
    case 'written':
      timer ??= setTimeout(checkpoint, checkpointMillis);
      break;
    case 'seal': {
      const sealed = sealSegment(request.request);
      const answer: KeeperAnswer = { kind: 'sealed', number: request.request.number, sealed };
      writer.postMessage(answer);
      break;
    }
    case 'close':
      clearTimeout(timer);
      database.close();
      writer.close();
      break;
  }
});

/** Nobody waits for this thread: where the cores do not suffice for all, those whom a sender waits for come first. */
function stepBack(): void {
  try {
    // Linux has priorities for threads, and says here which one asks; nowhere else can a thread have one of its own.
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 10);
  } catch {
    // It does the same work with the priority of all.
  }
}

function checkpoint(): void {
  timer = undefined;
  // A full disk may have room again by the next commit, which asks for the next checkpoint; until then the WAL holds everything.
  writer.postMessage({ kind: 'checkpoint', ...tryCheckpoint() } satisfies KeeperReport);
}

function tryCheckpoint(): Omit<Extract<KeeperReport, { kind: 'checkpoint' }>, 'kind'> {
  try {
    const { log } = database.prepare('pragma wal_checkpoint(passive)').get() as { log: number };
    return { isLogLong: log > longLog };
  } catch (error) {
    return { isLogLong: false, trouble: error instanceof Error ? error.message : String(error) };
  }
}
