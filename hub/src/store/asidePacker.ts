import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';
import { bodyBuffers, release } from './bodyBuffers.ts';
import { codec, joined, packing, partsOf, type PackedGroup } from './rawGroup.ts';
import type { Payload } from './telemetryStore.ts';

export interface PackedAside extends PackedGroup {
  /** In a buffer of its own, which can be transferred. */
  readonly body: Uint8Array<ArrayBuffer>;
}

const pieceBytes = 262_144;
/** A payload from this size on is compressed where it lies; smaller ones are put together first. */
const worthItsTurn = 524_288;

/**
 * Packs groups for whoever must not wait: libuv's threads compress. One stream serves all groups, a frame each, since making one costs
 * about as much as what else there is to do here.
 */
export class AsidePacker {
  #stream: ZstdCompress | undefined;
  /** Frames are made one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** The payloads may be given away once it has settled. */
  pack(payloads: readonly Payload[]): Promise<PackedAside> {
    const packed = this.#last.then(() => this.#pack(payloads));
    // Whoever asked for that group is told; the next one gets a new stream.
    this.#last = packed.catch(() => undefined);
    return packed;
  }

  async #pack(payloads: readonly Payload[]): Promise<PackedAside> {
    const { parts, length } = partsOf(payloads);
    // Each piece that goes in costs a turn of libuv's threads.
    const room = payloads.length > 1 && length < payloads.length * worthItsTurn ? bodyBuffers.take(length) : undefined;
    const stream = (this.#stream ??= createZstdCompress({ params: packing, chunkSize: pieceBytes }));
    try {
      const plain = room === undefined ? payloads.map(({ body }) => body) : [joined(payloads, length, room)];
      return { codec: codec.zstd, parts, body: inOne(await makeFrame(stream, plain)) };
    } catch (error) {
      this.#stream = undefined;
      stream.destroy();
      throw error;
    } finally {
      if (room !== undefined) {
        bodyBuffers.give(room.buffer);
      }
    }
  }
}

function makeFrame(stream: ZstdCompress, plain: readonly Uint8Array[]): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let isFlushed = false;
    const endIfWhole = (): void => {
      // What has come out may still wait in the stream.
      if (isFlushed && stream.readableLength === 0) {
        stream.off('data', take).off('error', reject);
        resolve(pieces);
      }
    };
    const take = (piece: Buffer): void => {
      pieces.push(piece);
      endIfWhole();
    };
    stream.on('data', take).once('error', reject);
    for (const bytes of plain) {
      stream.write(bytes);
    }
    stream.flush(constants.ZSTD_e_end, () => {
      isFlushed = true;
      endIfWhole();
    });
  });
}

/** The pieces in one buffer. They are parts of buffers that the stream fills one after the other. */
function inOne(pieces: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
    if (piece.byteOffset + piece.length === pieceBytes) {
      release(new Uint8Array(piece.buffer));
    }
  }
  return body;
}
