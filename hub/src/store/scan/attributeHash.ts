import { hashBytes, textSeed } from '../memory/hashBytes.ts';
import { valueType } from '../memory/segment.ts';

/**
 * One word for the value of an attribute. Equal values have equal words whichever protocol or encoding brought them, and a filter can
 * compute it from what a person typed: of a text the hash of its UTF-8 bytes, of a number a single-precision one whose words are in the
 * order of the numbers, so that `<` can be asked too. Arrays, maps, bytes and null are only "present".
 */
export const otherWord = 0;

/** Words of what is no finite number but has the type `odd`. */
export const oddWord = {
  flagTrue: 0xffff_ffff,
  flagFalse: 0xffff_fffe,
  notNumber: 0xffff_fffd,
  big: 0xffff_fffc,
} as const;

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

export function hashOfText(bytes: Uint8Array, from: number, to: number): number {
  return hashBytes(bytes, from, to, textSeed);
}

/** The word of a number: greater for a greater number, or the same where single precision cannot tell them apart. */
export function wordOfNumber(value: number): number {
  if (Number.isNaN(value)) {
    return oddWord.notNumber;
  }
  // Adding zero makes -0 and 0 the same.
  single[0] = value + 0;
  const word = bits[0] as number;
  return (word & 0x8000_0000) === 0 ? (word | 0x8000_0000) >>> 0 : ~word >>> 0;
}

/** Whether the word says all about the number. */
export function typeOfNumber(value: number): number {
  return Math.fround(value) === value ? valueType.number : valueType.odd;
}

export function wordOfFlag(value: boolean): number {
  return value ? oddWord.flagTrue : oddWord.flagFalse;
}
