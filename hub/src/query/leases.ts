import type { LeaseClaim, LeaseReply } from '../client/leasesApi.ts';

interface Lease {
  readonly holder: string;
  readonly note: string;
  readonly until: number;
}

/** More than windows and errors that are told of at once. */
export const mostLeases = 1_000;

/** Who may do what only one window does at a time. Nobody holds a lease after its time. */
export class Leases {
  readonly #now: () => number;
  readonly #leases = new Map<string, Lease>();

  /** `now` is milliseconds on a clock that nobody sets. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Answers who holds the lease now; `undefined` where there are too many leases for another one. */
  claim(name: string, { holder, millis, note = '', take = false }: LeaseClaim): LeaseReply | undefined {
    const now = this.#now();
    const held = this.#leases.get(name);
    if (held !== undefined && held.until > now && held.holder !== holder && !take) {
      return { held: false, holder: held.holder, note: held.note };
    }
    if (held === undefined && !this.#hasRoom(now)) {
      return undefined;
    }
    this.#leases.set(name, { holder, note, until: now + millis });
    return { held: true, holder, note };
  }

  /** Lets the lease go; nothing happens where somebody else holds it. */
  release(name: string, holder: string): void {
    if (this.#leases.get(name)?.holder === holder) {
      this.#leases.delete(name);
    }
  }

  #hasRoom(now: number): boolean {
    if (this.#leases.size >= mostLeases) {
      for (const [name, { until }] of this.#leases) {
        if (until <= now) {
          this.#leases.delete(name);
        }
      }
    }
    return this.#leases.size < mostLeases;
  }
}
