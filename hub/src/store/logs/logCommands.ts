import type { LogFailure } from './logFailure.ts';
import type { GroupExtras, StoredMetricFilter } from './logCatalog.ts';
import type { RejectedEvents } from './putLogEvents.ts';

/** Main thread to writer: what changes groups and streams, and what is known of them. */
export type LogCommand =
  | { readonly name: 'createGroup'; readonly group: string; readonly extras: GroupExtras }
  | { readonly name: 'deleteGroup'; readonly group: string }
  | { readonly name: 'createStream'; readonly group: string; readonly stream: string }
  | { readonly name: 'deleteStream'; readonly group: string; readonly stream: string }
  /** `null` for never. */
  | { readonly name: 'setRetention'; readonly group: string; readonly days: number | null }
  | {
      readonly name: 'changeTags';
      readonly group: string;
      readonly set: Readonly<Record<string, string>>;
      readonly remove: readonly string[];
    }
  | { readonly name: 'putMetricFilter'; readonly group: string; readonly filter: StoredMetricFilter }
  | { readonly name: 'deleteMetricFilter'; readonly group: string; readonly filterName: string }
  | { readonly name: 'listGroups' }
  | { readonly name: 'listStreams'; readonly group: string };

/** A group as it is told about; times in milliseconds since the Unix epoch. */
export interface LogGroupFacts {
  readonly name: string;
  readonly created: number;
  readonly retentionDays?: number;
  readonly extras: GroupExtras;
  readonly streams: number;
  readonly events: number;
  readonly bytes: number;
  readonly last?: number;
}

export interface LogStreamFacts {
  readonly name: string;
  readonly created: number;
  readonly events: number;
  readonly bytes: number;
  readonly first?: number;
  readonly last?: number;
  readonly lastIngestion?: number;
  readonly writers: readonly string[];
}

/** The body of a PutLogEvents call as it came, and who sent it. */
export interface LogPut {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly writer: string;
}

/** `stored` means that the events survive `kill -9` from now on. */
export type LogPutAnswer = { readonly kind: 'stored'; readonly rejected?: RejectedEvents } | LogFailure;

/** What a command came to. */
export type LogCommandAnswer = readonly LogGroupFacts[] | readonly LogStreamFacts[] | undefined | LogFailure;
