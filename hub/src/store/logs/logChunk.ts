import { constants, zstdCompressSync } from 'node:zlib';

/** One batch in a chunk: events of one stream that came together. */
export interface ChunkPart {
  readonly stream: number;
  readonly count: number;
  /** Milliseconds since the Unix epoch; the events of a batch are in the order of time. */
  readonly first: number;
  readonly last: number;
  readonly ingested: number;
  /** Bytes of the messages. */
  readonly bytes: number;
}

const partNumbers = 6;
const headBytes = 12;

export function packParts(parts: readonly ChunkPart[]): Uint8Array {
  const numbers = new Float64Array(parts.length * partNumbers);
  for (const [at, { stream, count, first, last, ingested, bytes }] of parts.entries()) {
    numbers.set([stream, count, first, last, ingested, bytes], at * partNumbers);
  }
  return new Uint8Array(numbers.buffer);
}

export function unpackParts(packed: Uint8Array): ChunkPart[] {
  const numbers = new Float64Array(packed.slice().buffer);
  return Array.from({ length: numbers.length / partNumbers }, (_, part) => {
    const [stream = 0, count = 0, first = 0, last = 0, ingested = 0, bytes = 0] = numbers.subarray(part * partNumbers);
    return { stream, count, first, last, ingested, bytes };
  });
}

/** The events of a chunk: of event `n`, the time, and the bytes of its message from `ends[n - 1]` to `ends[n]` of `text`. */
export interface ChunkEvents {
  readonly times: Float64Array;
  readonly ends: Uint32Array;
  readonly text: Buffer;
}

/** Bytes of a chunk's events before compression. */
export function plainSize(count: number, textBytes: number): number {
  return count * headBytes + textBytes;
}

export function packEvents({ times, ends, text }: ChunkEvents): Uint8Array {
  const plain = Buffer.concat([bytesOf(times), bytesOf(ends), text]);
  return zstdCompressSync(plain, {
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
    // Of one piece: zlib would put the result together from many small ones.
    chunkSize: Math.max(1024, plain.length >> 2),
  });
}

/** Views of the bytes that `packEvents` compressed. */
export function viewEvents(plain: Buffer, count: number): ChunkEvents {
  const aligned = plain.byteOffset % 8 === 0 ? plain : Buffer.from(new Uint8Array(plain).buffer);
  const { buffer, byteOffset, length } = aligned;
  return {
    times: new Float64Array(buffer, byteOffset, count),
    ends: new Uint32Array(buffer, byteOffset + count * 8, count),
    text: Buffer.from(buffer, byteOffset + count * headBytes, length - count * headBytes),
  };
}

function bytesOf(array: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
