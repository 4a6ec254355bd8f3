import type { RefusedRecord } from '../store/relay/relayStore.ts';
import { Gate } from './gate.ts';
import type { LaneStatus } from './laneStatus.ts';
import type { Item, Outcome, Sender } from './outcome.ts';

/** What became of some items; every one is in one of them. */
export interface Delivered {
  readonly arrived: number;
  readonly refused: readonly RefusedRecord[];
  /** Requests that may have arrived before they were sent again. */
  readonly repeated: number;
  /** Parts of what arrived that were not taken and never will be. */
  readonly lost: number;
}

const none: Delivered = { arrived: 0, refused: [], repeated: 0, lost: 0 };

/** Sends until everything has arrived or been refused, and keeps account of how it goes. */
export class Delivery {
  readonly #sender: Sender;
  readonly #gate: Gate;
  readonly #onArrived: (items: readonly Item[]) => void;
  #lastError: string | undefined;
  #lastErrorAt: number | undefined;
  #lastSentAt: number | undefined;
  #isFailing = false;
  readonly #usage = { records: 0, bytes: 0, requests: 0 };

  /** `onArrived` is told what each request that arrived held. */
  constructor(sender: Sender, onArrived: (items: readonly Item[]) => void, gate = new Gate()) {
    this.#onArrived = onArrived;
    this.#sender = sender;
    this.#gate = gate;
  }

  get status(): Omit<LaneStatus, 'state'> & { readonly isFailing: boolean } {
    const nextTryAt = this.#gate.closedUntil;
    return {
      isFailing: this.#isFailing,
      ...(this.#lastError !== undefined && { lastError: this.#lastError, lastErrorAt: this.#lastErrorAt ?? 0 }),
      ...(nextTryAt !== undefined && { nextTryAt }),
      ...(this.#lastSentAt !== undefined && { lastSentAt: this.#lastSentAt }),
      usage: { ...this.#usage },
    };
  }

  /** Tries at once what waits for a while. */
  hurry(): void {
    this.#gate.open();
  }

  /** Settles only once every item has arrived or been refused; rejects with the signal's reason. */
  async deliver(items: readonly Item[], signal: AbortSignal): Promise<Delivered> {
    let repeated = 0;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other.
      await this.#gate.pass(signal);
      // oxlint-disable-next-line no-await-in-loop -- as above.
      const outcome = await this.#sender.send(items, signal);
      this.#note(outcome, items);
      switch (outcome.kind) {
        case 'arrived':
          // oxlint-disable-next-line no-await-in-loop -- as above.
          return merge({ ...none, repeated }, await this.#settleItems(items, outcome, signal));
        case 'refused':
          // oxlint-disable-next-line no-await-in-loop -- as above.
          return merge({ ...none, repeated }, await this.#splitRefused(items, outcome.reason, signal));
        case 'later':
          repeated += outcome.isUncertain === true ? 1 : 0;
          break;
        case 'blocked':
          break;
      }
    }
  }

  #note(outcome: Outcome, items: readonly Item[]): void {
    if (outcome.kind === 'arrived' && (outcome.again?.length ?? 0) === 0) {
      this.#isFailing = false;
      this.#lastSentAt = Date.now();
      this.#usage.records += items.length;
      this.#usage.requests += 1;
      this.#usage.bytes += items.reduce((sum, { body }) => sum + body.length, 0);
      this.#gate.didArrive();
      this.#onArrived(items);
      return;
    }
    this.#lastErrorAt = Date.now();
    switch (outcome.kind) {
      case 'arrived':
        this.#fail(outcome.againBecause ?? 'A part was not taken.');
        this.#gate.didFail();
        break;
      case 'later':
        this.#fail(outcome.reason);
        this.#gate.didFail(outcome.afterMillis);
        break;
      case 'blocked':
        this.#fail(outcome.reason);
        this.#gate.block();
        break;
      case 'refused':
        this.#lastError = outcome.reason;
        this.#gate.didArrive();
        break;
    }
  }

  #fail(reason: string): void {
    this.#lastError = reason;
    this.#isFailing = true;
  }

  async #settleItems(
    items: readonly Item[],
    { refused = [], again = [], lost }: Extract<Outcome, { kind: 'arrived' }>,
    signal: AbortSignal,
  ): Promise<Delivered> {
    const kept = refused.flatMap(({ at, reason }) => {
      const item = items[at];
      return item === undefined ? [] : [refusedRecord(item, reason)];
    });
    const reason = refused[0]?.reason ?? lost?.reason;
    if (reason !== undefined) {
      this.#lastError = reason;
      this.#lastErrorAt = Date.now();
    }
    const delivered = {
      arrived: items.length - kept.length - again.length,
      refused: kept,
      repeated: 0,
      lost: lost?.count ?? 0,
    };
    const rest = items.filter((_, at) => again.includes(at));
    return rest.length === 0 ? delivered : merge(delivered, await this.deliver(rest, signal));
  }

  /** A destination that refuses a request may mean one of its items: halves are tried until it is known which. */
  async #splitRefused(items: readonly Item[], reason: string, signal: AbortSignal): Promise<Delivered> {
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      return { ...none, refused: [refusedRecord(only, reason)] };
    }
    const middle = Math.ceil(items.length / 2);
    const first = await this.deliver(items.slice(0, middle), signal);
    return merge(first, await this.deliver(items.slice(middle), signal));
  }
}

export function merge(...parts: readonly Delivered[]): Delivered {
  return {
    arrived: parts.reduce((sum, { arrived }) => sum + arrived, 0),
    refused: parts.flatMap(({ refused }) => refused),
    repeated: parts.reduce((sum, { repeated }) => sum + repeated, 0),
    lost: parts.reduce((sum, { lost }) => sum + lost, 0),
  };
}

function refusedRecord({ about, body }: Item, reason: string): RefusedRecord {
  return { reason, records: 1, about, body };
}
