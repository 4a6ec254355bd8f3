import type { DatabaseSync } from 'node:sqlite';
import type { LogCatalog, LogGroup } from './logCatalog.ts';
import { unpackParts, type ChunkPart } from './logChunk.ts';

/** What the writer has to know of a chunk to retire or merge it. */
export interface LedgerChunk {
  readonly id: number;
  readonly group: number;
  readonly sequence: number;
  readonly count: number;
  /** Bytes before compression. */
  readonly size: number;
  readonly bytesOnDisk: number;
  /** Milliseconds since the Unix epoch: of the newest event, and when the last batch came. */
  readonly last: number;
  readonly ingested: number;
}

const dayMillis = 24 * 3_600_000;
/** A small chunk is merged with its neighbours once there are many: a directory of a million chunks would be too much. */
const smallChunk = 128 * 1024;
const chunksToMerge = 64;
const largestMerge = 1024 * 1024;
const rowOverhead = 64;

/** All chunks, the oldest first. */
export class LogLedger {
  readonly #chunks = new Map<number, LedgerChunk>();
  /** The small chunks at the end of each group. */
  readonly #small = new Map<number, LedgerChunk[]>();
  #bytes = 0;
  #events = 0;

  constructor(database: DatabaseSync, catalog: LogCatalog) {
    const heads = database
      .prepare(
        `select id, grp, seq, size, parts, length(body) + length(parts) + length(traces) + ifnull(length(bits), 0) as bytes
         from log_chunk left join log_grams on chunk = id order by id`,
      )
      .iterate() as unknown as Iterable<{
      id: number;
      grp: number;
      seq: number;
      size: number;
      parts: Uint8Array;
      bytes: number;
    }>;
    for (const { id, grp, seq, size, parts: packed, bytes } of heads) {
      const parts = unpackParts(packed);
      this.add(toLedgerChunk({ id, group: grp, sequence: seq, size, bytes }, parts));
      for (const part of parts) {
        catalog.count(part);
      }
    }
  }

  get events(): number {
    return this.#events;
  }

  add(chunk: LedgerChunk): void {
    this.#chunks.set(chunk.id, chunk);
    this.#bytes += chunk.bytesOnDisk;
    this.#events += chunk.count;
    const small = this.#small.get(chunk.group) ?? [];
    const last = small.at(-1);
    if (chunk.size >= smallChunk) {
      this.#small.delete(chunk.group);
    } else if (last !== undefined && last.sequence + last.count === chunk.sequence) {
      small.push(chunk);
    } else {
      this.#small.set(chunk.group, [chunk]);
    }
  }

  remove(chunk: LedgerChunk): void {
    if (this.#chunks.delete(chunk.id)) {
      this.#bytes -= chunk.bytesOnDisk;
      this.#events -= chunk.count;
      const small = this.#small.get(chunk.group);
      if (small?.includes(chunk) === true) {
        this.#small.delete(chunk.group);
      }
    }
  }

  get chunks(): Iterable<LedgerChunk> {
    return this.#chunks.values();
  }

  /** Neighbours of one group that are better one chunk; the newest ones. */
  toMerge(group: number): readonly LedgerChunk[] {
    const small = this.#small.get(group) ?? [];
    if (small.length < chunksToMerge) {
      return [];
    }
    let size = 0;
    const from = small.findLastIndex((chunk) => (size += chunk.size) > largestMerge);
    return small.slice(from + 1);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Chunks that have to go: past the group's retention, past the store's age, or the oldest where there is too much. */
  expired(
    now: number,
    limits: { readonly maxBytes: number; readonly maxAgeMillis: number },
    groupOf: (id: number) => LogGroup | undefined,
  ): LedgerChunk[] {
    let excess = this.#bytes - limits.maxBytes;
    const expired: LedgerChunk[] = [];
    for (const chunk of this.#chunks.values()) {
      const retentionDays = groupOf(chunk.group)?.retentionDays;
      const isPastRetention = retentionDays !== undefined && chunk.last < now - retentionDays * dayMillis;
      if (excess > 0 || isPastRetention || chunk.ingested < now - limits.maxAgeMillis) {
        expired.push(chunk);
        excess -= chunk.bytesOnDisk;
      }
    }
    return expired;
  }
}

export function toLedgerChunk(
  chunk: { id: number; group: number; sequence: number; size: number; bytes: number },
  parts: readonly ChunkPart[],
): LedgerChunk {
  const { id, group, sequence, size, bytes } = chunk;
  return {
    id,
    group,
    sequence,
    size,
    bytesOnDisk: bytes + rowOverhead,
    count: parts.reduce((sum, { count }) => sum + count, 0),
    last: Math.max(...parts.map(({ last }) => last)),
    ingested: Math.max(...parts.map(({ ingested }) => ingested)),
  };
}
