import type { ErrorGroup, ErrorLevel, ErrorStatus } from '@sightline/telemetry/model/errorItem';

/** What became of one item. An answer of `kept` means that it survives `kill -9` from now on. */
export type AddErrorResult =
  | {
      readonly kind: 'kept';
      /** Of the occurrence; where its uuid was known already, that of the first. */
      readonly id: number;
      readonly uuid: string;
      /** What was odd about it, for the person who wrote the sender. */
      readonly problem?: { readonly place: string; readonly message: string };
    }
  /** Nothing was kept; `message` is in the words of Rollbar. */
  | { readonly kind: 'refused'; readonly status: 400 | 422; readonly message: string }
  | { readonly kind: 'overloaded'; readonly retryAfterSeconds: number };

/** A group with what the hub keeps beside it. Its `last` has only what groups show: no frames, no telemetry. */
export interface KeptGroup {
  readonly group: ErrorGroup;
  /** Occurrences in each of the last 12 periods of 5 minutes, oldest first. */
  readonly recent: readonly number[];
  readonly firstId: number;
  readonly lastId: number;
}

/** Of several values of one kind any will do; an empty list takes all. */
export interface ErrorGroupQuery {
  readonly statuses?: readonly ErrorStatus[];
  readonly levels?: readonly ErrorLevel[];
  readonly environments?: readonly string[];
  /** In the title, whatever its case. */
  readonly text?: string;
  /** Where the page before ended. */
  readonly before?: string;
  /** How many to pass over. */
  readonly offset?: number;
  readonly limit: number;
}

export interface ErrorGroupPage {
  readonly groups: readonly KeptGroup[];
  readonly next?: string;
}

/** Newest first: those of one group, of one trace, or all. */
export interface OccurrenceQuery {
  readonly counter?: number;
  readonly traceId?: string;
  /** Id of the last occurrence of the page before. */
  readonly before?: number;
  readonly offset?: number;
  readonly limit: number;
}

export interface OccurrenceId {
  readonly id: number;
  readonly counter?: number;
}

/** JSON texts of `OccurrenceJson`: the payload in it is as it came, however deep, and is not parsed on its way. */
export interface OccurrencePage {
  readonly occurrences: readonly string[];
  readonly next?: number;
}

export interface KeptGroupChange {
  readonly status?: ErrorStatus;
  readonly title?: string;
  readonly level?: ErrorLevel;
  /** With the status `resolved`: the code version that has the solution. */
  readonly resolvedInVersion?: string;
}

/** Errors that apps reported: what happened each time as it came, and one group for what is the same error. */
export interface ErrorStore {
  /** Takes the body of one request to Rollbar's item endpoint. */
  add(body: string): Promise<AddErrorResult>;
  /** The group that was seen last comes first. */
  listGroups(query: ErrorGroupQuery, signal?: AbortSignal): Promise<ErrorGroupPage>;
  /** How many groups a query has over all its pages. */
  countGroups(query: ErrorGroupQuery, signal?: AbortSignal): Promise<number>;
  loadGroup(counter: number, signal?: AbortSignal): Promise<KeptGroup | undefined>;
  listOccurrences(query: OccurrenceQuery, signal?: AbortSignal): Promise<OccurrencePage>;
  /** `counter` given: only where it is one of that group's. */
  loadOccurrence(of: OccurrenceId, signal?: AbortSignal): Promise<string | undefined>;
  /** Answers the group as it is now; `undefined` where there is none of that number. */
  change(counter: number, change: KeptGroupChange): Promise<KeptGroup | undefined>;
}
