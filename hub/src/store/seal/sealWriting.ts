/** How long writing rests after a failure, and at most after many. */
const restMillis = { first: 100, longest: 10_000 };

export interface SealWritingParts {
  readonly isWaiting: () => boolean;
  /** Commits some of what waits; false where the database does not take it. */
  readonly commit: () => boolean;
}

/**
 * Writes seals while no groups come that could take them along: one small transaction a turn of the loop, so that groups go between.
 * What waits at the end is not written here.
 * A database that takes none is left alone for longer and longer: a disk stays full until a person has made room.
 */
export class SealWriting {
  readonly #parts: SealWritingParts;
  #turn: NodeJS.Immediate | undefined;
  #rest: NodeJS.Timeout | undefined;
  #restMillis = restMillis.first;
  #hasEnded = false;

  constructor(parts: SealWritingParts) {
    this.#parts = parts;
  }

  /** To be called when there is more to write. Does nothing while it is being written already, or after `end`. */
  begin(): void {
    if (this.#turn === undefined && this.#rest === undefined) {
      this.#next();
    }
  }

  end(): void {
    this.#hasEnded = true;
    clearImmediate(this.#turn);
    clearTimeout(this.#rest);
  }

  #next(): void {
    this.#turn = undefined;
    this.#rest = undefined;
    if (this.#hasEnded || !this.#parts.isWaiting()) {
      return;
    }
    if (this.#parts.commit()) {
      this.#restMillis = restMillis.first;
      this.#turn = setImmediate(() => this.#next());
    } else {
      this.#rest = setTimeout(() => this.#next(), this.#restMillis);
      this.#restMillis = Math.min(2 * this.#restMillis, restMillis.longest);
    }
  }
}
