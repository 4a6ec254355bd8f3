export interface RateLimitOptions {
  readonly perSecond: number;
  /** How many may go at once after a pause. */
  readonly atOnce: number;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  readonly sleep: (millis: number, value: undefined, options: { readonly signal?: AbortSignal }) => Promise<unknown>;
}

/** Lets calls through at a steady pace, those that came first first. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  /** When the next call would go if none had been saved up. */
  #next = -Infinity;

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Settles when a call may go; rejects once the signal is aborted, which gives nothing back. */
  async take(signal?: AbortSignal): Promise<void> {
    const { perSecond, atOnce, now, sleep } = this.#options;
    const pace = 1000 / perSecond;
    const at = now();
    this.#next = Math.max(this.#next, at - pace * (atOnce - 1));
    const wait = this.#next - at;
    this.#next += pace;
    if (wait > 0) {
      await sleep(wait, undefined, { ...(signal !== undefined && { signal }) });
    }
    signal?.throwIfAborted();
  }
}
