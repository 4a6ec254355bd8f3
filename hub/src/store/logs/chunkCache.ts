import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { viewEvents, type ChunkEvents } from './logChunk.ts';
import type { ChunkHead } from './logDirectory.ts';
import type { LogSnapshot } from './logSnapshot.ts';

const decompress = promisify(zstdDecompress);
/** Chunks that are decompressed at once, in the threads of the process's pool. */
const ahead = 4;
const keptBytes = 32 * 1024 * 1024;

/** Reads chunks, a few ahead, and keeps the last ones decompressed. */
export class ChunkCache {
  readonly #kept = new Map<number, ChunkEvents>();
  #bytes = 0;

  /** The events of the chunks, in that order. */
  async *read(
    snapshot: LogSnapshot,
    chunks: Iterable<ChunkHead>,
  ): AsyncGenerator<{ chunk: ChunkHead; events: ChunkEvents }> {
    const source = chunks[Symbol.iterator]();
    const waiting: { chunk: ChunkHead; events: Promise<ChunkEvents | undefined> }[] = [];
    const fill = (): void => {
      while (waiting.length < ahead) {
        const next = source.next();
        if (next.done === true) {
          return;
        }
        const events = this.#load(snapshot, next.value);
        // Awaited in its turn; when the reading ends before that, nobody asks.
        events.catch(() => undefined);
        waiting.push({ chunk: next.value, events });
      }
    };
    for (fill(); waiting.length > 0; fill()) {
      const { chunk, events: loading } = waiting.shift() as (typeof waiting)[number];
      const events = await loading;
      if (events !== undefined) {
        yield { chunk, events };
      }
    }
  }

  async #load(snapshot: LogSnapshot, chunk: ChunkHead): Promise<ChunkEvents | undefined> {
    const known = this.#kept.get(chunk.id);
    if (known !== undefined) {
      return known;
    }
    const body = snapshot.body(chunk.id);
    if (body === undefined) {
      return undefined;
    }
    // In one piece: zlib would put it together from many small ones.
    const plain = await decompress(body, { chunkSize: Math.max(1024, chunk.size + 64) });
    const events = viewEvents(plain, chunk.count);
    this.#keep(chunk, events);
    return events;
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
