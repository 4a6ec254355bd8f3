import type { TraceRow } from '@sightline/hub/client/api';
import type { LogRowJson } from '@sightline/hub/client/logsApi';
import type { OccurrenceJson } from '@sightline/hub/client/errorsApi';

/** What is known beside the spans of a trace: its log lines and its errors. Rejects as the sources of those do. */
export interface BesideSource {
  /** Oldest first. */
  listLogLines(extent: TraceExtent, signal?: AbortSignal): Promise<BesideLogLines>;
  /** The requests that were under way in the line's service when it was written, newest first: for a line that names no trace. */
  guessTraces(line: PlacedLine, signal?: AbortSignal): Promise<readonly TraceRow[]>;
  /** Oldest first. */
  listErrors(traceId: string, signal?: AbortSignal): Promise<readonly OccurrenceJson[]>;
}

/** Where and when a log line was written. */
export type PlacedLine = Pick<LogRowJson, 'group' | 'stream' | 'time'>;

/** Which trace is meant, and where and when it ran, for lines that do not name it. Times are nanoseconds as decimal text. */
export interface TraceExtent {
  readonly traceId: string;
  readonly service: string;
  readonly startTime: string;
  readonly endTime: string;
}

export interface BesideLogLines {
  readonly lines: readonly BesideLogLine[];
  /** There are more than these. */
  readonly hasMore: boolean;
}

export interface BesideLogLine extends LogRowJson {
  /** The line names no trace: it is of the same service and within the request's time. */
  readonly isGuess: boolean;
}
