/**
 * How many items are taken in a minute, and the headers that tell it (Rollbar, "Rate limits"). The minute begins with the first item of
 * it, as there.
 */
export class MinuteLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  #end = 0;
  #taken = 0;

  /** `now` in milliseconds since the epoch. */
  constructor(perMinute: number, now: () => number = Date.now) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Counts one item; one that is not taken does not count. */
  take(): { readonly isTaken: boolean; readonly headers: Readonly<Record<string, string>> } {
    const now = this.#now();
    if (now >= this.#end) {
      this.#end = now + 60_000;
      this.#taken = 0;
    }
    const isTaken = this.#taken < this.#perMinute;
    this.#taken += isTaken ? 1 : 0;
    const headers = {
      'X-Rate-Limit-Limit': String(this.#perMinute),
      'X-Rate-Limit-Remaining': String(this.#perMinute - this.#taken),
      'X-Rate-Limit-Reset': String(Math.ceil(this.#end / 1000)),
      'X-Rate-Limit-Remaining-Seconds': String(Math.ceil((this.#end - now) / 1000)),
    };
    return { isTaken, headers };
  }
}
