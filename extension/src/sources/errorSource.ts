import type { ErrorGroupList, OccurrenceJson, OccurrenceList } from '@sightline/hub/client/errorsApi';
import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import type { Event } from '../lifetime.ts';
import type { SourceState } from './traceSource.ts';

/**
 * Where errors come from: the local hub, or a Rollbar project in the cloud. The views know only this interface.
 * Every call rejects with a `UserError` where a person can do something about it, and with the signal's reason once that is aborted.
 */
export interface ErrorSource {
  /** Short and shown to people: `Local`, or the name of a project. */
  readonly label: string;
  readonly state: SourceState;
  readonly onDidChangeState: Event<SourceState>;
  /** Fires when errors may have changed. A source without a feed polls for as long as somebody listens. */
  readonly onDidChange: Event<ErrorsChanged>;

  /** The group that was seen last comes first. `next` of one page is `before` of the following one. */
  listErrorGroups(query: ErrorGroupQuery, signal?: AbortSignal): Promise<ErrorGroupList>;
  /** Newest first. */
  listOccurrences(counter: number, query: PageQuery, signal?: AbortSignal): Promise<OccurrenceList>;
  /** `undefined` where no such occurrence is kept. */
  loadOccurrence(counter: number, id: string, signal?: AbortSignal): Promise<OccurrenceJson | undefined>;
  /** Newest first: what went wrong in one trace, whatever its group. */
  listOccurrencesOfTrace(traceId: string, limit: number, signal?: AbortSignal): Promise<OccurrenceList>;
  /** Answers false where no such group is kept. */
  setStatus(counter: number, status: ErrorStatus): Promise<boolean>;
}

export interface PageQuery {
  readonly limit: number;
  readonly before?: string;
}

export interface ErrorGroupQuery extends PageQuery {
  /** Absent: whatever its status. */
  readonly status?: ErrorStatus;
}

export interface ErrorsChanged {
  /** Errors came or changed; false where only something else did. */
  readonly errors?: boolean;
  /** Errors may be gone. */
  readonly removed: boolean;
}
