import { compileGramTest } from './chunkGrams.ts';
import { compileMatcher, type EventMatcher } from './eventMatcher.ts';
import {
  comparePositions,
  type EventMarks,
  type EventPage,
  type EventPosition,
  type EventQuery,
  type StoredEvent,
} from './eventQuery.ts';
import type { ChunkEvents, ChunkPart } from './logChunk.ts';
import type { ChunkHead, LogDirectory, NamedGroup } from './logDirectory.ts';
import type { LogSource } from './logSource.ts';
import { traceNumber } from './logTraceIds.ts';

const dayMillis = 24 * 3_600_000;

/** The first events in the order asked for, up to the limit. Throws `LogRefusal` for a group that is not there and for a pattern that is none. */
export async function selectEvents(
  { directory, cache, snapshot }: LogSource,
  query: EventQuery,
  signal?: AbortSignal,
): Promise<EventPage> {
  const selection = new Selection(query);
  const matcher = compileMatcher(query.pattern, query.trace);
  const groups = new Map(groupsOf(directory, query).map((group) => [group.id, group]));
  const ranges = new Map(Array.from(groups, ([id, group]) => [id, rangeOf(query, group)]));
  const isWanted = streamTest(directory, query);
  const chunks = [...groups.keys()]
    .flatMap((id) => [...directory.chunksOf(id)])
    .filter((chunk) => couldHold(chunk, query, ranges.get(chunk.group) as TimeRange))
    .filter(({ parts }) => parts.some(({ stream }) => isWanted(stream)));
  const isOldestFirst = query.order === 'oldest first';
  chunks.sort((left, right) => (isOldestFirst ? left.first - right.first : right.last - left.last));
  const couldMatch = compileGramTest(matcher.literals);
  const canHave = ({ id }: ChunkHead): boolean => {
    const grams = matcher.literals.length === 0 ? undefined : snapshot.grams(id);
    return grams === undefined || couldMatch(grams);
  };
  const candidates = untilSatisfied(chunks, selection, isOldestFirst, canHave);
  for await (const { chunk, events } of cache.read(snapshot, candidates)) {
    signal?.throwIfAborted();
    const group = groups.get(chunk.group) as NamedGroup;
    takeFrom(chunk, events, {
      matcher,
      isWanted,
      range: ranges.get(chunk.group) as TimeRange,
      selection,
      directory,
      group,
      isPlacesOnly: query.isPlacesOnly === true,
    });
  }
  return selection.page();
}

interface TimeRange {
  readonly from: number;
  readonly to: number;
}

interface Wanted {
  readonly matcher: EventMatcher;
  readonly isWanted: (stream: number) => boolean;
  readonly range: TimeRange;
  readonly selection: Selection;
  readonly directory: LogDirectory;
  readonly group: NamedGroup;
  readonly isPlacesOnly: boolean;
}

/** Where every `every`th event lies, of at most the limit. Throws as `selectEvents` does. */
export async function markEvents(
  source: LogSource,
  query: EventQuery,
  every: number,
  signal?: AbortSignal,
): Promise<EventMarks> {
  const { events, hasMore } = await selectEvents(source, { ...query, isPlacesOnly: true }, signal);
  const last = events.length - 1;
  const marks = events.filter((_, at) => (at + 1) % every === 0 || at === last).map(({ position }) => position);
  return { marks, events: events.length, hasMore };
}

function takeFrom(chunk: ChunkHead, events: ChunkEvents, wanted: Wanted): void {
  const { matcher, isWanted, range, selection, directory, group, isPlacesOnly } = wanted;
  const { times, ends, text } = events;
  let partAt = 0;
  let part = chunk.parts[0] as ChunkPart;
  let partEnd = part.count;
  for (const at of matcher.find(events)) {
    while (at >= partEnd) {
      partAt += 1;
      part = chunk.parts[partAt] as ChunkPart;
      partEnd += part.count;
    }
    const time = times[at] as number;
    if (time < range.from || time > range.to || !isWanted(part.stream)) {
      continue;
    }
    const position = { time, group: chunk.group, sequence: chunk.sequence + at };
    if (selection.isOpenFor(position)) {
      const start = at === 0 ? 0 : (ends[at - 1] as number);
      const stream = directory.stream(part.stream)?.name ?? '';
      const message = isPlacesOnly ? '' : text.toString('utf8', start, ends[at]);
      selection.add({ group: group.name, stream, time, ingested: part.ingested, message, position });
    }
  }
}

/** Keeps the first events of those it is given, in the order asked for. */
class Selection {
  readonly #sign: 1 | -1;
  readonly #after: EventPosition | undefined;
  readonly #limit: number;
  readonly #maxBytes: number;
  #events: StoredEvent[] = [];
  #bytes = 0;
  #bound: EventPosition | undefined;
  #hasMore = false;

  constructor({ order, after, limit, maxBytes }: EventQuery) {
    this.#sign = order === 'oldest first' ? 1 : -1;
    this.#after = after;
    this.#limit = limit;
    this.#maxBytes = maxBytes;
  }

  /** The last event that there is room for, once the page is full. */
  get bound(): EventPosition | undefined {
    return this.#bound;
  }

  noteMore(): void {
    this.#hasMore = true;
  }

  isOpenFor(position: EventPosition): boolean {
    if (this.#after !== undefined && this.#sign * comparePositions(position, this.#after) <= 0) {
      return false;
    }
    if (this.#bound !== undefined && this.#sign * comparePositions(position, this.#bound) > 0) {
      this.#hasMore = true;
      return false;
    }
    return true;
  }

  add(event: StoredEvent): void {
    this.#events.push(event);
    this.#bytes += event.message.length;
    // Now and then rather than each time: it sorts.
    if (this.#events.length >= this.#limit * 2 || this.#bytes > this.#maxBytes * 2) {
      this.#cut();
    }
  }

  page(): EventPage {
    this.#cut();
    return { events: this.#events, hasMore: this.#hasMore };
  }

  #cut(): void {
    const sorted = this.#events.toSorted((left, right) => this.#sign * comparePositions(left.position, right.position));
    let bytes = 0;
    let count = 0;
    for (const { message } of sorted) {
      if (count >= this.#limit || (count > 0 && bytes + message.length > this.#maxBytes)) {
        break;
      }
      bytes += message.length;
      count += 1;
    }
    if (count < sorted.length || count === this.#limit) {
      this.#bound = sorted[count - 1]?.position;
    }
    this.#hasMore ||= count < sorted.length;
    this.#events = sorted.slice(0, count);
    this.#bytes = bytes;
  }
}

/** The chunks that can have an event that matches, until the rest can hold nothing that comes before the last event of a full page. */
function* untilSatisfied(
  chunks: readonly ChunkHead[],
  selection: Selection,
  isOldestFirst: boolean,
  canHave: (chunk: ChunkHead) => boolean,
): Generator<ChunkHead> {
  for (const chunk of chunks) {
    if (!canHave(chunk)) {
      continue;
    }
    const { bound } = selection;
    if (bound !== undefined && (isOldestFirst ? chunk.first > bound.time : chunk.last < bound.time)) {
      selection.noteMore();
      return;
    }
    yield chunk;
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
