import type { DatabaseSync } from 'node:sqlite';
import { openForReading } from '../schema.ts';
import { ChunkCache } from './chunkCache.ts';
import type { EventPointer } from './eventPointer.ts';
import type { EventPage, EventQuery, StoredEvent } from './eventQuery.ts';
import { searchInsights, type InsightsSearch } from './insightsSearch.ts';
import { LogDirectory } from './logDirectory.ts';
import { readAt, selectNew, type NewEvents, type NewEventsQuery } from './newEvents.ts';
import { selectEvents } from './selectEvents.ts';

/** What the log reader's thread is asked. */
export type LogQuestion =
  | { readonly name: 'select'; readonly query: EventQuery }
  | { readonly name: 'new'; readonly query: NewEventsQuery }
  | { readonly name: 'record'; readonly pointer: EventPointer }
  | { readonly name: 'insights'; readonly search: InsightsSearch };

export type LogReaderAnswer = EventPage | NewEvents | StoredEvent | InsightsAnswer | undefined;
export type InsightsAnswer = Awaited<ReturnType<typeof searchInsights>>;

/** Decompressed chunks are let go after so long without a question. */
const forgetMillis = 10_000;

/** Answers questions about events, in a thread of its own: a search over a million events must not delay a trace. */
export class LogReader {
  readonly #database: DatabaseSync;
  readonly #directory: LogDirectory;
  readonly #cache: ChunkCache;
  #forget: NodeJS.Timeout | undefined;

  constructor(dataDir: string) {
    this.#database = openForReading(dataDir);
    this.#directory = new LogDirectory(this.#database);
    this.#cache = new ChunkCache(this.#database);
  }

  /** Rejects with `LogRefusal` for what the asker can put right. */
  async answer(question: LogQuestion, signal: AbortSignal): Promise<LogReaderAnswer> {
    this.#directory.refresh();
    try {
      return await this.#answer(question, signal);
    } finally {
      clearTimeout(this.#forget);
      this.#forget = setTimeout(() => this.#cache.forget(), forgetMillis);
      this.#forget.unref();
    }
  }

  close(): void {
    clearTimeout(this.#forget);
    this.#database.close();
  }

  async #answer(question: LogQuestion, signal: AbortSignal): Promise<LogReaderAnswer> {
    switch (question.name) {
      case 'select':
        return await selectEvents(this.#directory, this.#cache, question.query, signal);
      case 'new':
        return await selectNew(this.#directory, this.#cache, question.query);
      case 'record':
        return await readAt(this.#directory, this.#cache, question.pointer);
      case 'insights':
        return await searchInsights(this.#directory, this.#cache, question.search, signal);
    }
  }
}
