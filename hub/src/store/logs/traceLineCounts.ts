import type { ChunkEvents } from './logChunk.ts';
import type { ChunkHead, LogDirectory } from './logDirectory.ts';
import type { LogSource } from './logSource.ts';
import { indexTraceIds, traceNumber } from './logTraceIds.ts';

/** Chunks whose counts are kept: enough for a million lines. */
const keptChunks = 2_000;

export interface TraceLineQuestion {
  readonly traces: readonly string[];
  readonly since: number;
}

/** Counts the lines of traces. A chunk is read for this once, however often its traces are asked for. */
export class TraceLineCounts {
  /** By chunk, how many lines have each number of a trace (`traceNumber`). */
  readonly #chunks = new Map<number, ReadonlyMap<number, number>>();
  /** What the streams were when the counts were made: the lines of one that is no more do not count. */
  #streams: unknown;

  /**
   * How many lines carry each of these trace ids (32 hex digits). Chunks that end before `since`, in milliseconds since the Unix epoch, are left out: a
   * request's lines are not older than it is. Rejects with the signal's reason.
   */
  async count(
    { directory, cache, snapshot }: LogSource,
    { traces, since }: TraceLineQuestion,
    signal?: AbortSignal,
  ): Promise<number[]> {
    if (this.#streams !== directory.version) {
      this.#streams = directory.version;
      this.#chunks.clear();
    }
    const wanted = new Set(traces.map(traceNumber));
    const chunks = directory.groups
      .flatMap(({ id }) => directory.chunksOf(id))
      .filter(({ last, traces: numbers }) => last >= since && numbers.some((number) => wanted.has(number)));
    const unread = chunks.filter(({ id }) => !this.#chunks.has(id));
    for await (const { chunk, events } of cache.read(snapshot, unread)) {
      signal?.throwIfAborted();
      this.#keep(chunk.id, countsIn(chunk, events, directory));
    }
    const known = chunks.map(({ id }) => this.#chunks.get(id));
    return traces.map((trace) => {
      const number = traceNumber(trace);
      return known.reduce((sum, counts) => sum + (counts?.get(number) ?? 0), 0);
    });
  }

  #keep(chunk: number, counts: ReadonlyMap<number, number>): void {
    this.#chunks.set(chunk, counts);
    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= keptChunks) {
        break;
      }
      this.#chunks.delete(oldest);
    }
  }
}

function countsIn({ parts }: ChunkHead, { ends, text }: ChunkEvents, directory: LogDirectory): Map<number, number> {
  const counts = new Map<number, number>();
  const numbers = new Set<number>();
  let at = 0;
  for (const { stream, count } of parts) {
    const isKept = directory.stream(stream) !== undefined;
    for (const end = at + count; at < end; at += 1) {
      if (isKept) {
        numbers.clear();
        indexTraceIds(text, at === 0 ? 0 : (ends[at - 1] as number), ends[at] as number, numbers);
        numbers.forEach((number) => counts.set(number, (counts.get(number) ?? 0) + 1));
      }
    }
  }
  return counts;
}
