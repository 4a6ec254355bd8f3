/**
 * 32-bit hashes over bytes. The index compares hashes where texts would take too much room; a hit is a candidate that the payload confirms.
 */

const multiplier = 0x9e3779b1;

/** Set by `hashBytes` once a text was not plain ASCII; whoever cares clears it. Looking at each byte again would cost as much as hashing. */
export const seen = { nonAscii: 0 };

/** Hash of `bytes[from..to)`: four bytes a step, which is what makes scanning every attribute affordable. */
export function hashBytes(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed ^ (to - from);
  let at = from;
  let bits = 0;
  for (const last = to - 3; at < last; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    bits |= word;
    hash = Math.imul(hash ^ word, multiplier);
    hash ^= hash >>> 15;
  }
  for (; at < to; at += 1) {
    bits |= bytes[at] as number;
    hash = Math.imul(hash ^ (bytes[at] as number), multiplier);
  }
  seen.nonAscii |= bits & 0x8080_8080;
  return finish(hash);
}

/** Hash of two 32-bit words. */
export function hashWords(a: number, b: number, seed: number): number {
  const hash = Math.imul(seed ^ a, multiplier);
  return finish(Math.imul(hash ^ (hash >>> 15) ^ b, multiplier));
}

function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
