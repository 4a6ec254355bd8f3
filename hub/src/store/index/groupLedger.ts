const width = 5;

/** One raw group, and where its rows begin; they end where those of the next group begin. */
export interface LedgerEntry {
  readonly id: number;
  /** Bytes that it takes on disk. */
  readonly bytes: number;
  /** When it was received, in milliseconds since 1970. */
  readonly at: number;
  readonly firstRow: number;
  readonly firstLog: number;
}

/** The raw groups that retention has not passed yet, oldest first. Numbers only: a quiet hub makes a group per request. */
export class GroupLedger {
  #numbers = new Float64Array(1024 * width);
  #from = 0;
  #to = 0;

  get count(): number {
    return this.#to - this.#from;
  }

  add(entry: LedgerEntry): void {
    if (this.#to * width === this.#numbers.length) {
      this.#makeRoom();
    }
    const at = this.#to * width;
    this.#numbers[at] = entry.id;
    this.#numbers[at + 1] = entry.bytes;
    this.#numbers[at + 2] = entry.at;
    this.#numbers[at + 3] = entry.firstRow;
    this.#numbers[at + 4] = entry.firstLog;
    this.#to += 1;
  }

  /** The group at `index`, 0 being the oldest. */
  entry(index: number): LedgerEntry | undefined {
    if (index < 0 || index >= this.count) {
      return undefined;
    }
    const at = (this.#from + index) * width;
    const numbers = this.#numbers;
    return {
      id: numbers[at] as number,
      bytes: numbers[at + 1] as number,
      at: numbers[at + 2] as number,
      firstRow: numbers[at + 3] as number,
      firstLog: numbers[at + 4] as number,
    };
  }

  removeOldest(count: number): void {
    this.#from += Math.min(count, this.count);
  }

  #makeRoom(): void {
    const kept = this.#numbers.subarray(this.#from * width, this.#to * width);
    // Half empty: moving is enough.
    const room = kept.length * 2 <= this.#numbers.length ? this.#numbers.length : this.#numbers.length * 2;
    const numbers = new Float64Array(room);
    numbers.set(kept);
    this.#numbers = numbers;
    this.#to -= this.#from;
    this.#from = 0;
  }
}
