/** Errors (Rollbar items) under `/sightline/v1/errors` as JSON. Times are nanoseconds as decimal text. */
import type { ErrorLevel, ErrorStatus } from '@sightline/telemetry/model/errorItem';
import type { JsonValue } from './api.ts';

/** `GET /sightline/v1/errors?status=active|resolved|muted&limit=&before=`: the group that was seen last comes first. */
export interface ErrorGroupList {
  readonly groups: readonly ErrorGroupJson[];
  readonly next?: string;
}

export interface ErrorGroupJson {
  /** Small number for people, unique in this hub, as Rollbar counts items. */
  readonly counter: number;
  readonly fingerprint: string;
  readonly title: string;
  readonly level: ErrorLevel;
  readonly status: ErrorStatus;
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly environments: readonly string[];
  readonly personCount: number;
  readonly lastPerson?: string;
  readonly reactivated: boolean;
  /** Occurrences in each of the last 12 periods of 5 minutes, oldest first. */
  readonly recent: readonly number[];
  /** Of the last occurrence, where the app said it. */
  readonly traceId?: string;
}

/**
 * `GET /sightline/v1/errors/{counter}/occurrences?limit=&before=`: newest first. `GET /sightline/v1/errors/occurrences?trace=&limit=`
 * answers those of one trace, whatever their group.
 */
export interface OccurrenceList {
  readonly occurrences: readonly OccurrenceJson[];
  readonly next?: string;
}

/** One occurrence with everything its sender said; `raw` is the payload as it came. */
export interface OccurrenceJson {
  readonly id: string;
  readonly counter: number;
  readonly receivedAt: string;
  /** telemetry's `ErrorItem` as JSON, its times as decimal text. */
  readonly item: Readonly<Record<string, JsonValue>>;
  readonly raw: JsonValue;
}

/** `PATCH /sightline/v1/errors/{counter}`. */
export interface ErrorGroupChange {
  readonly status: ErrorStatus;
}
