/**
 * Logs under `/sightline/v1/logs/` as JSON. A log group is CloudWatch's; OpenTelemetry's log records appear beside them as one
 * group a service, named `otlp/<service>`. Times are nanoseconds as decimal text.
 */
import type { LogLevel } from '@sightline/telemetry/model/logEvent';
import type { JsonValue } from './api.ts';

/** `GET /sightline/v1/logs/groups?prefix=`: by name. */
export interface LogGroupList {
  readonly groups: readonly LogGroupJson[];
}

export interface LogGroupJson {
  readonly name: string;
  readonly source: 'cloudwatch' | 'otlp';
  readonly createdAt: string;
  /** Absent: events never expire on their own (the store's own bounds hold all the same). */
  readonly retentionDays?: number;
  /** Absent, as the number of lines, where the source does not count. */
  readonly streamCount?: number;
  readonly eventCount?: number;
  readonly storedBytes: number;
  readonly lastEventTime?: string;
}

/** `GET /sightline/v1/logs/streams?group=`: the one written last comes first. */
export interface LogStreamList {
  readonly streams: readonly LogStreamJson[];
}

export interface LogStreamJson {
  readonly name: string;
  /** Absent where the source does not count. */
  readonly eventCount?: number;
  readonly firstEventTime?: string;
  readonly lastEventTime?: string;
  readonly lastIngestionTime?: string;
  /** The user agents and addresses that wrote here last, newest first. */
  readonly writers: readonly string[];
}

/**
 * `GET /sightline/v1/logs/marks?limit=` with the parameters of the events: where every `limit`th event lies, newest first, of at most a hundred
 * times as many. Not of OpenTelemetry's records.
 */
export interface LogMarkList {
  /** Each is `before` for what follows it; the last one stands for the rest, however short. */
  readonly marks: readonly string[];
  readonly events: number;
  readonly hasMore: boolean;
}

/**
 * `GET /sightline/v1/logs/events?group=&stream=&pattern=&from=&to=&before=&limit=&trace=`: newest first. `stream` may repeat; `from`
 * and `to` are nanoseconds, both included; `trace` is a trace id in either spelling. A pattern that does not parse is a 400 with a
 * `LogPatternError`.
 */
export interface LogEventList {
  readonly events: readonly LogRowJson[];
  /** Pass as `before` for the next, older page; absent at the end. A page may be short while there is a `next`. */
  readonly next?: string;
}

export interface LogRowJson {
  /** Unique and stable; sorts as the events do. */
  readonly id: string;
  readonly group: string;
  readonly stream: string;
  readonly time: string;
  readonly ingestionTime: string;
  readonly message: string;
  readonly level: LogLevel;
  readonly traceId?: string;
  readonly spanId?: string;
  /** Of OpenTelemetry records. */
  readonly attributes?: Readonly<Record<string, JsonValue>>;
}

export interface LogPatternError {
  readonly error: string;
  /** Counted from 1. */
  readonly column: number;
  readonly length: number;
}

/** `PUT /sightline/v1/logs/groups` creates a group; with `retentionDays` (or null for never) it sets the retention. */
export interface LogGroupChange {
  readonly name: string;
  readonly retentionDays?: number | null;
}
