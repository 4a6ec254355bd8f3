import { toHex } from './hex.ts';
import { parseAscii, parseUtf8, toUtf8 } from './utf8.ts';

/** The low three bits of a tag (protobuf.dev, "Encoding"). */
export const wireType = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** Up to this length eight characters at a time beat a call of TextDecoder. */
const shortText = 40;

/**
 * Reads protobuf's wire format in place: no copies, no objects a field, never throws.
 *
 * A message is read as `while ((tag = reader.nextTag()) !== 0) switch (tag) …`, a nested one between `enter` and `leave`. What does not
 * scan sets `failure` and moves `pos` to the end of the current message, so that every loop ends and the message around it goes on.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  /** The next byte to read. */
  pos: number;
  /** Where the message that is being read ends. Invariant: pos <= end <= bytes.length. */
  end: number;
  /** What went wrong first since `takeFailure`, in words for the sender. */
  failure: string | undefined;
  /** Set by `text` where bytes were not UTF-8. */
  hasBadText = false;
  /** A failure of `enter`, until `leave`. */
  #outerFailure: string | undefined;
  /** The halves of the varint read last, unsigned. */
  #low = 0;
  #high = 0;
  /** Texts that `repeatedText` gave, by a hash of their bytes. */
  readonly #seen: (string | undefined)[] = [];
  readonly #view: DataView;

  constructor(bytes: Uint8Array, pos = 0, end = bytes.length) {
    this.bytes = bytes;
    this.pos = pos;
    this.end = end;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next field's tag, `(number << 3) | wire type`; 0 at the end of the message and after a failure in it. */
  nextTag(): number {
    if (this.pos >= this.end) {
      return 0;
    }
    const tag = this.uint32();
    if (tag >>> 3 === 0) {
      this.fail('a field has the number 0');
      return 0;
    }
    return tag;
  }

  /** A varint of which the low 32 bits count, unsigned: tags, lengths, enums, counters. */
  uint32(): number {
    const byte = this.pos < this.end ? (this.bytes[this.pos] as number) : 0x80;
    if (byte < 0x80) {
      this.pos++;
      return byte;
    }
    this.#readVarint();
    return this.#low;
  }

  bool(): boolean {
    this.#readVarint();
    return (this.#low | this.#high) !== 0;
  }

  /** A signed 64-bit varint: a `number` where that is exact, else a `bigint`. */
  int64(): number | bigint {
    this.#readVarint();
    const value = (this.#high | 0) * 0x1_0000_0000 + this.#low;
    return Number.isSafeInteger(value) ? value : (BigInt(this.#high | 0) << 32n) | BigInt(this.#low);
  }

  /** Unsigned 32 bits, little-endian. */
  fixed32(): number {
    return this.#take(4) ? this.#view.getUint32(this.pos - 4, true) : 0;
  }

  /** Unsigned 64 bits, little-endian. */
  fixed64(): bigint {
    return this.#take(8) ? this.#view.getBigUint64(this.pos - 8, true) : 0n;
  }

  double(): number {
    return this.#take(8) ? this.#view.getFloat64(this.pos - 8, true) : 0;
  }

  /** The length of what follows, never beyond the end of the message. */
  length(): number {
    const length = this.uint32();
    if (length > this.end - this.pos) {
      this.fail('a length reaches beyond the end of its message');
      return 0;
    }
    return length;
  }

  /**
   * Steps into the message that follows. Hand the answer to `leave`. Where its length does not fit it is empty, `isCutOff` is true, and
   * the failure, which is one of the message around it, comes up again after `leave`.
   */
  enter(): number {
    const length = this.length();
    const outerEnd = this.end;
    this.end = this.pos + length;
    if (this.failure !== undefined && this.pos === outerEnd) {
      this.#outerFailure = this.takeFailure();
    }
    return outerEnd;
  }

  /** Whether the message that was entered has a length beyond the end of the one around it. */
  get isCutOff(): boolean {
    return this.#outerFailure !== undefined;
  }

  /** Steps out of a message, read or not, to the byte behind it. */
  leave(outerEnd: number): void {
    this.pos = this.end;
    this.end = outerEnd;
    if (this.#outerFailure !== undefined) {
      this.fail(this.#outerFailure);
      this.#outerFailure = undefined;
    }
  }

  /** A view of the bytes that follow, not a copy. */
  bytesField(): Uint8Array {
    const length = this.length();
    this.pos += length;
    return this.bytes.subarray(this.pos - length, this.pos);
  }

  /** The bytes that follow in lower-case hex. */
  hex(): string {
    const length = this.length();
    this.pos += length;
    return toHex(this.bytes, this.pos - length, this.pos);
  }

  /** Text; what is not UTF-8 becomes U+FFFD and sets `hasBadText`. */
  text(): string {
    const length = this.length();
    const start = this.pos;
    this.pos += length;
    const short = length <= shortText ? parseAscii(this.bytes, start, this.pos) : undefined;
    return short ?? this.#decode(this.bytes.subarray(start, this.pos));
  }

  /** Passes over a field's value, groups with all that they hold. */
  skip(tag: number): void {
    if ((tag & 7) === wireType.startGroup) {
      this.#skipGroup();
    } else {
      this.#skipValue(tag);
    }
  }

  /** Gives the current message up: the rest of it is passed over, and numbers read from it are zero. */
  fail(message: string): void {
    this.failure ??= message;
    this.pos = this.end;
    this.#low = 0;
    this.#high = 0;
  }

  /** The failure since the last call, if any; the reader is then good for the message around it. */
  takeFailure(): string | undefined {
    const failure = this.failure;
    this.failure = undefined;
    return failure;
  }

  /** Text that is likely to come again, such as an attribute's key: the same string object is given each time, which is cheaper. */
  repeatedText(): string {
    const start = this.pos;
    const length = this.length();
    if (length > shortText || length === 0) {
      this.pos = start;
      return this.text();
    }
    const slot = this.#slotOf(this.pos, length);
    const known = this.#seen[slot];
    if (known !== undefined && this.#isTextAt(known, length)) {
      this.pos += length;
      return known;
    }
    this.pos = start;
    const text = this.text();
    this.#seen[slot] = text;
    return text;
  }

  #slotOf(start: number, length: number): number {
    let hash = length;
    for (let at = start; at < start + length; at++) {
      hash = (Math.imul(hash, 31) + (this.bytes[at] as number)) | 0;
    }
    return hash & 0xff;
  }

  /** A text with anything but ASCII is never found again, as its code units are not its bytes. */
  #isTextAt(text: string, length: number): boolean {
    if (text.length !== length) {
      return false;
    }
    for (let at = 0; at < length; at++) {
      if (text.charCodeAt(at) !== this.bytes[this.pos + at]) {
        return false;
      }
    }
    return true;
  }

  #decode(bytes: Uint8Array): string {
    const text = parseUtf8(bytes);
    this.hasBadText ||= text === undefined;
    return text ?? toUtf8(bytes);
  }

  #skipValue(tag: number): void {
    switch (tag & 7) {
      case wireType.varint:
        this.#readVarint();
        break;
      case wireType.fixed64:
        this.#take(8);
        break;
      case wireType.bytes: {
        const length = this.length();
        this.pos += length;
        break;
      }
      case wireType.fixed32:
        this.#take(4);
        break;
      default:
        this.fail(`field ${tag >>> 3} has the wire type ${tag & 7}, which does not belong there`);
    }
  }

  /** Groups nest; a counter follows them, so that no depth of them costs stack. */
  #skipGroup(): void {
    for (let depth = 1; depth > 0;) {
      const tag = this.nextTag();
      if (tag === 0) {
        this.fail('a group has no end');
        return;
      }
      const type = tag & 7;
      if (type === wireType.startGroup) {
        depth++;
      } else if (type === wireType.endGroup) {
        depth--;
      } else {
        this.#skipValue(tag);
      }
    }
  }

  #take(length: number): boolean {
    if (length > this.end - this.pos) {
      this.fail('a number is cut off');
      return false;
    }
    this.pos += length;
    return true;
  }

  #readVarint(): void {
    this.#low = 0;
    this.#high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.pos >= this.end) {
        this.fail('a number is cut off');
        return;
      }
      const byte = this.bytes[this.pos++] as number;
      const bits = byte & 0x7f;
      if (shift < 28) {
        this.#low |= bits << shift;
      } else if (shift === 28) {
        this.#low |= bits << 28;
        this.#high = bits >>> 4;
      } else {
        this.#high |= bits << (shift - 32);
      }
      if (byte < 0x80) {
        this.#low >>>= 0;
        this.#high >>>= 0;
        return;
      }
    }
    this.fail('a number has more than ten bytes');
  }
}
