const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const letterE = 0x65;
const letterU = 0x75;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** 1 for every byte that a string may hold as it is; not so the NUL behind the document, which therefore ends every loop. */
const plainInText = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== quote && byte !== backslash ? 1 : 0,
);
const isSpace = tableOf(' \t\n\r');
const isEscapable = tableOf('"\\/bfnrt');
/** Values of hex digits, 0xff for every other byte. */
const hexValues = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? 0xff : value;
});
const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Values nested deeper than this are left to the decoder. */
const maxDepth = 64;

/**
 * Thrown where a document is left to the decoder, from any depth of it. It is made once and tells nothing: making one for each document
 * would cost more than reading it.
 */
export class LeftToDecoder extends Error {}
const leftToDecoder = new LeftToDecoder('left to the decoder');

/** Leaves the document to the decoder. */
export function giveUp(): never {
  throw leftToDecoder;
}

/**
 * Reads a JSON document in UTF-8 byte by byte without making a string or an object. What is not JSON is given up, and so are some things
 * that are.
 *
 * Invariant: a NUL follows the document in `bytes`.
 */
export class JsonCursor {
  bytes: Uint8Array;
  pos = 0;
  /** The text between the quotes of the string read last. */
  from = 0;
  to = 0;
  /** Whether that text holds an escape, so that its bytes are not those of the text. */
  isEscaped = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The first byte of what comes next, which is not passed. */
  next(): number {
    let byte = this.bytes[this.pos] as number;
    while (isSpace[byte] === 1) {
      this.pos += 1;
      byte = this.bytes[this.pos] as number;
    }
    return byte;
  }

  /** Enters an object; answers whether it has a field, whose key is then read. */
  firstKey(): boolean {
    return this.#enter(openBrace, closeBrace) && this.#key();
  }

  /** Passes to the next field of the object, whose key is then read; false behind its last. */
  nextKey(): boolean {
    return this.#pass(closeBrace) && this.#key();
  }

  /** Enters an array; answers whether it has an item. */
  firstItem(): boolean {
    return this.#enter(openBracket, closeBracket);
  }

  nextItem(): boolean {
    return this.#pass(closeBracket);
  }

  /** Reads a string into `from`, `to` and `isEscaped`. */
  string(): void {
    if (this.next() !== quote) {
      giveUp();
    }
    const { bytes } = this;
    let at = this.pos + 1;
    this.from = at;
    this.isEscaped = false;
    for (;;) {
      while (plainInText[bytes[at] as number] === 1) {
        at += 1;
      }
      if (bytes[at] === quote) {
        break;
      }
      at = this.#passEscape(at);
    }
    this.to = at;
    this.pos = at + 1;
  }

  /** Reads a string whose bytes are those of its text. */
  plainString(): void {
    this.string();
    if (this.isEscaped) {
      giveUp();
    }
  }

  /** Reads `true` or `false`; gives up on anything else. */
  flag(): boolean {
    if (this.next() === 0x74) {
      this.#word('true');
      return true;
    }
    this.#word('false');
    return false;
  }

  /** Reads a number: the very double that JSON.parse makes of it. */
  number(): number {
    const first = this.next();
    const start = this.pos;
    if (first === minus) {
      this.pos += 1;
    }
    const wholeFrom = this.pos;
    const whole = this.#digits();
    const wholeDigits = this.pos - wholeFrom;
    if (wholeDigits > 1 && this.bytes[wholeFrom] === zero) {
      giveUp();
    }
    let fraction = 0;
    let places = 0;
    if (this.bytes[this.pos] === point) {
      this.pos += 1;
      const from = this.pos;
      fraction = this.#digits();
      places = this.pos - from;
    }
    if (((this.bytes[this.pos] as number) | 0x20) === letterE) {
      this.#passExponent();
      return this.#slowNumber(start);
    }
    const value = exactSum(whole, wholeDigits, fraction, places);
    if (Number.isNaN(value)) {
      return this.#slowNumber(start);
    }
    return first === minus ? -value : value;
  }

  /** Passes a value of any kind. */
  skip(depth = 0): void {
    switch (this.next()) {
      case quote:
        this.string();
        return;
      case openBrace:
        this.#checkDepth(depth);
        for (let more = this.firstKey(); more; more = this.nextKey()) {
          this.skip(depth + 1);
        }
        return;
      case openBracket:
        this.#checkDepth(depth);
        for (let more = this.firstItem(); more; more = this.nextItem()) {
          this.skip(depth + 1);
        }
        return;
      case 0x74:
      case 0x66:
        this.flag();
        return;
      case 0x6e:
        this.#word('null');
        return;
      default:
        this.number();
    }
  }

  /** Eight hex digits at `at` as one number. */
  hexWord(at: number): number {
    const { bytes } = this;
    let word = 0;
    let all = 0;
    for (let digit = at; digit < at + 8; digit += 1) {
      const value = hexValues[bytes[digit] as number] as number;
      all |= value;
      word = (word << 4) | value;
    }
    if (all > 15) {
      giveUp();
    }
    return word >>> 0;
  }

  #checkDepth(depth: number): void {
    if (depth >= maxDepth) {
      giveUp();
    }
  }

  #enter(open: number, close: number): boolean {
    if (this.next() !== open) {
      giveUp();
    }
    this.pos += 1;
    if (this.next() !== close) {
      return true;
    }
    this.pos += 1;
    return false;
  }

  #pass(close: number): boolean {
    const byte = this.next();
    if (byte !== comma && byte !== close) {
      giveUp();
    }
    this.pos += 1;
    return byte === comma;
  }

  #key(): true {
    this.string();
    if (this.next() !== colon) {
      giveUp();
    }
    this.pos += 1;
    return true;
  }

  #passEscape(at: number): number {
    const { bytes } = this;
    if (bytes[at] !== backslash) {
      giveUp();
    }
    this.isEscaped = true;
    const letter = bytes[at + 1] as number;
    if (isEscapable[letter] === 1) {
      return at + 2;
    }
    for (let digit = at + 2; digit < at + 6; digit += 1) {
      if (letter !== letterU || hexValues[bytes[digit] as number] === 0xff) {
        giveUp();
      }
    }
    return at + 6;
  }

  /** Reads at least one digit. Of many digits the sum is not exact; `exactSum` then asks for the slow way. */
  #digits(): number {
    const { bytes } = this;
    let at = this.pos;
    let sum = 0;
    for (let digit = (bytes[at] as number) - zero; digit >= 0 && digit <= 9; digit = (bytes[at] as number) - zero) {
      sum = sum * 10 + digit;
      at += 1;
    }
    if (at === this.pos) {
      giveUp();
    }
    this.pos = at;
    return sum;
  }

  #passExponent(): void {
    this.pos += 1;
    const sign = this.bytes[this.pos];
    if (sign === minus || sign === 0x2b) {
      this.pos += 1;
    }
    this.#digits();
  }

  #slowNumber(start: number): number {
    const { buffer, byteOffset } = this.bytes;
    return Number(Buffer.from(buffer, byteOffset + start, this.pos - start).toString('latin1'));
  }

  #word(word: string): void {
    for (let at = 0; at < word.length; at += 1) {
      if (this.bytes[this.pos + at] !== word.charCodeAt(at)) {
        giveUp();
      }
    }
    this.pos += word.length;
  }
}

/**
 * The double nearest to `whole` + `fraction` / 10^`places`; NaN where that takes more than doubles.
 *
 * Up to 15 digits in all one division of exact numbers rounds once (Clinger, "How to read floating point numbers accurately"). A time in
 * seconds has more, but its fraction has at most nine: from 2^30 on such a sum lies at least 10^-9 * 2^-23 from the middle between two
 * doubles or in it, and the division is off by less than 2^-54, so the addition rounds to the right side.
 */
function exactSum(whole: number, wholeDigits: number, fraction: number, places: number): number {
  if (wholeDigits + places <= 15) {
    const scale = powersOfTen[places] as number;
    return places === 0 ? whole : (whole * scale + fraction) / scale;
  }
  return places <= 9 && wholeDigits <= 15 && whole >= 2 ** 30
    ? whole + fraction / (powersOfTen[places] as number)
    : Number.NaN;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) {
    table[character.charCodeAt(0)] = 1;
  }
  return table;
}
