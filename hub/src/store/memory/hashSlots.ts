/**
 * An open-addressing table from a signed 32-bit hash to a number below 2^32 - 1. The keys stay where the numbers point: whoever looks for
 * one goes through the numbers that have its hash. Linear probing, at most three quarters full, removal by shifting back (no tombstones).
 */
export class HashSlots {
  /** A hash and its number plus one, side by side: looking for one is one miss of the cache. Zero for a number is an empty slot. */
  #entries: Int32Array;
  #mask: number;
  #size = 0;

  constructor(capacity = 1024) {
    this.#entries = new Int32Array(capacity * 2);
    this.#mask = capacity - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The place of the first number stored under `hash`, or -1. Places hold until something is added or removed. */
  first(hash: number): number {
    return this.#from(hash & this.#mask, hash);
  }

  /** The place of the next one after `place`, or -1. */
  next(place: number, hash: number): number {
    return this.#from((place + 1) & this.#mask, hash);
  }

  numberAt(place: number): number {
    return ((this.#entries[place * 2 + 1] as number) >>> 0) - 1;
  }

  /** Adds a number. The caller knows that its key is not in the table. */
  add(hash: number, value: number): void {
    if (this.#size >= (this.#mask + 1) * 0.75) {
      this.#resize((this.#mask + 1) * 2);
    }
    this.#size += 1;
    this.#put(hash, value + 1);
  }

  /** Makes room for this many more at once. */
  reserve(more: number): void {
    let capacity = this.#mask + 1;
    while (this.#size + more >= capacity * 0.75) {
      capacity *= 2;
    }
    if (capacity > this.#mask + 1) {
      this.#resize(capacity);
    }
  }

  /** Removes exactly this number; does nothing where it is not stored. */
  remove(hash: number, value: number): void {
    const entries = this.#entries;
    let hole = hash & this.#mask;
    while (this.numberAt(hole) !== value) {
      if (entries[hole * 2 + 1] === 0) {
        return;
      }
      hole = (hole + 1) & this.#mask;
    }
    this.#size -= 1;
    for (let slot = (hole + 1) & this.#mask; entries[slot * 2 + 1] !== 0; slot = (slot + 1) & this.#mask) {
      const home = (entries[slot * 2] as number) & this.#mask;
      // The entry may move back only if its home does not lie between the hole and itself.
      if (((slot - home) & this.#mask) >= ((slot - hole) & this.#mask)) {
        entries[hole * 2] = entries[slot * 2] as number;
        entries[hole * 2 + 1] = entries[slot * 2 + 1] as number;
        hole = slot;
      }
    }
    entries[hole * 2 + 1] = 0;
  }

  #from(start: number, hash: number): number {
    const entries = this.#entries;
    for (let slot = start; ; slot = (slot + 1) & this.#mask) {
      if (entries[slot * 2 + 1] === 0) {
        return -1;
      }
      if (entries[slot * 2] === hash) {
        return slot;
      }
    }
  }

  #put(hash: number, stored: number): void {
    const entries = this.#entries;
    let slot = hash & this.#mask;
    while (entries[slot * 2 + 1] !== 0) {
      slot = (slot + 1) & this.#mask;
    }
    entries[slot * 2] = hash;
    entries[slot * 2 + 1] = stored;
  }

  #resize(capacity: number): void {
    const old = this.#entries;
    this.#entries = new Int32Array(capacity * 2);
    this.#mask = capacity - 1;
    for (let at = 0; at < old.length; at += 2) {
      const stored = old[at + 1] as number;
      if (stored !== 0) {
        this.#put(old[at] as number, stored);
      }
    }
  }
}
