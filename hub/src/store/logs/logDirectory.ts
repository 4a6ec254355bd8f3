import type { DatabaseSync } from 'node:sqlite';
import { unpackParts, type ChunkPart } from './logChunk.ts';
import { groupMissing } from './logFailure.ts';
import { catalogKey, removedKey, type ChunkHeadRow } from './logSchema.ts';
import type { LogSnapshot } from './logSnapshot.ts';

/** A chunk as the reader knows it. Its events are numbered from `sequence` on, in the order they came. */
export interface ChunkHead {
  readonly id: number;
  readonly group: number;
  readonly sequence: number;
  readonly count: number;
  readonly size: number;
  readonly first: number;
  readonly last: number;
  readonly parts: readonly ChunkPart[];
  /** Numbers of the trace ids in it, see `traceNumber`. */
  readonly traces: Uint32Array;
}

export interface NamedGroup {
  readonly id: number;
  readonly name: string;
  readonly retentionDays: number | undefined;
}

export interface NamedStream {
  readonly group: number;
  readonly name: string;
}

/** Where events are, in the reader thread: what the writer had committed by the last `refresh`. */
export class LogDirectory {
  readonly #chunks = new Map<number, ChunkHead[]>();
  readonly #groups = new Map<string, NamedGroup>();
  readonly #streams = new Map<number, NamedStream>();
  #lastChunk = 0;
  #removed: unknown;
  #catalog: unknown;

  /** Another value after groups or streams came or went. */
  get version(): unknown {
    return this.#catalog;
  }

  /** Takes in what the snapshot has; each one has to be newer than the one before. */
  refresh(snapshot: LogSnapshot): void {
    const catalog = snapshot.meta(catalogKey);
    if (catalog !== this.#catalog) {
      this.#catalog = catalog;
      this.#loadNames(snapshot.database);
    }
    const removed = snapshot.meta(removedKey);
    if (removed !== this.#removed) {
      this.#removed = removed;
      this.#lastChunk = 0;
      this.#chunks.clear();
    }
    for (const row of snapshot.headsAfter(this.#lastChunk)) {
      this.#add(row);
    }
  }

  /** Throws `LogRefusal` where there is none. */
  group(name: string): NamedGroup {
    const group = this.#groups.get(name);
    if (group === undefined) {
      throw groupMissing();
    }
    return group;
  }

  get groups(): readonly NamedGroup[] {
    return [...this.#groups.values()];
  }

  stream(id: number): NamedStream | undefined {
    return this.#streams.get(id);
  }

  hasStream(group: number, name: string): boolean {
    return [...this.#streams.values()].some((stream) => stream.group === group && stream.name === name);
  }

  /** In the order of their sequence numbers. */
  chunksOf(group: number): readonly ChunkHead[] {
    return this.#chunks.get(group) ?? [];
  }

  #add({ id, grp, seq, size, parts: packed, traces }: ChunkHeadRow): void {
    const parts = unpackParts(packed);
    const chunk: ChunkHead = {
      id,
      group: grp,
      sequence: seq,
      size,
      count: parts.reduce((sum, { count }) => sum + count, 0),
      first: Math.min(...parts.map(({ first }) => first)),
      last: Math.max(...parts.map(({ last }) => last)),
      parts,
      traces: new Uint32Array(traces.slice().buffer),
    };
    this.#lastChunk = id;
    const chunks = this.#chunks.get(grp) ?? [];
    chunks.push(chunk);
    if ((chunks.at(-2)?.sequence ?? -1) > seq) {
      // One that was put together from older ones.
      chunks.sort((left, right) => left.sequence - right.sequence);
    }
    this.#chunks.set(grp, chunks);
  }

  #loadNames(database: DatabaseSync): void {
    this.#groups.clear();
    this.#streams.clear();
    const groups = database.prepare('select id, name, retention from log_group').all() as unknown as {
      id: number;
      name: string;
      retention: number | null;
    }[];
    for (const { id, name, retention } of groups) {
      this.#groups.set(name, { id, name, retentionDays: retention ?? undefined });
    }
    const streams = database.prepare('select id, grp, name from log_stream').all() as unknown as {
      id: number;
      grp: number;
      name: string;
    }[];
    for (const { id, grp, name } of streams) {
      this.#streams.set(id, { group: grp, name });
    }
  }
}
