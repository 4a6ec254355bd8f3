import type { LogRowJson } from '@sightline/hub/client/logsApi';
import type { RowCount } from '../contracts/logTable.ts';
import { largestLogPage, type LogEventQuery, type LogSource } from '../sources/logSource.ts';

/** A run of rows that were answered together, and how to ask for them again. */
interface Chunk {
  readonly start: number;
  readonly length: number;
  /** Absent for the newest. */
  readonly before: string | undefined;
}

/** The first answer is small, so that a table opens at once. */
export const firstChunk = 200;
/** Invariant: the rows of no more chunks than these are in memory; of the others only where they begin. */
const mostChunksHeld = 12;

/** From so many rows away the source is asked where pages begin, rather than for the pages. */
const farRows = 5 * largestLogPage;

/**
 * The lines of one choice as a list by index, newest first, over a source that can only be read page by page. Where each page begins is
 * noted on the way, so that going back asks for that page alone.
 */
export class LogTablePages {
  readonly #source: LogSource;
  readonly #query: Omit<LogEventQuery, 'before' | 'limit'>;
  /** How many rows there are to the knowledge of somebody else; a guide for the scroll bar until the end was seen. */
  #expected: number | undefined;
  readonly #chunks: Chunk[] = [];
  /** Where reading goes on behind the last chunk. */
  #rest: { readonly start: number; readonly before: string | undefined; readonly isEmpty: boolean } = {
    start: 0,
    before: undefined,
    isEmpty: false,
  };
  /** By start, the one used last at the end. */
  readonly #held = new Map<number, readonly LogRowJson[]>();
  #reading: Promise<unknown> = Promise.resolve();

  constructor(source: LogSource, query: Omit<LogEventQuery, 'before' | 'limit'>) {
    this.#source = source;
    this.#query = query;
  }

  /** Says how many rows there are, where somebody else has counted them. */
  expect(rows: number | undefined): void {
    this.#expected = rows;
  }

  get count(): RowCount {
    const { start, isEmpty } = this.#rest;
    return isEmpty
      ? { rows: start, isExact: true }
      : { rows: Math.max(start, this.#expected ?? 0), isExact: this.#expected !== undefined };
  }

  /** Rows from an index on, fewer at the end. Far ones take a question or two about those before them, once; a source without marks, one for every thousand. */
  async read(start: number, count: number, signal: AbortSignal): Promise<readonly LogRowJson[]> {
    const rows: LogRowJson[] = [];
    while (rows.length < count) {
      const chunk = await this.#chunkAt(start + rows.length, signal);
      if (chunk === undefined) {
        break;
      }
      const held = await this.#rowsOf(chunk, signal);
      const from = start + rows.length - chunk.start;
      // Lines that left the store meanwhile leave a page shorter than it was.
      const part = held.slice(from, from + count - rows.length);
      if (part.length === 0) {
        break;
      }
      rows.push(...part);
    }
    return rows;
  }

  /** All chunks from the newest to the oldest. */
  async *chunks(signal: AbortSignal): AsyncGenerator<readonly LogRowJson[]> {
    for (let start = 0; ;) {
      const chunk = await this.#chunkAt(start, signal);
      if (chunk === undefined) {
        return;
      }
      yield await this.#rowsOf(chunk, signal);
      start = chunk.start + chunk.length;
    }
  }

  /** The nearest row for which `test` holds, from an index on; `undefined` where there is none. */
  async find(
    from: number,
    direction: 'older' | 'newer',
    test: (row: LogRowJson) => boolean,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    for (let at = from; at >= 0;) {
      const chunk = await this.#chunkAt(at, signal);
      if (chunk === undefined) {
        return undefined;
      }
      const rows = await this.#rowsOf(chunk, signal);
      const inChunk = at - chunk.start;
      const found =
        direction === 'older'
          ? rows.findIndex((row, index) => index >= inChunk && test(row))
          : rows.findLastIndex((row, index) => index <= inChunk && test(row));
      if (found !== -1) {
        return chunk.start + found;
      }
      at = direction === 'older' ? chunk.start + chunk.length : chunk.start - 1;
    }
    return undefined;
  }

  /** The chunk that holds an index, after asking for all chunks before it; `undefined` behind the end. */
  async #chunkAt(index: number, signal: AbortSignal): Promise<Chunk | undefined> {
    const known = this.#knownChunkAt(index);
    if (known !== undefined) {
      return known;
    }
    // One after the other: each page is asked for with the cursor of the one before.
    const reading = this.#reading.then(() => this.#readUntil(index, signal));
    this.#reading = reading.catch(() => undefined);
    await reading;
    return this.#knownChunkAt(index);
  }

  #knownChunkAt(index: number): Chunk | undefined {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const chunk = this.#chunks[middle];
      if (chunk === undefined || index < chunk.start) {
        high = middle - 1;
      } else if (index >= chunk.start + chunk.length) {
        low = middle + 1;
      } else {
        return chunk;
      }
    }
    return undefined;
  }

  async #readUntil(index: number, signal: AbortSignal): Promise<void> {
    while (!this.#rest.isEmpty && this.#rest.start <= index) {
      signal.throwIfAborted();
      if (this.#rest.before !== undefined && index - this.#rest.start >= farRows && (await this.#mark(signal))) {
        continue;
      }
      const { start, before } = this.#rest;
      const limit = start === 0 && before === undefined ? firstChunk : largestLogPage;
      const { events, next } = await this.#source.listEvents(this.#queryFor(before, limit), signal);
      // A page without a match has no rows, and its cursor leads on.
      if (events.length > 0) {
        this.#chunks.push({ start, length: events.length, before });
        this.#hold(start, events);
      }
      this.#rest = { start: start + events.length, before: next, isEmpty: next === undefined };
    }
  }

  /** Notes where the next pages begin without reading them; false where the source cannot say. */
  async #mark(signal: AbortSignal): Promise<boolean> {
    const { start, before } = this.#rest;
    const list = await this.#source.listMarks(this.#queryFor(before, largestLogPage), signal);
    const last = list?.marks.at(-1);
    if (list === undefined || last === undefined) {
      return false;
    }
    for (const at of list.marks.keys()) {
      const begin = at * largestLogPage;
      const length = Math.min(largestLogPage, list.events - begin);
      this.#chunks.push({ start: start + begin, length, before: at === 0 ? before : list.marks[at - 1] });
    }
    this.#rest = { start: start + list.events, before: last, isEmpty: !list.hasMore };
    return true;
  }

  async #rowsOf(chunk: Chunk, signal: AbortSignal): Promise<readonly LogRowJson[]> {
    const held = this.#held.get(chunk.start);
    if (held !== undefined) {
      this.#hold(chunk.start, held);
      return held;
    }
    const rows: LogRowJson[] = [];
    let { before } = chunk;
    do {
      const query = this.#queryFor(before, Math.min(chunk.length - rows.length, largestLogPage));
      const { events, next } = await this.#source.listEvents(query, signal);
      rows.push(...events);
      before = next;
    } while (before !== undefined && rows.length < chunk.length);
    this.#hold(chunk.start, rows);
    return rows;
  }

  #queryFor(before: string | undefined, limit: number): LogEventQuery {
    return { ...this.#query, limit, ...(before !== undefined && { before }) };
  }

  #hold(start: number, rows: readonly LogRowJson[]): void {
    this.#held.delete(start);
    this.#held.set(start, rows);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= mostChunksHeld) {
        break;
      }
      this.#held.delete(oldest);
    }
  }
}
