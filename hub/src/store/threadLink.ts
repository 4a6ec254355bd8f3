import { Worker, type TransferListItem } from 'node:worker_threads';
import type { ChangeEvent } from '../client/api.ts';
import type { ThreadStart } from './messages.ts';
import { entryOf, type ThreadName } from './threadEntry.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown; readonly change?: ChangeEvent }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'changed'; readonly change: ChangeEvent };

export interface LinkOptions {
  readonly name: ThreadName;
  readonly start: ThreadStart | Pick<ThreadStart, 'dataDir'>;
  readonly transfer: readonly TransferListItem[];
  readonly heapMegabytes: number;
  readonly onChange?: (change: ChangeEvent) => void;
  /** Told once, where the thread ends though nobody has closed it; with the reason as a sentence. */
  readonly onFail?: (reason: Error) => void;
}

/**
 * One of the store's threads, as the main thread talks to it.
 *
 * Invariant: every request settles. When the thread dies or is closed, whatever still waits is rejected with the reason.
 */
export class ThreadLink {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<void>;
  readonly #exited: Promise<void>;
  readonly #name: ThreadName;
  readonly #onFail: LinkOptions['onFail'];
  #nextId = 1;
  #gone: Error | undefined;

  constructor(options: LinkOptions) {
    this.#name = options.name;
    this.#onFail = options.onFail;
    this.#worker = new Worker(entryOf(options.name), {
      name: `sightline ${options.name}`,
      workerData: options.start,
      transferList: [...options.transfer],
      resourceLimits: { maxOldGenerationSizeMb: options.heapMegabytes },
    });
    this.#ready = new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve: () => resolve(), reject });
    });
    // Whoever opens the store awaits it; a thread that dies later has nothing more to say here.
    this.#ready.catch(() => undefined);
    this.#worker.on('message', (message: Answer) => this.#take(message, options.onChange));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => resolve());
    });
    this.#worker.on('exit', () => this.#fail('it has ended'));
  }

  /** Settles when the thread has started, or rejects with what kept it from starting. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /**
   * Sends a request that is answered under the id that `toMessage` is given. An abort rejects at once with the signal's reason; the thread
   * is told, and an answer that comes all the same is passed over.
   */
  ask(
    toMessage: (id: number) => object,
    transfer: readonly TransferListItem[] = [],
    signal?: AbortSignal,
  ): Promise<unknown> {
    if (this.#gone !== undefined) {
      return Promise.reject(this.#gone);
    }
    if (signal?.aborted === true) {
      return Promise.reject(reasonOf(signal));
    }
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(toMessage(id), transfer);
    });
    return signal === undefined ? answer : this.#untilAborted(id, answer, signal);
  }

  /** Sends a message that nobody answers. */
  tell(message: object, transfer: readonly TransferListItem[] = []): void {
    if (this.#gone === undefined) {
      this.#worker.postMessage(message, transfer);
    }
  }

  /** Lets the thread finish what it has and end by itself. What is asked from here on is rejected. */
  async close(): Promise<void> {
    const closed = new Error('The store has been closed.');
    const finished = this.ask((id) => ({ kind: 'close', id }));
    this.#gone ??= closed;
    try {
      await finished;
    } finally {
      // A thread that could not close well ends by itself too; it is not cut off in the midst of what SQLite does.
      await this.#exited;
    }
  }

  /** Ends the thread as it is and rejects what still waits. */
  async terminate(): Promise<void> {
    this.#end(new Error('The store has been closed.'));
    await this.#worker.terminate();
  }

  async #untilAborted(id: number, answer: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
    const abort = (): void => {
      this.#settle(id, (waiting) => waiting.reject(reasonOf(signal)));
      this.tell({ kind: 'abort', id });
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await answer;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #take(message: Answer, onChange: LinkOptions['onChange']): void {
    switch (message.kind) {
      case 'ready':
        this.#settle(0, (waiting) => waiting.resolve(undefined));
        break;
      case 'answer':
        this.#settle(message.id, (waiting) => waiting.resolve(message.value));
        if (message.change !== undefined) {
          onChange?.(message.change);
        }
        break;
      case 'failed':
        this.#settle(message.id, (waiting) => waiting.reject(new Error(message.message)));
        break;
      case 'changed':
        onChange?.(message.change);
        break;
    }
  }

  #settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined) {
      how(waiting);
    }
  }

  #fail(cause: unknown): void {
    const isStarting = this.#waiting.has(0);
    const isExpected = this.#gone !== undefined;
    const message = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
    // What keeps a thread from starting is a sentence already.
    this.#end(
      isStarting && cause instanceof Error
        ? cause
        : new Error(`${threadNames[this.#name]} has failed: ${message}.`, { cause }),
    );
    if (!isStarting && !isExpected) {
      this.#onFail?.(this.#gone as Error);
    }
  }

  #end(reason: Error): void {
    this.#gone ??= reason;
    for (const waiting of this.#waiting.values()) {
      waiting.reject(this.#gone);
    }
    this.#waiting.clear();
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('The request has been given up.');
}

const threadNames: Record<ThreadName, string> = {
  writerThread: 'The thread that writes the store',
  readerThread: 'The thread that reads the store',
  logReaderThread: 'The thread that reads the log lines of the store',
  checkpointThread: 'The thread that makes checkpoints of the store',
};
