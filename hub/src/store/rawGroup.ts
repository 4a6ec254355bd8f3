import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Payload, PayloadFormat, Receiver } from './telemetryStore.ts';

const formats: readonly PayloadFormat[] = [
  'otlp-traces-protobuf',
  'otlp-traces-json',
  'otlp-logs-protobuf',
  'otlp-logs-json',
  'xray-segment',
];
const receivers: readonly Receiver[] = ['xrayUdp', 'xrayTcp', 'otlpHttp', 'otlpGrpc', 'api', 'store'];

/** Bytes of one payload's entry in `parts`: format, receiver, length. */
const partBytes = 6;

/** How a body is packed; the numbers are stored. */
export const codec = { plain: 0, zstd: 1 } as const;
/**
 * More work than that makes spans hardly smaller: what takes room in them is ids. A window of 256 KB stays in a core's cache, which saves a
 * sixth of the work for as many bytes.
 */
export const packing = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_windowLog]: 18 };

/** Below this, zstd costs more than it saves. */
const worthCompressing = 256;

export interface PackedGroup {
  readonly codec: number;
  readonly parts: Uint8Array;
  readonly body: Uint8Array;
}

export interface StoredPayload {
  readonly format: PayloadFormat;
  readonly receiver: Receiver;
  readonly body: Uint8Array;
}

/** Room for the end of a frame: where output fills its buffer to the last byte, another one is begun. */
const endOfFrame = 64;

const largestChunk = 4_194_304;

/** From here on a group gets a buffer to itself, which can be given back, instead of a part of Node's shared pool. */
const worthOwning = 16_384;

/** Packs the payloads of one group commit into one row's columns. */
export class GroupPacker {
  #scratch = Buffer.allocUnsafeSlow(1_048_576);

  pack(payloads: readonly Payload[]): PackedGroup {
    const { parts, length } = partsOf(payloads);
    const plain = this.#concatenate(payloads, length);
    return length < worthCompressing
      ? { codec: codec.plain, parts, body: plain }
      : { codec: codec.zstd, parts, body: compress(plain) };
  }

  #concatenate(payloads: readonly Payload[], length: number): Uint8Array {
    // A group of one huge payload is copied nowhere; many small ones stay near the cap of a group.
    const target = length <= this.#scratch.length ? this.#scratch : undefined;
    return joined(payloads, length, target);
  }
}

/** What a group's payloads are, and how long they are together. */
export function partsOf(payloads: readonly Payload[]): { parts: Uint8Array; length: number } {
  const parts = Buffer.alloc(payloads.length * partBytes);
  let length = 0;
  for (const [index, { format, receiver, body }] of payloads.entries()) {
    parts[index * partBytes] = formats.indexOf(format);
    parts[index * partBytes + 1] = receivers.indexOf(receiver);
    parts.writeUInt32LE(body.length, index * partBytes + 2);
    length += body.length;
  }
  return { parts, length };
}

function compress(plain: Uint8Array): Uint8Array {
  // What is packed well comes out in one piece.
  const chunkSize = Math.min(Math.max(256, plain.length >> 2), largestChunk);
  return zstdCompressSync(plain, { params: packing, chunkSize });
}

/** The payloads one after the other; a single one as it is. */
export function joined(payloads: readonly Payload[], length: number, room?: Uint8Array): Uint8Array {
  const [only] = payloads;
  if (payloads.length === 1 && only !== undefined) {
    return only.body;
  }
  const target = room ?? Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const { body } of payloads) {
    target.set(body, at);
    at += body.length;
  }
  return target.subarray(0, length);
}

/** Whether a group, of which these are the `parts`, holds log records. */
export function hasLogPayload(parts: Uint8Array): boolean {
  for (let part = 0; part < parts.length; part += partBytes) {
    if (formats[parts[part] as number]?.startsWith('otlp-logs') === true) {
      return true;
    }
  }
  return false;
}

/** How many payloads of each format a group holds, of which these are the `parts`. */
export function countFormats(parts: Uint8Array): ReadonlyMap<PayloadFormat, number> {
  const counts = new Map<PayloadFormat, number>();
  for (let part = 0; part < parts.length; part += partBytes) {
    const format = formats[parts[part] as number];
    if (format !== undefined) {
      counts.set(format, (counts.get(format) ?? 0) + 1);
    }
  }
  return counts;
}

/** The payloads of a stored group; views of one buffer. Throws where the row is damaged. */
export function unpackGroup(packed: PackedGroup): StoredPayload[] {
  const parts = Buffer.from(packed.parts.buffer, packed.parts.byteOffset, packed.parts.byteLength);
  const bytes = packed.codec === codec.zstd ? decompress(packed.body, parts) : packed.body;
  const payloads: StoredPayload[] = [];
  let at = 0;
  for (let part = 0; part < parts.length; part += partBytes) {
    const format = formats[parts[part] as number];
    const receiver = receivers[parts[part + 1] as number];
    const end = at + parts.readUInt32LE(part + 2);
    if (format === undefined || receiver === undefined || end > bytes.length) {
      throw new Error('a stored group does not add up');
    }
    payloads.push({ format, receiver, body: bytes.subarray(at, end) });
    at = end;
  }
  return payloads;
}

/** In one buffer of the right size, where zlib's own would be many small ones and then a copy. */
function decompress(body: Uint8Array, parts: Buffer): Uint8Array {
  let length = 0;
  for (let part = 0; part + partBytes <= parts.length; part += partBytes) {
    length += parts.readUInt32LE(part + 2);
  }
  // What a damaged row claims must not decide how much memory is asked for.
  const room = Math.min(length, largestChunk) + endOfFrame;
  return zstdDecompressSync(body, { chunkSize: room < worthOwning ? room : Math.max(room, Buffer.poolSize >>> 1) });
}
