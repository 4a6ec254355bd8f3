import { Worker } from 'node:worker_threads';
import type { RelayDestination } from '../client/relayApi.ts';
import type { RelayStore } from '../store/relay/relayStore.ts';
import { UserError } from '../userError.ts';
import type { Sent } from '../cost/sentUsage.ts';
import type { RelayAnswer, RelayRequest, RelayThreadStart, RelayValue } from './relayMessages.ts';

interface Waiting {
  readonly resolve: (value: RelayValue) => void;
  readonly reject: (error: Error) => void;
}

type Asked = Exclude<RelayRequest, { kind: 'notice' | 'settled' }>;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

export interface RelayLinkListeners {
  readonly onFail: (reason: Error) => void;
  readonly onUsed: (destination: RelayDestination, used: Sent) => void;
}

/** Changes of the store are told to the relay's thread this often at most. */
const noticeMillis = 20;

/**
 * The relay's thread, as the main thread talks to it.
 *
 * Invariant: every request settles; when the thread ends, with the reason.
 */
export class RelayLink {
  readonly #worker: Worker;
  readonly #store: RelayStore;
  readonly #onUsed: RelayLinkListeners['onUsed'];
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #gone: Error | undefined;
  #notice: NodeJS.Timeout | undefined;

  constructor(
    start: RelayThreadStart & { readonly env: Record<string, string> },
    store: RelayStore,
    { onFail, onUsed }: RelayLinkListeners,
  ) {
    this.#onUsed = onUsed;
    this.#store = store;
    this.#worker = new Worker(
      new URL(`./relayThread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
      {
        name: 'sightline relay',
        workerData: { dataDir: start.dataDir } satisfies RelayThreadStart,
        env: start.env,
        resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 },
      },
    );
    this.#worker.on('message', (answer: RelayAnswer) => this.#take(answer));
    const fail = (cause: unknown): void => {
      const isExpected = this.#gone !== undefined;
      const message = cause instanceof Error ? cause.message : String(cause);
      this.#end(new Error(`The relay's thread has failed: ${message}`, { cause }));
      if (!isExpected) {
        onFail(this.#gone as Error);
      }
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', () => fail('it has ended'));
  }

  ask(request: WithoutId<Asked>): Promise<RelayValue> {
    if (this.#gone !== undefined) {
      return Promise.reject(this.#gone);
    }
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id });
    });
  }

  /** Something has been stored. The first is told soon, more of them together. */
  notice(): void {
    this.#notice ??= setTimeout(() => {
      this.#notice = undefined;
      this.#worker.postMessage({ kind: 'notice' } satisfies RelayRequest);
    }, noticeMillis);
  }

  /** Lets what is under way be given up, and ends the thread. */
  async close(): Promise<void> {
    clearTimeout(this.#notice);
    const closed = this.ask({ kind: 'close' });
    this.#gone ??= new Error('The relay has been stopped.');
    await closed.catch(() => undefined);
    await this.#worker.terminate();
  }

  #take(answer: RelayAnswer): void {
    switch (answer.kind) {
      case 'settle':
        void this.#settle(answer);
        break;
      case 'used':
        this.#onUsed(answer.destination, answer.used);
        break;
      case 'answer':
        this.#waiting.get(answer.id)?.resolve(answer.value);
        this.#waiting.delete(answer.id);
        break;
      case 'failed': {
        const { message, isForPerson } = answer;
        this.#waiting.get(answer.id)?.reject(isForPerson ? new UserError(message) : new Error(message));
        this.#waiting.delete(answer.id);
        break;
      }
    }
  }

  async #settle({ id, settlement }: Extract<RelayAnswer, { kind: 'settle' }>): Promise<void> {
    let error: string | undefined;
    try {
      await this.#store.settle(settlement);
    } catch (cause) {
      error = cause instanceof Error ? cause.message : String(cause);
    }
    this.#worker.postMessage({ kind: 'settled', id, ...(error !== undefined && { error }) } satisfies RelayRequest);
  }

  #end(reason: Error): void {
    this.#gone ??= reason;
    clearTimeout(this.#notice);
    for (const { reject } of this.#waiting.values()) {
      reject(this.#gone);
    }
    this.#waiting.clear();
  }
}
