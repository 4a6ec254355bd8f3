/**
 * What would make the writer wait for the disk or for zstd: checkpoints and seals. Started by the writer when there is something to do;
 * without work it has no timer, so an idle hub sleeps.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openForCheckpoints } from './schema.ts';
import type { KeeperAnswer, KeeperReport, KeeperRequest } from './messages.ts';
import { sealSegment } from './seal/sealedSegment.ts';

const checkpointMillis = 200;
/** Frames of the WAL, a page each. While writing never pauses the WAL never starts over by itself; beyond this the writer has to wait a moment. */
const framesToRestart = 8192;

const writer = parentPort as MessagePort;
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

function checkpoint(): void {
  timer = undefined;
  // A full disk may have room again by the next commit, which asks for the next checkpoint; until then the WAL holds everything.
  const trouble = tryCheckpoint();
  const report: KeeperReport = { kind: 'checkpoint', ...(trouble === undefined ? {} : { trouble }) };
  writer.postMessage(report);
}

/** Answers in words what kept the checkpoint from being made. */
function tryCheckpoint(): string | undefined {
  try {
    const { log } = database.prepare('pragma wal_checkpoint(passive)').get() as { log: number };
    if (log > framesToRestart) {
      database.exec('pragma wal_checkpoint(restart)');
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
