/** Writes protobuf wire format into a buffer that it grows (protobuf.dev, "Encoding"). Only what OTLP bodies need. */
export class ProtobufWriter {
  #buffer = Buffer.allocUnsafeSlow(1 << 20);
  #length = 0;

  /** What has been written since the last `take`, as bytes of their own. */
  take(): Buffer {
    const bytes = Buffer.from(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    return bytes;
  }

  varint(field: number, value: number): void {
    this.#tag(field, 0);
    this.#number(value);
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, 1);
    this.#reserve(8);
    this.#length = this.#buffer.writeBigUInt64LE(value, this.#length);
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, 2);
    this.#number(value.length);
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** Text in ASCII, which is all that the generated bodies hold. */
  text(field: number, value: string): void {
    this.#tag(field, 2);
    this.#number(value.length);
    this.#reserve(value.length);
    this.#length += this.#buffer.write(value, this.#length, 'latin1');
  }

  message(field: number, write: () => void): void {
    this.#tag(field, 2);
    const start = this.#length;
    // Most messages here take a length of one or two bytes; the content is moved when the guess was wrong.
    const guess = 2;
    this.#reserve(guess);
    this.#length += guess;
    write();
    const size = this.#length - start - guess;
    const needed = varintSize(size);
    this.#reserve(needed);
    if (needed !== guess) {
      this.#buffer.copyWithin(start + needed, start + guess, start + guess + size);
    }
    this.#length = start;
    this.#number(size);
    this.#length += size;
  }

  #tag(field: number, wireType: number): void {
    this.#number(field * 8 + wireType);
  }

  #number(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) {
      return;
    }
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#length + more));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    size += 1;
  }
  return size;
}
