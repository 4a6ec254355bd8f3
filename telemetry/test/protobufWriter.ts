const utf8 = new TextEncoder();

/** Writes protobuf's wire format for tests: every field as it is told, nothing left out or put in order. */
export class ProtobufWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** The message so far, in a buffer of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** A field of wire type 0; negative numbers take ten bytes, as int64 does. */
  varint(field: number, value: number | bigint | boolean): this {
    return this.#tag(field, 0).#rawVarint(BigInt.asUintN(64, BigInt(value)));
  }

  fixed64(field: number, value: bigint): this {
    this.#tag(field, 1).#reserve(8);
    new DataView(this.#bytes.buffer).setBigUint64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  double(field: number, value: number): this {
    this.#tag(field, 1).#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  fixed32(field: number, value: number): this {
    this.#tag(field, 5).#reserve(4);
    new DataView(this.#bytes.buffer).setUint32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, 2).#rawVarint(BigInt(value.length)).raw(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  message(field: number, write: (writer: ProtobufWriter) => void): this {
    const writer = new ProtobufWriter();
    write(writer);
    return this.bytes(field, writer.finish());
  }

  /** Bytes as they are, for what no writer would write. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  #tag(field: number, wireType: number): this {
    return this.#rawVarint(BigInt(field * 8 + wireType));
  }

  #rawVarint(value: bigint): this {
    this.#reserve(10);
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128;
    }
    this.#bytes[this.#length++] = Number(rest);
    return this;
  }

  #reserve(length: number): void {
    if (this.#length + length > this.#bytes.length) {
      const grown = new Uint8Array(2 * (this.#length + length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
  }
}

/** Bytes of hex text. */
export function hexBytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}
