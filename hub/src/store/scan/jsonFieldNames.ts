import { hashBytes } from '../memory/hashBytes.ts';

/** Finds the number of a name by the hash of its bytes, so that a key of a document is never made a string. */
export class JsonFieldNames {
  readonly #names: readonly Buffer[];
  /** Open addressing; 0 is an empty slot, else the name's number. */
  readonly #numbers: Uint8Array;
  readonly #mask: number;

  /** The number of `names[0]` is 1. */
  constructor(names: readonly string[]) {
    this.#names = names.map((name) => Buffer.from(name));
    this.#mask = 2 ** Math.ceil(Math.log2(names.length * 4)) - 1;
    this.#numbers = new Uint8Array(this.#mask + 1);
    for (const [index, name] of this.#names.entries()) {
      let slot = hashBytes(name, 0, name.length, 0) & this.#mask;
      while (this.#numbers[slot] !== 0) {
        slot = (slot + 1) & this.#mask;
      }
      this.#numbers[slot] = index + 1;
    }
  }

  /** The number of the name `bytes[from..to)`, whose `hashBytes` with seed 0 is `hash`; 0 where it is none of the names. */
  numberOf(hash: number, bytes: Uint8Array, from: number, to: number): number {
    let slot = hash & this.#mask;
    for (let number = this.#numbers[slot] as number; number !== 0; number = this.#numbers[slot] as number) {
      if (isSame(this.#names[number - 1] as Buffer, bytes, from, to)) {
        return number;
      }
      slot = (slot + 1) & this.#mask;
    }
    return 0;
  }
}

function isSame(name: Buffer, bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== name.length) {
    return false;
  }
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] !== bytes[from + at]) {
      return false;
    }
  }
  return true;
}
