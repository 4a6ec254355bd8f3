/**
 * 32-bit hashes over bytes. The index compares hashes where texts would take too much room; a hit is a candidate that the payload confirms.
 */

const multiplier = 0x9e3779b1;

/** The seed for texts, attribute values and interned ones alike: who has hashed a value can intern it without hashing it again. */
export const textSeed = 1;

/** Set by `hashBytes` once a text was not plain ASCII; whoever cares clears it. Looking at each byte again would cost as much as hashing. */
export const seen = { nonAscii: 0 };

let viewed: Uint8Array | undefined;
let view: DataView = new DataView(new ArrayBuffer(0));

/** The bytes as words. One view serves all texts of a payload: four bytes in one step are what makes scanning every attribute affordable. */
export function wordsOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    viewed = bytes;
  }
  return view;
}

/** Lets go of the bytes that were looked at last, which may be a whole payload. */
export function forgetBytes(): void {
  viewed = undefined;
  view = new DataView(new ArrayBuffer(0));
}

/** Hash of `bytes[from..to)`, as the index keeps it. */
export function hashBytes(bytes: Uint8Array, from: number, to: number, seed: number): number {
  return signedHash(bytes, from, to, seed) >>> 0;
}

/** The same 32 bits as a signed number: of the unsigned ones V8 makes an object where they are 2^31 or more. */
export function signedHash(bytes: Uint8Array, from: number, to: number, seed: number): number {
  const words = wordsOf(bytes);
  let hash = seed ^ (to - from);
  let at = from;
  let bits = 0;
  for (const last = to - 3; at < last; at += 4) {
    const word = words.getInt32(at, true);
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

/** Hash of two 32-bit words, signed. */
export function hashWords(a: number, b: number, seed: number): number {
  const hash = Math.imul(seed ^ a, multiplier);
  return finish(Math.imul(hash ^ (hash >>> 15) ^ b, multiplier));
}

function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
