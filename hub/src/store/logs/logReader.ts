import { ChunkCache } from './chunkCache.ts';
import type { EventPointer } from './eventPointer.ts';
import type { EventMarks, EventPage, EventQuery, StoredEvent } from './eventQuery.ts';
import { searchInsights, type InsightsSearch } from './insightsSearch.ts';
import { LogDirectory } from './logDirectory.ts';
import type { LogSource } from './logSource.ts';
import { LogSnapshot } from './logSnapshot.ts';
import { readAt, selectNew, type NewEvents, type NewEventsQuery } from './newEvents.ts';
import { OtlpLogs, type OtlpGroupFacts, type OtlpLogPage, type OtlpLogQuery } from './otlpLogs.ts';
import { markEvents } from './markEvents.ts';
import { selectEvents } from './selectEvents.ts';
import { TraceLineCounts, type TraceLineQuestion } from './traceLineCounts.ts';

/** What the log reader's thread is asked. */
export type LogQuestion =
  /** To take in what has come, so that the next question need not. */
  | { readonly name: 'refresh' }
  | { readonly name: 'select'; readonly query: EventQuery }
  | { readonly name: 'mark'; readonly query: EventQuery; readonly every: number }
  | { readonly name: 'new'; readonly query: NewEventsQuery }
  | { readonly name: 'record'; readonly pointer: EventPointer }
  | { readonly name: 'insights'; readonly search: InsightsSearch }
  | { readonly name: 'otlpServices' }
  | { readonly name: 'otlp'; readonly query: OtlpLogQuery }
  | ({ readonly name: 'countTraces' } & TraceLineQuestion);

export type LogReaderAnswer =
  | EventPage
  | EventMarks
  | NewEvents
  | StoredEvent
  | InsightsAnswer
  | OtlpLogPage
  | OtlpGroupFacts[]
  | number[]
  | undefined;
export type InsightsAnswer = Awaited<ReturnType<typeof searchInsights>>;

/** Decompressed chunks are let go after so long without a question. */
const forgetMillis = 10_000;

/** Connections that are kept while nobody asks. */
const keptSnapshots = 2;

/** Answers questions about events, in a thread of its own: a search over a million events must not delay a trace. */
export class LogReader {
  readonly #dataDir: string;
  readonly #directory = new LogDirectory();
  readonly #cache = new ChunkCache();
  readonly #otlp = new OtlpLogs();
  readonly #traceLines = new TraceLineCounts();
  readonly #idle: LogSnapshot[] = [];
  #forget: NodeJS.Timeout | undefined;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Rejects with `LogRefusal` for what the asker can put right. */
  async answer(question: LogQuestion, signal: AbortSignal): Promise<LogReaderAnswer> {
    const snapshot = this.#idle.pop() ?? new LogSnapshot(this.#dataDir);
    snapshot.begin();
    try {
      this.#directory.refresh(snapshot);
      return await this.#answer(question, { directory: this.#directory, cache: this.#cache, snapshot }, signal);
    } finally {
      snapshot.end();
      this.#giveBack(snapshot);
      clearTimeout(this.#forget);
      this.#forget = setTimeout(() => this.#cache.forget(), forgetMillis);
      this.#forget.unref();
    }
  }

  close(): void {
    clearTimeout(this.#forget);
    for (const snapshot of this.#idle) {
      snapshot.close();
    }
  }

  #giveBack(snapshot: LogSnapshot): void {
    if (this.#idle.length < keptSnapshots) {
      this.#idle.push(snapshot);
    } else {
      snapshot.close();
    }
  }

  async #answer(question: LogQuestion, source: LogSource, signal: AbortSignal): Promise<LogReaderAnswer> {
    switch (question.name) {
      case 'refresh':
        return undefined;
      case 'select':
        return await selectEvents(source, question.query, signal);
      case 'mark':
        return await markEvents(source, question.query, question.every, signal);
      case 'new':
        return await selectNew(source, question.query);
      case 'record':
        return await readAt(source, question.pointer);
      case 'insights':
        return await searchInsights(source, question.search, signal);
      case 'otlpServices':
        return this.#otlp.listServices(source.snapshot);
      case 'otlp':
        return this.#otlp.select(source.snapshot, question.query, signal);
      case 'countTraces':
        return await this.#traceLines.count(source, question, signal);
    }
  }
}
