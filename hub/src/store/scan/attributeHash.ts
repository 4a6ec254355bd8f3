import { hashBytes, hashWords, textSeed } from '../memory/hashBytes.ts';

/**
 * The hash of an attribute's value. Equal values have equal hashes whichever protocol or encoding brought them, and a filter can compute
 * it from what a person typed: texts by their UTF-8 bytes, numbers as doubles (an integer and a double of the same value are equal),
 * flags by themselves. Arrays, maps, bytes and null are only "present".
 */
const seeds = { number: 2, flag: 3, other: 4 } as const;

export const otherValueHash = hashWords(0, 0, seeds.other);

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

export function hashOfText(bytes: Uint8Array, from: number, to: number): number {
  return hashBytes(bytes, from, to, textSeed);
}

export function hashOfNumber(value: number): number {
  // Adding zero makes -0 and 0 the same.
  double[0] = value + 0;
  return hashWords(words[0] as number, words[1] as number, seeds.number);
}

export function hashOfFlag(value: boolean): number {
  return hashWords(value ? 1 : 0, 0, seeds.flag);
}
