/**
 * Looks for a few bytes in many, again and again: after a look at one place it goes on by as many as the byte there allows
 * (R. N. Horspool, "Practical fast searching in strings", 1980).
 */
export class ByteSearch {
  readonly #needle: Uint8Array;
  /** How far the end of the needle may move on from a byte. */
  readonly #steps = new Uint16Array(256);

  /** `needle` has at least one byte. */
  constructor(needle: Uint8Array) {
    this.#needle = needle;
    this.#steps.fill(Math.min(needle.length, 0xffff));
    for (let at = 0; at < needle.length - 1; at++) {
      this.#steps[needle[at] as number] = Math.min(needle.length - 1 - at, 0xffff);
    }
  }

  get length(): number {
    return this.#needle.length;
  }

  /** Where the needle lies first between `start` and `end`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const needle = this.#needle;
    const steps = this.#steps;
    const last = needle.length - 1;
    const lastByte = needle[last];
    let at = start + last;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte === lastByte) {
        let back = 1;
        while (back <= last && bytes[at - back] === needle[last - back]) {
          back++;
        }
        if (back > last) {
          return at - last;
        }
      }
      at += steps[byte] as number;
    }
    return -1;
  }
}
