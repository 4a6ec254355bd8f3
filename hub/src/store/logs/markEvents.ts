import { comparePositions, type EventMarks, type EventPosition, type EventQuery } from './eventQuery.ts';
import { EventSearch } from './eventSearch.ts';
import type { ChunkHead } from './logDirectory.ts';
import type { LogSource } from './logSource.ts';

/** Where every `every`th event lies, of at most the limit; of their messages nothing is read. Throws as `selectEvents` does. */
export async function markEvents(
  source: LogSource,
  query: EventQuery,
  every: number,
  signal?: AbortSignal,
): Promise<EventMarks> {
  const search = new EventSearch(source, query);
  const next = new Map(search.chunks.map((chunk, at) => [chunk.id, search.chunks[at + 1]]));
  const order = new PlaceOrder(query, every);
  const candidates = chunksOf(search, () => order.hasMore);
  for await (const { chunk, events } of source.cache.read(source.snapshot, candidates)) {
    signal?.throwIfAborted();
    search.visit(chunk, events, (time, at) => order.add({ time, group: chunk.group, sequence: chunk.sequence + at }));
    order.settle(next.get(chunk.id));
  }
  order.settle(undefined);
  return order.marks();
}

function* chunksOf(search: EventSearch, isDone: () => boolean): Generator<ChunkHead> {
  for (const chunk of search.chunks) {
    if (isDone()) {
      return;
    }
    if (search.canHave(chunk)) {
      yield chunk;
    }
  }
}

/** Puts the places of events in order as chunks come, and keeps every so many. */
class PlaceOrder {
  readonly #isOldestFirst: boolean;
  readonly #sign: 1 | -1;
  readonly #after: EventPosition | undefined;
  readonly #limit: number;
  readonly #every: number;
  readonly #marks: EventPosition[] = [];
  #open: EventPosition[] = [];
  #last: EventPosition | undefined;
  #count = 0;
  hasMore = false;

  constructor({ order, after, limit }: EventQuery, every: number) {
    this.#isOldestFirst = order === 'oldest first';
    this.#sign = this.#isOldestFirst ? 1 : -1;
    this.#after = after;
    this.#limit = limit;
    this.#every = every;
  }

  add(position: EventPosition): void {
    if (this.#after === undefined || this.#sign * comparePositions(position, this.#after) > 0) {
      this.#open.push(position);
    }
  }

  /** What comes before anything that the next chunk can have is in its place; all is, where no chunk follows. */
  settle(next: ChunkHead | undefined): void {
    // Runs of the same stream are in order already, which makes sorting cheap, the other way round too.
    this.#open.sort((left, right) => this.#sign * comparePositions(left, right));
    const end =
      next === undefined ? this.#open.length : this.#open.findIndex(({ time }) => !this.#isBefore(time, next));
    const settled = end === -1 ? this.#open.length : end;
    for (let at = 0; at < settled; at += 1) {
      this.#take(this.#open[at] as EventPosition);
    }
    this.#open = this.#open.slice(settled);
  }

  marks(): EventMarks {
    const isMarked = this.#last === undefined || this.#count % this.#every === 0;
    const marks = isMarked ? this.#marks : [...this.#marks, this.#last as EventPosition];
    return { marks, events: this.#count, hasMore: this.hasMore };
  }

  #isBefore(time: number, { first, last }: ChunkHead): boolean {
    return this.#isOldestFirst ? time < first : time > last;
  }

  #take(position: EventPosition): void {
    if (this.#count === this.#limit) {
      this.hasMore = true;
      return;
    }
    this.#count += 1;
    this.#last = position;
    if (this.#count % this.#every === 0) {
      this.#marks.push(position);
    }
  }
}
