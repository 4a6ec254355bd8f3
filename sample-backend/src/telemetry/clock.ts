/**
 * Wall-clock milliseconds with microseconds behind the point. `Date.now()` alone would give every short subsegment a length of zero;
 * `performance` alone stands still while a laptop sleeps, so the difference between the two is taken anew when they have drifted apart.
 */
export class PreciseClock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #offset: number;

  constructor(wall: () => number = () => Date.now(), monotonic: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#offset = wall() - monotonic();
  }

  now(): number {
    const precise = this.#monotonic() + this.#offset;
    const wall = this.#wall();
    if (Math.abs(wall - precise) <= toleratedDrift) {
      return precise;
    }
    this.#offset = wall - this.#monotonic();
    return wall;
  }
}

/** Milliseconds. */
const toleratedDrift = 20;
