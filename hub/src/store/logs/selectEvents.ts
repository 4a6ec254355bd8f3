import {
  comparePositions,
  type EventPage,
  type EventPosition,
  type EventQuery,
  type StoredEvent,
} from './eventQuery.ts';
import { EventSearch } from './eventSearch.ts';
import type { ChunkHead } from './logDirectory.ts';
import type { LogSource } from './logSource.ts';

/** The first events in the order asked for, up to the limit. Throws `LogRefusal` for a group that is not there and for a pattern that is none. */
export async function selectEvents(source: LogSource, query: EventQuery, signal?: AbortSignal): Promise<EventPage> {
  const { cache, snapshot, directory } = source;
  const selection = new Selection(query);
  const search = new EventSearch(source, query);
  const candidates = untilSatisfied(search, selection, query.order === 'oldest first');
  for await (const { chunk, events } of cache.read(snapshot, candidates)) {
    signal?.throwIfAborted();
    const group = search.groupOf(chunk).name;
    const { ends, text } = events;
    search.visit(chunk, events, (time, at, part) => {
      const position = { time, group: chunk.group, sequence: chunk.sequence + at };
      if (selection.isOpenFor(position)) {
        const stream = directory.stream(part.stream)?.name ?? '';
        const message = text.toString('utf8', at === 0 ? 0 : ends[at - 1], ends[at]);
        selection.add({ group, stream, time, ingested: part.ingested, message, position });
      }
    });
  }
  return selection.page();
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
function* untilSatisfied(search: EventSearch, selection: Selection, isOldestFirst: boolean): Generator<ChunkHead> {
  for (const chunk of search.chunks) {
    if (!search.canHave(chunk)) {
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
