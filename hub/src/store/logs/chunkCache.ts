import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { viewEvents, type ChunkEvents } from './logChunk.ts';
import type { ChunkHead } from './logDirectory.ts';
import type { LogSnapshot } from './logSnapshot.ts';

interface Loaded {
  readonly events: ChunkEvents;
  readonly isKept: boolean;
}

/** One search, and how much it has decompressed so far. */
interface Reading {
  readonly snapshot: LogSnapshot;
  bytes: number;
}

const decompress = promisify(zstdDecompress);
/** Chunks that are decompressed at once, in the threads of the process's pool. */
const ahead = 4;
const keptBytes = 32 * 1024 * 1024;

/**
 * Reads chunks, a few ahead, and keeps some of them decompressed.
 *
 * A search over more than there is room for keeps nothing: the chunks would drive each other out, and memory that is given back at once is
 * used again by the next chunk.
 */
export class ChunkCache {
  readonly #kept = new Map<number, ChunkEvents>();
  #bytes = 0;

  /** The events of the chunks, in that order. Each is there until the next is asked for: what is needed longer has to be copied. */
  async *read(
    snapshot: LogSnapshot,
    chunks: Iterable<ChunkHead>,
  ): AsyncGenerator<{ chunk: ChunkHead; events: ChunkEvents }> {
    const source = chunks[Symbol.iterator]();
    const waiting: { chunk: ChunkHead; loading: Promise<Loaded | undefined> }[] = [];
    const read: Reading = { snapshot, bytes: 0 };
    const fill = (): void => {
      while (waiting.length < ahead) {
        const next = source.next();
        if (next.done === true) {
          return;
        }
        const loading = this.#load(read, next.value);
        // Awaited in its turn; when the reading ends before that, nobody asks.
        loading.catch(() => undefined);
        waiting.push({ chunk: next.value, loading });
      }
    };
    for (fill(); waiting.length > 0; fill()) {
      const { chunk, loading } = waiting.shift() as (typeof waiting)[number];
      const loaded = await loading;
      if (loaded !== undefined) {
        yield { chunk, events: loaded.events };
        if (!loaded.isKept) {
          release(loaded.events);
        }
      }
    }
  }

  async #load(reading: Reading, chunk: ChunkHead): Promise<Loaded | undefined> {
    const known = this.#kept.get(chunk.id);
    if (known !== undefined) {
      return { events: known, isKept: true };
    }
    const body = reading.snapshot.body(chunk.id);
    if (body === undefined) {
      return undefined;
    }
    reading.bytes += chunk.size;
    const isKept = reading.bytes <= keptBytes;
    // In one piece: zlib would put it together from many small ones.
    const plain = await decompress(body, { chunkSize: Math.max(1024, chunk.size + 64) });
    const events = viewEvents(plain, chunk.count);
    if (isKept) {
      this.#keep(chunk, events);
    }
    return { events, isKept };
  }

  #keep(chunk: ChunkHead, events: ChunkEvents): void {
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

  forget(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }
}

/** Gives the memory back at once, rather than when the collector comes by. A small buffer may be a part of one that others use too. */
function release({ times: { buffer } }: ChunkEvents): void {
  if (buffer.byteLength > Buffer.poolSize) {
    (buffer as ArrayBuffer).transfer(0);
  }
}
