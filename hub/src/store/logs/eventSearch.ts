import { compileGramTest } from './chunkGrams.ts';
import { compileMatcher, type EventMatcher } from './eventMatcher.ts';
import type { EventQuery } from './eventQuery.ts';
import type { ChunkEvents, ChunkPart } from './logChunk.ts';
import type { ChunkHead, LogDirectory, NamedGroup } from './logDirectory.ts';
import type { LogSnapshot } from './logSnapshot.ts';
import type { LogSource } from './logSource.ts';
import { traceNumber } from './logTraceIds.ts';

const dayMillis = 24 * 3_600_000;

interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** In which chunks the events of a query are, and which they are. Its constructor throws `LogRefusal` for a group that is not there and a pattern that is none. */
export class EventSearch {
  /** In the order asked for: by their first event, or by their last. */
  readonly chunks: readonly ChunkHead[];
  readonly #snapshot: LogSnapshot;
  readonly #matcher: EventMatcher;
  readonly #couldMatch: (bits: Uint8Array) => boolean;
  readonly #groups: ReadonlyMap<number, NamedGroup>;
  readonly #ranges: ReadonlyMap<number, TimeRange>;
  readonly #isWanted: (stream: number) => boolean;

  constructor({ directory, snapshot }: LogSource, query: EventQuery) {
    this.#snapshot = snapshot;
    this.#matcher = compileMatcher(query.pattern, query.trace);
    this.#couldMatch = compileGramTest(this.#matcher.literals);
    this.#groups = new Map(groupsOf(directory, query).map((group) => [group.id, group]));
    this.#ranges = new Map(Array.from(this.#groups, ([id, group]) => [id, rangeOf(query, group)]));
    this.#isWanted = streamTest(directory, query);
    const isOldestFirst = query.order === 'oldest first';
    this.chunks = [...this.#groups.keys()]
      .flatMap((id) => [...directory.chunksOf(id)])
      .filter((chunk) => couldHold(chunk, query, this.#rangeOf(chunk)))
      .filter(({ parts }) => parts.some(({ stream }) => this.#isWanted(stream)))
      .toSorted((left, right) => (isOldestFirst ? left.first - right.first : right.last - left.last));
  }

  /** Whether an event in the chunk can match, as far as that can be told without reading it. */
  canHave({ id }: ChunkHead): boolean {
    const grams = this.#matcher.literals.length === 0 ? undefined : this.#snapshot.grams(id);
    return grams === undefined || this.#couldMatch(grams);
  }

  groupOf({ group }: ChunkHead): NamedGroup {
    return this.#groups.get(group) as NamedGroup;
  }

  /** Calls back with each event of the chunk that matches, as they came: its time, its number in the chunk, and its part. */
  visit(chunk: ChunkHead, events: ChunkEvents, take: (time: number, at: number, part: ChunkPart) => void): void {
    const { from, to } = this.#rangeOf(chunk);
    let partAt = 0;
    let part = chunk.parts[0] as ChunkPart;
    let partEnd = part.count;
    for (const at of this.#matcher.find(events)) {
      while (at >= partEnd) {
        partAt += 1;
        part = chunk.parts[partAt] as ChunkPart;
        partEnd += part.count;
      }
      const time = events.times[at] as number;
      if (time >= from && time <= to && this.#isWanted(part.stream)) {
        take(time, at, part);
      }
    }
  }

  #rangeOf({ group }: ChunkHead): TimeRange {
    return this.#ranges.get(group) as TimeRange;
  }
}

function couldHold(chunk: ChunkHead, { trace, after, order }: EventQuery, { from, to }: TimeRange): boolean {
  if (chunk.last < from || chunk.first > to) {
    return false;
  }
  if (after !== undefined && (order === 'oldest first' ? chunk.last < after.time : chunk.first > after.time)) {
    return false;
  }
  return trace === undefined || chunk.traces.includes(traceNumber(trace));
}

function groupsOf(directory: LogDirectory, { groups }: EventQuery): readonly NamedGroup[] {
  return groups === undefined ? directory.groups : groups.map((name) => directory.group(name));
}

/** Events past the group's retention are not shown, even before they are removed. */
function rangeOf({ from = -Infinity, to = Infinity }: EventQuery, { retentionDays }: NamedGroup): TimeRange {
  const oldest = retentionDays === undefined ? -Infinity : Date.now() - retentionDays * dayMillis;
  return { from: Math.max(from, oldest), to };
}

/** Streams that are no more are not wanted either. */
function streamTest(directory: LogDirectory, { streams, streamPrefixes }: EventQuery): (stream: number) => boolean {
  const names = streams === undefined ? undefined : new Set(streams);
  const known = new Map<number, boolean>();
  const test = (id: number): boolean => {
    const name = directory.stream(id)?.name;
    return (
      name !== undefined &&
      (names === undefined || names.has(name)) &&
      (streamPrefixes === undefined || streamPrefixes.some((prefix) => name.startsWith(prefix)))
    );
  };
  return (id) => {
    let isWanted = known.get(id);
    if (isWanted === undefined) {
      isWanted = test(id);
      known.set(id, isWanted);
    }
    return isWanted;
  };
}
