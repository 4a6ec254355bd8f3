import { setImmediate as nextTurn } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';
import { viewEvents, type ChunkEvents } from './logChunk.ts';
import type { ChunkHead } from './logDirectory.ts';
import type { LogSnapshot } from './logSnapshot.ts';

const keptBytes = 32 * 1024 * 1024;
/** How long a search goes on before an abort and other questions are heard. */
const turnMillis = 10;

/**
 * Reads chunks, and keeps some of them decompressed.
 *
 * A search over more than there is room for keeps nothing: the chunks would drive each other out, and memory that is given back at once is
 * used again by the next chunk. It decompresses in its own thread: handing chunks to others costs more than it saves.
 */
export class ChunkCache {
  readonly #kept = new Map<number, ChunkEvents>();
  #bytes = 0;

  /** The events of the chunks, in that order. Each is there until the next is asked for: what is needed longer has to be copied. */
  async *read(
    snapshot: LogSnapshot,
    chunks: Iterable<ChunkHead>,
  ): AsyncGenerator<{ chunk: ChunkHead; events: ChunkEvents }> {
    let bytes = 0;
    let turnEnd = performance.now() + turnMillis;
    for (const chunk of chunks) {
      const known = this.#kept.get(chunk.id);
      const events = known ?? load(snapshot, chunk);
      if (events === undefined) {
        continue;
      }
      bytes += chunk.size;
      const isKept = known !== undefined || bytes <= keptBytes;
      if (isKept) {
        this.#keep(chunk, events);
      }
      yield { chunk, events };
      if (!isKept) {
        release(events);
      }
      if (performance.now() >= turnEnd) {
        await nextTurn();
        turnEnd = performance.now() + turnMillis;
      }
    }
  }

  forget(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }

  #keep(chunk: ChunkHead, events: ChunkEvents): void {
    if (this.#kept.has(chunk.id)) {
      return;
    }
    this.#kept.set(chunk.id, events);
    this.#bytes += events.text.length;
    for (const [id, { text }] of this.#kept) {
      if (this.#bytes <= keptBytes) {
        break;
      }
      this.#kept.delete(id);
      this.#bytes -= text.length;
    }
  }
}

function load(snapshot: LogSnapshot, { id, size, count }: ChunkHead): ChunkEvents | undefined {
  const body = snapshot.body(id);
  // In one piece: zlib would put it together from many small ones.
  return body && viewEvents(zstdDecompressSync(body, { chunkSize: Math.max(1024, size + 64) }), count);
}

/** Gives the memory back at once, rather than when the collector comes by. A small buffer may be a part of one that others use too. */
function release({ times: { buffer } }: ChunkEvents): void {
  if (buffer.byteLength > Buffer.poolSize) {
    (buffer as ArrayBuffer).transfer(0);
  }
}
