import type { RelayDestination } from '../client/relayApi.ts';
import type { RefusedRow } from '../store/relay/relayTables.ts';
import type { RelaySettlement } from '../store/relay/relayStore.ts';
import { Delivery, merge, type Delivered } from './delivery.ts';
import type { LaneStatus } from './laneStatus.ts';
import type { Item, Sender } from './outcome.ts';

/** What a lane needs of the outbox. */
export interface Outbox {
  position(destination: RelayDestination): { readonly position: number; readonly mark: string | null };
  settle(settlement: RelaySettlement): Promise<void>;
  /** The first refused record behind this number. */
  nextRefused(destination: RelayDestination, after: number): RefusedRow | undefined;
  newestRefused(destination: RelayDestination): number;
}

/** One step of a lane's work: sends something and settles it. Answers false where nothing waits. */
export type Step = (delivery: Delivery, signal: AbortSignal) => Promise<boolean>;

export interface LaneParts {
  readonly destination: RelayDestination;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly step: Step;
  readonly isPaused: boolean;
  readonly onArrived: (items: readonly Item[]) => void;
}

/** After trouble of its own, such as a store that is busy. */
const troubleMillis = 1_000;

/** Takes what waits for one destination there, for as long as it is switched on. */
export class Lane {
  readonly #parts: LaneParts;
  readonly #delivery: Delivery;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #trouble: string | undefined;
  #isIdle = false;
  #news = Promise.withResolvers<undefined>();

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#delivery = new Delivery(parts.sender, parts.onArrived);
    this.#done = parts.isPaused ? Promise.resolve() : this.#run();
  }

  get status(): LaneStatus {
    const { isFailing, ...status } = this.#delivery.status;
    const lastError = this.#trouble ?? status.lastError;
    return {
      ...status,
      ...(lastError !== undefined && { lastError }),
      state: this.#parts.isPaused
        ? 'paused'
        : isFailing || this.#trouble !== undefined
          ? 'retrying'
          : this.#isIdle
            ? 'idle'
            : 'sending',
    };
  }

  /** Something has been stored. */
  notice(): void {
    this.#news.resolve(undefined);
  }

  hurry(): void {
    this.#delivery.hurry();
  }

  /** Tries every refused record once, until the signal aborts; answers how many arrived and how many were refused again. */
  async resend(signal: AbortSignal): Promise<{ sent: number; refused: number }> {
    const { destination, outbox } = this.#parts;
    const any = AbortSignal.any([signal, this.#stop.signal]);
    const total = { sent: 0, refused: 0 };
    const newest = outbox.newestRefused(destination);
    let row = outbox.nextRefused(destination, 0);
    while (row !== undefined && row.id <= newest) {
      const item = { about: row.about, body: row.body };
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as they came.
      const delivered = await this.#delivery.deliver([item], any).catch((error: unknown) => {
        if (any.aborted) {
          return undefined;
        }
        throw error;
      });
      if (delivered === undefined) {
        return total;
      }
      const { arrived, refused } = delivered;
      const { records, id } = row;
      const isSent = refused.length === 0;
      // oxlint-disable-next-line no-await-in-loop -- as above.
      await outbox.settle({
        destination,
        settled: 0,
        sent: isSent ? records : arrived,
        forgotten: [id],
        // What is refused again is kept with its new reason.
        refused: refused.map((record) => ({ ...record, records })),
      });
      total.sent += isSent ? records : 0;
      total.refused += isSent ? 0 : records;
      row = outbox.nextRefused(destination, id);
    }
    return total;
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('The relay has been stopped.'));
    await this.#done;
    this.#parts.sender.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#news = Promise.withResolvers();
      try {
        // oxlint-disable-next-line no-await-in-loop -- one page after the other.
        const didSend = await this.#parts.step(this.#delivery, signal);
        this.#trouble = undefined;
        this.#isIdle = !didSend;
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        this.#trouble = `The relay could not go on: ${error instanceof Error ? error.message : String(error)}`;
        // oxlint-disable-next-line no-await-in-loop -- a fault that stays must not take a whole core.
        await Promise.race([aborted(signal), new Promise((resolve) => setTimeout(resolve, troubleMillis))]);
      }
      if (this.#isIdle) {
        // oxlint-disable-next-line no-await-in-loop -- there is nothing to do until then.
        await Promise.race([aborted(signal), this.#news.promise]);
        this.#isIdle = false;
      }
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The requests of a page that are under way together. */
const together = 8;

/** Delivers what a sender makes of some items, several requests at once. */
export async function deliverAll(
  sender: Sender,
  delivery: Delivery,
  items: readonly Item[],
  signal: AbortSignal,
): Promise<Delivered> {
  const requests = sender.split(items);
  const delivered: Delivered[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time on each connection.
      delivered.push(await delivery.deliver(request, signal));
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, requests.length) }, work));
  return merge(...delivered);
}
