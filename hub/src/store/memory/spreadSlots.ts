import { HashSlots } from './hashSlots.ts';

/** High bits of a hash choose the table, low bits the place in it. */
const tableBits = 6;

/**
 * A large `HashSlots` in 64 parts. Each grows by itself, so that growing costs a moment now and then; of one table with half a million
 * numbers it costs 20 ms, for which every sender would wait.
 */
export class SpreadSlots {
  readonly #tables: readonly HashSlots[];

  constructor(capacity: number) {
    this.#tables = Array.from({ length: 1 << tableBits }, () => new HashSlots(capacity >> tableBits));
  }

  /** The part in which all numbers with this hash are. */
  partOf(hash: number): HashSlots {
    return this.#tables[hash >>> (32 - tableBits)] as HashSlots;
  }

  /** Adds a number. The caller knows that its key is not in the table. */
  add(hash: number, value: number): void {
    this.partOf(hash).add(hash, value);
  }

  /** Makes room for this many more at once. */
  reserve(more: number): void {
    for (const table of this.#tables) {
      table.reserve(Math.ceil(more / this.#tables.length));
    }
  }

  /** Removes exactly this number; does nothing where it is not stored. */
  remove(hash: number, value: number): void {
    this.partOf(hash).remove(hash, value);
  }
}
