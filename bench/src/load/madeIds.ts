/**
 * Ids that look random and can be made again from a seed and a number, so that the process that checks what was stored needs no
 * list from the process that sent it.
 */
export function traceIdOf(seed: number, traceIndex: number): Buffer {
  const id = Buffer.allocUnsafe(16);
  for (let word = 0; word < 4; word += 1) {
    id.writeUInt32BE(mix(seed, traceIndex, word), word * 4);
  }
  return id;
}

export function spanIdOf(seed: number, spanIndex: number): Buffer {
  const id = Buffer.allocUnsafe(8);
  id.writeUInt32BE(mix(seed, spanIndex, 7), 0);
  // The number itself is in the id, so no two spans of a seed share one.
  id.writeUInt32BE((spanIndex + 1) >>> 0, 4);
  return id;
}

/** A 32-bit hash of three numbers (the finalizer of MurmurHash3, public domain, over a sum). */
export function mix(seed: number, index: number, salt: number): number {
  let hash = (Math.imul(seed, 0x9e3779b1) + Math.imul(index, 0x85ebca77) + Math.imul(salt + 1, 0xc2b2ae3d)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
