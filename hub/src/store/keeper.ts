import { Worker } from 'node:worker_threads';
import type { KeeperAnswer, KeeperRequest } from './messages.ts';
import type { SealRequest } from './seal/sealedSegment.ts';
import { entryOf } from './threadEntry.ts';

const wakeMillis = 200;

/** The writer's side of the thread that checkpoints and seals. It is started by the first thing to do. */
export class Keeper {
  readonly #dataDir: string;
  readonly #onSealed: (answer: KeeperAnswer) => void;
  readonly #onGone: (error: Error) => void;
  #worker: Worker | undefined;
  #isGone = false;
  #wokenAt = 0;

  constructor(dataDir: string, onSealed: (answer: KeeperAnswer) => void, onGone: (error: Error) => void) {
    this.#dataDir = dataDir;
    this.#onSealed = onSealed;
    this.#onGone = onGone;
  }

  /** Something has been committed: there is a checkpoint to make before long. */
  noteCommit(): void {
    const now = performance.now();
    if (now - this.#wokenAt >= wakeMillis) {
      this.#wokenAt = now;
      this.#tell({ kind: 'written' });
    }
  }

  seal(request: SealRequest): void {
    const { traceIds, spanTraces, logTraces } = request;
    this.#tell({ kind: 'seal', request }, [traceIds.buffer, spanTraces.buffer, logTraces.buffer]);
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#isGone = true;
    if (worker !== undefined) {
      worker.removeAllListeners('exit');
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage({ kind: 'close' } satisfies KeeperRequest);
      await ended;
    }
  }

  #tell(request: KeeperRequest, transfer: ArrayBuffer[] = []): void {
    if (!this.#isGone) {
      this.#worker ??= this.#start();
      this.#worker.postMessage(request, transfer);
    }
  }

  #start(): Worker {
    const worker = new Worker(entryOf('checkpointThread'), {
      name: 'sightline checkpoints',
      workerData: { dataDir: this.#dataDir },
      resourceLimits: { maxOldGenerationSizeMb: 128 },
    });
    worker.on('message', this.#onSealed);
    worker.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => this.#end(new Error('it has ended')));
    return worker;
  }

  #end(error: Error): void {
    if (!this.#isGone) {
      this.#isGone = true;
      this.#onGone(error);
    }
  }
}
