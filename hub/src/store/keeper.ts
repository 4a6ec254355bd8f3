import { Worker } from 'node:worker_threads';
import type { KeeperAnswer, KeeperReport, KeeperRequest } from './messages.ts';
import type { SealRequest } from './seal/sealedSegment.ts';
import { entryOf } from './threadEntry.ts';

const wakeMillis = 200;
/** A thread that cannot even start is not started again with every commit. */
const restartMillis = 5000;

export interface KeeperEvents {
  readonly onSealed: (answer: KeeperAnswer) => void;
  /** Told after each checkpoint; `trouble` says in words what kept it from being made. */
  readonly onCheckpoint: (trouble: string | undefined) => void;
  /** Told after a checkpoint where the log has grown long. */
  readonly onLongLog: () => void;
}

interface Running {
  readonly worker: Worker;
  readonly exited: Promise<void>;
}

/** The writer's side of the thread that checkpoints and seals. It is started by the first thing to do, and again where it has died. */
export class Keeper {
  readonly #dataDir: string;
  readonly #events: KeeperEvents;
  readonly #restartMillis: number;
  #running: Running | undefined;
  #isClosed = false;
  #wokenAt = -wakeMillis;
  #restAt = 0;

  constructor(dataDir: string, events: KeeperEvents, restart = restartMillis) {
    this.#dataDir = dataDir;
    this.#events = events;
    this.#restartMillis = restart;
  }

  /** Something has been committed: there is a checkpoint to make before long. */
  noteCommit(): void {
    const now = performance.now();
    if (now - this.#wokenAt >= wakeMillis && now >= this.#restAt) {
      this.#wokenAt = now;
      this.#tell({ kind: 'written' });
    }
  }

  seal(request: SealRequest): void {
    this.#tell({ kind: 'seal', request });
  }

  /** Ends the thread once it has done what it was told. A thread that has died is no reason to wait. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#isClosed = true;
    running?.worker.postMessage({ kind: 'close' } satisfies KeeperRequest);
    await running?.exited;
  }

  #tell(request: KeeperRequest): void {
    if (!this.#isClosed) {
      this.#running ??= this.#start();
      this.#running.worker.postMessage(request);
    }
  }

  #start(): Running {
    const worker = new Worker(entryOf('checkpointThread'), {
      name: 'sightline checkpoints',
      workerData: { dataDir: this.#dataDir },
      resourceLimits: { maxOldGenerationSizeMb: 128 },
    });
    let reason = 'the thread has ended';
    worker.on('message', (report: KeeperReport) => this.#take(report));
    worker.on('error', (error) => (reason = error instanceof Error ? error.message : String(error)));
    const exited = new Promise<void>((resolve) => {
      worker.on('exit', () => {
        resolve();
        this.#didEnd(reason);
      });
    });
    return { worker, exited };
  }

  #take(report: KeeperReport): void {
    switch (report.kind) {
      case 'sealed':
        this.#events.onSealed(report);
        break;
      case 'checkpoint':
        this.#events.onCheckpoint(report.trouble);
        if (report.isLogLong) {
          this.#events.onLongLog();
        }
        break;
    }
  }

  /** The next commit starts another one; a segment that was being sealed is sealed when the store closes. */
  #didEnd(reason: string): void {
    this.#running = undefined;
    if (!this.#isClosed) {
      this.#restAt = performance.now() + this.#restartMillis;
      this.#events.onCheckpoint(reason);
    }
  }
}
