import type { ChangeEvent } from '@sightline/hub/client/api';
import type {
  LogEventList,
  LogGroupChange,
  LogGroupJson,
  LogMarkList,
  LogStreamJson,
} from '@sightline/hub/client/logsApi';
import type { Event } from '../lifetime.ts';
import type { SourceState } from './traceSource.ts';

/**
 * Where log lines come from: the local hub, or an account in the cloud. The views know only this interface.
 * Every call rejects with a `UserError` where a person can do something about it, and with the signal's reason once that is aborted.
 */
export interface LogSource {
  /** Short and shown to people: `Local`, or a profile and region. */
  readonly label: string;
  readonly state: SourceState;
  readonly onDidChangeState: Event<SourceState>;
  /** Fires after each change of what is kept; `logs` tells whether log lines came. A source without a feed polls for as long as somebody listens. */
  readonly onDidChange: Event<ChangeEvent>;

  /** By name. */
  listGroups(signal?: AbortSignal): Promise<readonly LogGroupJson[]>;
  /** The one written last comes first. */
  listStreams(group: string, signal?: AbortSignal): Promise<readonly LogStreamJson[]>;
  /** Newest first. `next` of one page is `before` of the following, older one; a page may be short, even empty, while there is a `next`. */
  listEvents(query: LogEventQuery, signal?: AbortSignal): Promise<LogEventList>;
  /** Where every `limit`th line of a choice lies, newest first; `undefined` where a source, or a group's kind, has to be read page by page. */
  listMarks(query: LogEventQuery, signal?: AbortSignal): Promise<LogMarkList | undefined>;

  /** Creates the group unless it exists, and sets its retention where one is given. */
  changeGroup(change: LogGroupChange): Promise<void>;
  /** Removes the group with its streams and lines. */
  deleteGroup(name: string): Promise<void>;
}

export interface LogEventQuery extends LogScope {
  /** A CloudWatch Logs filter pattern. */
  readonly pattern?: string;
  /** Nanoseconds since the Unix epoch as decimal text, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly before?: string;
  readonly limit: number;
}

/** Which lines are meant: those of a group, of some of its streams, or of one trace in it. */
export interface LogScope {
  readonly group: string;
  readonly streams?: readonly string[];
  readonly traceId?: string;
}

/** The most lines that one question may ask for. */
export const largestLogPage = 1000;
