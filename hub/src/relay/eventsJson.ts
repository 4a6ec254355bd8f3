import { release } from '../store/bodyBuffers.ts';

const opening = Buffer.from('{"timestamp":');
const middle = Buffer.from(',"message":"');
/** What an event takes beside its message: the two above, the longest number, and `"},`. */
const eventRoom = opening.length + middle.length + 27;
const quote = 0x22;
const backslash = 0x5c;
const firstPlain = 0x20;
const controlBytes = '\\u0000'.length;

/** How a byte of UTF-8 goes into a JSON text (RFC 8259, section 7): as it is, behind a backslash, or as `\u00..`. */
const plain = 0;
const control = 2;
const kinds = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < firstPlain ? control : byte === quote || byte === backslash ? 1 : plain,
);
const hex = Buffer.from('0123456789abcdef');

/**
 * The JSON of `logEvents`, made from messages as they lie in the store, UTF-8 that is never decoded. Its memory serves one batch after the
 * other.
 */
export class EventsJson {
  #bytes = Buffer.alloc(0);
  #length = 0;

  /** Begins anew, with room for about so many bytes; what `finish` gave before is overwritten. */
  begin(room: number): void {
    this.#length = 0;
    this.#reserve(room);
    this.#bytes[this.#length++] = 0x5b;
  }

  /** Gives the memory back; what `finish` gave is gone. */
  clear(): void {
    release(this.#bytes);
    this.#bytes = Buffer.alloc(0);
  }

  /** Adds an event whose message lies in `text` between `from` and `to`. */
  add(timestamp: number, text: Uint8Array, from: number, to: number): void {
    if (this.#length > 1) {
      this.#bytes[this.#length++] = 0x2c;
    }
    this.#reserve((to - from) * 2);
    this.#append(opening);
    this.#length += this.#bytes.write(String(timestamp), this.#length, 'latin1');
    this.#append(middle);
    this.#addEscaped(text, from, to);
    this.#bytes[this.#length++] = quote;
    this.#bytes[this.#length++] = 0x7d;
  }

  /** The whole array; good until `begin`. */
  finish(): Buffer {
    this.#reserve(0);
    this.#bytes[this.#length++] = 0x5d;
    return this.#bytes.subarray(0, this.#length);
  }

  #addEscaped(text: Uint8Array, from: number, to: number): void {
    let bytes = this.#bytes;
    let at = this.#length;
    for (let each = from; each < to; each += 1) {
      const byte = text[each] as number;
      const kind = kinds[byte] as number;
      if (kind === control) {
        // It takes more than the two bytes that there is room for.
        this.#length = at;
        this.#reserve(controlBytes + (to - each) * 2);
        bytes = this.#bytes;
        at += bytes.write('\\u00', at, 'latin1');
        bytes[at++] = hex[byte >> 4] as number;
        bytes[at++] = hex[byte & 15] as number;
      } else {
        // No branch: there is a quotation mark in every few bytes of a structured line, at places that no processor can foretell.
        bytes[at] = backslash;
        at += kind;
        bytes[at] = byte;
        at += 1;
      }
    }
    this.#length = at;
  }

  #append(part: Uint8Array): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let each = 0; each < part.length; each += 1) {
      bytes[at] = part[each] as number;
      at += 1;
    }
    this.#length = at;
  }

  /** Makes room for so many bytes and what an event takes beside its message. */
  #reserve(bytes: number): void {
    const needed = this.#length + bytes + eventRoom;
    if (needed > this.#bytes.length) {
      const before = this.#bytes;
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(needed, before.length * 2));
      before.copy(this.#bytes, 0, 0, this.#length);
      release(before);
    }
  }
}
