import type { EventPointer } from './eventPointer.ts';
import type { EventMarks, EventPage, EventQuery, StoredEvent } from './eventQuery.ts';
import type { InsightsSearch } from './insightsSearch.ts';
import type { LogCommand, LogGroupFacts, LogPut, LogStreamFacts } from './logCommands.ts';
import type { InsightsAnswer } from './logReader.ts';
import type { NewEvents, NewEventsQuery } from './newEvents.ts';
import type { OtlpGroupFacts, OtlpLogPage, OtlpLogQuery } from './otlpLogs.ts';
import type { RejectedEvents } from './putLogEvents.ts';

/**
 * CloudWatch Logs' groups, streams and events. Every promise settles; they reject with `LogRefusal`, in AWS's words, for what the caller
 * can put right.
 */
export interface LogStore {
  /** The body of a PutLogEvents call. What it resolves to survives `kill -9`; the body belongs to the store from here on. */
  put(put: LogPut): Promise<RejectedEvents | undefined>;
  change(command: Exclude<LogCommand, { name: 'listGroups' | 'listStreams' }>): Promise<void>;
  /** By name. */
  listGroups(): Promise<readonly LogGroupFacts[]>;
  listStreams(group: string): Promise<readonly LogStreamFacts[]>;
  select(query: EventQuery, signal?: AbortSignal): Promise<EventPage>;
  /** Where every `every`th event of a selection lies, of at most the query's limit. */
  mark(query: EventQuery, every: number, signal?: AbortSignal): Promise<EventMarks>;
  selectNew(query: NewEventsQuery): Promise<NewEvents>;
  loadEvent(pointer: EventPointer): Promise<StoredEvent | undefined>;
  /** The services that sent log records by OTLP. */
  listOtlpServices(): Promise<readonly OtlpGroupFacts[]>;
  /** Newest first. */
  selectOtlp(query: OtlpLogQuery, signal?: AbortSignal): Promise<OtlpLogPage>;
  searchInsights(search: InsightsSearch, signal?: AbortSignal): Promise<InsightsAnswer>;
}
