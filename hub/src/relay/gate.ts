import { setTimeout as wait } from 'node:timers/promises';

const firstMillis = 500;
const longestMillis = 20_000;
/** For what only a person can put right; whatever is changed opens the gate at once. */
const blockedMillis = 60_000;

/** Holds back everything for a destination while it does not take what is sent: ever longer, with jitter, and not before it says. */
export class Gate {
  readonly #now: () => number;
  readonly #random: () => number;
  #failures = 0;
  #until = 0;
  #opened = new AbortController();

  constructor(now: () => number = Date.now, random: () => number = Math.random) {
    this.#now = now;
    this.#random = random;
  }

  /** When it is tried again, in milliseconds since the epoch; `undefined` while it is open. */
  get closedUntil(): number | undefined {
    return this.#until > this.#now() ? this.#until : undefined;
  }

  /** Settles when something may be sent. Rejects with the signal's reason. */
  async pass(signal: AbortSignal): Promise<void> {
    for (let left = this.#until - this.#now(); left > 0; left = this.#until - this.#now()) {
      const early = AbortSignal.any([signal, this.#opened.signal]);
      // oxlint-disable-next-line no-await-in-loop -- what came meanwhile may have put it off again.
      await wait(left, undefined, { signal: early }).catch(() => signal.throwIfAborted());
    }
    signal.throwIfAborted();
  }

  didArrive(): void {
    this.#failures = 0;
  }

  /** Full requests that fail together count once. */
  didFail(afterMillis = 0): void {
    if (this.#until > this.#now()) {
      this.#until = Math.max(this.#until, this.#now() + afterMillis);
      return;
    }
    const backOff = Math.min(longestMillis, firstMillis * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    // Between half and all of it, so that hubs that failed together do not come back together.
    this.#until = this.#now() + Math.max(afterMillis, backOff * (0.5 + this.#random() / 2));
  }

  block(): void {
    this.#until = Math.max(this.#until, this.#now() + blockedMillis);
  }

  /** Whatever it waited for may have been put right: it is tried at once. */
  open(): void {
    this.#failures = 0;
    this.#until = 0;
    this.#opened.abort();
    this.#opened = new AbortController();
  }
}
