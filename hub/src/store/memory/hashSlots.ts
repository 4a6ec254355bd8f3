/**
 * An open-addressing table from a 32-bit hash to a number below 2^32 - 1. The keys stay where the numbers point: `isKey` decides whether
 * a number found under a hash is the one looked for. Linear probing, at most three quarters full, removal by shifting back (no tombstones).
 */
export class HashSlots {
  #hashes: Uint32Array;
  /** The number plus one; zero is an empty slot. */
  #values: Uint32Array;
  #mask: number;
  #size = 0;

  constructor(capacity = 1024) {
    this.#hashes = new Uint32Array(capacity);
    this.#values = new Uint32Array(capacity);
    this.#mask = capacity - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The number stored under `hash` that `isKey` accepts, or -1. */
  find(hash: number, isKey: (value: number) => boolean): number {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const value = this.#values[slot] as number;
      if (value === 0) {
        return -1;
      }
      if (this.#hashes[slot] === hash && isKey(value - 1)) {
        return value - 1;
      }
    }
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
    let hole = hash & this.#mask;
    while (this.#values[hole] !== value + 1) {
      if (this.#values[hole] === 0) {
        return;
      }
      hole = (hole + 1) & this.#mask;
    }
    this.#size -= 1;
    for (let slot = (hole + 1) & this.#mask; this.#values[slot] !== 0; slot = (slot + 1) & this.#mask) {
      const home = (this.#hashes[slot] as number) & this.#mask;
      // The entry may move back only if its home does not lie between the hole and itself.
      if (((slot - home) & this.#mask) >= ((slot - hole) & this.#mask)) {
        this.#hashes[hole] = this.#hashes[slot] as number;
        this.#values[hole] = this.#values[slot] as number;
        hole = slot;
      }
    }
    this.#values[hole] = 0;
  }

  #put(hash: number, stored: number): void {
    let slot = hash & this.#mask;
    while (this.#values[slot] !== 0) {
      slot = (slot + 1) & this.#mask;
    }
    this.#hashes[slot] = hash;
    this.#values[slot] = stored;
  }

  #resize(capacity: number): void {
    const hashes = this.#hashes;
    const values = this.#values;
    this.#hashes = new Uint32Array(capacity);
    this.#values = new Uint32Array(capacity);
    this.#mask = capacity - 1;
    for (let slot = 0; slot < values.length; slot += 1) {
      const stored = values[slot] as number;
      if (stored !== 0) {
        this.#put(hashes[slot] as number, stored);
      }
    }
  }
}
