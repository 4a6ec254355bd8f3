/**
 * Wall-clock milliseconds with microseconds behind the point. `Date.now()` alone would give every short subsegment a length of zero;
 * `performance` alone stands still while a laptop sleeps, so the difference between the two is taken anew when they have drifted apart.
 * Never behind `Date.now()`, by which OpenTelemetry starts its spans: a segment does not begin before the server span above it.
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
    const wall = this.#wall();
    const monotonic = this.#monotonic();
    const isApart = monotonic + this.#offset < wall || monotonic + this.#offset > wall + toleratedDrift;
    if (isApart) {
      this.#offset = wall - monotonic;
    }
    return monotonic + this.#offset;
  }
}

/** Milliseconds. */
const toleratedDrift = 20;
