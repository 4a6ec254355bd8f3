/** Three bytes in a row are a gram; each sets one of so many bits. A seventh of them are set by a thousand log lines. */
const gramBits = 1 << 15;
/** A smaller chunk is read as soon as its grams, and it will be merged with others. */
const smallestIndexed = 128 * 1024;

/** One byte a gram, packed at the end: twice as fast as to read and write bits. Clear between two chunks. */
const seen = new Uint8Array(gramBits);

/**
 * Which grams the text of a chunk has: with these a search for a rare word leaves out the chunks that cannot have it, without reading
 * them. Nothing for a small chunk.
 */
export function gramsOf(text: Uint8Array): Uint8Array | undefined {
  if (text.length < smallestIndexed) {
    return undefined;
  }
  let gram = ((text[0] as number) << 8) | (text[1] as number);
  for (let at = 2; at < text.length; at += 1) {
    gram = ((gram << 8) | (text[at] as number)) & 0xffffff;
    seen[bitOf(gram)] = 1;
  }
  const bits = new Uint8Array(gramBits >> 3);
  for (let at = 0; at < gramBits; at += 1) {
    bits[at >> 3] = (bits[at >> 3] as number) | ((seen[at] as number) << (at & 7));
  }
  seen.fill(0);
  return bits;
}

/** Asks whether a text with these grams can have at least one literal of every group. Invariant: never no where it has. */
export function compileGramTest(groups: readonly (readonly Uint8Array[])[]): (bits: Uint8Array) => boolean {
  const needed = groups.map((literals) => literals.map(bitsOf));
  return (bits) => needed.every((literals) => literals.some((places) => places.every((at) => hasBit(bits, at))));
}

/** None for a literal of fewer than three bytes: it can be anywhere. */
function bitsOf(literal: Uint8Array): readonly number[] {
  return Array.from({ length: Math.max(0, literal.length - 2) }, (_, at) =>
    bitOf(((literal[at] as number) << 16) | ((literal[at + 1] as number) << 8) | (literal[at + 2] as number)),
  );
}

function hasBit(bits: Uint8Array, at: number): boolean {
  return (((bits[at >> 3] as number) >> (at & 7)) & 1) === 1;
}

/** Multiplied by the golden ratio, the upper bits: grams that differ in one letter fall far apart. */
function bitOf(gram: number): number {
  return Math.imul(gram, 0x9e3779b1) >>> 17;
}
