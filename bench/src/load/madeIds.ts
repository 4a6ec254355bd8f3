/**
 * Ids that look random and can be made again from a seed and a number, so that the process that checks what was stored needs no
 * list from the process that sent it.
 */
export function traceIdOf(seed: number, traceIndex: number): Buffer {
  return madeBytes(seed, traceIndex, { words: 4, salt: 0 });
}

/** No two spans of a seed share one: `mix` gives every number another word. */
export function spanIdOf(seed: number, spanIndex: number): Buffer {
  return madeBytes(seed, spanIndex, { words: 2, salt: 16 });
}

/** As an app makes one for each piece of work: as little to compress as a random one. */
export function requestIdOf(seed: number, spanIndex: number): Buffer {
  return madeBytes(seed, spanIndex, { words: 4, salt: 32 });
}

function madeBytes(seed: number, index: number, { words, salt }: { words: number; salt: number }): Buffer {
  const bytes = Buffer.allocUnsafe(words * 4);
  for (let word = 0; word < words; word += 1) {
    bytes.writeUInt32BE(mix(seed, index, salt + word), word * 4);
  }
  return bytes;
}

/** A 32-bit hash of three numbers (the finalizer of MurmurHash3, public domain, over a sum). */
export function mix(seed: number, index: number, salt: number): number {
  let hash = (Math.imul(seed, 0x9e3779b1) + Math.imul(index, 0x85ebca77) + Math.imul(salt + 1, 0xc2b2ae3d)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
