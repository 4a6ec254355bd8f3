import type { ChangeEvent, RawTrace, SpanJson, TraceList, TraceTreeRows } from '@sightline/hub/client/api';
import type { Event } from '../lifetime.ts';

/** What the hub on this machine is called. */
export const localLabel = 'Local';

/**
 * Where traces come from: the local hub, or an account in the cloud. The views know only this interface.
 * Every call rejects with a `UserError` where a person can do something about it, and with the signal's reason once that is aborted.
 */
export interface TraceSource {
  /** Short and shown to people: `Local`, or a profile and region. */
  readonly label: string;
  readonly capabilities: TraceSourceCapabilities;
  readonly state: SourceState;
  readonly onDidChangeState: Event<SourceState>;
  /** Fires after each change of what is kept. A source without a feed polls for as long as somebody listens. */
  readonly onDidChange: Event<ChangeEvent>;

  /** Newest first. `next` of one page is `before` of the following, older one. */
  listTraces(query: TracePageQuery, signal?: AbortSignal): Promise<TraceList>;
  /** The tree of one trace in columns; `undefined` where no such trace is kept. */
  loadTreeRows(traceId: string, signal?: AbortSignal): Promise<TraceTreeRows | undefined>;
  loadSpan(traceId: string, spanId: string, signal?: AbortSignal): Promise<SpanJson | undefined>;
  /** The documents as their senders wrote them. */
  loadRaw(traceId: string, signal?: AbortSignal): Promise<RawTrace | undefined>;
  countTraces(signal?: AbortSignal): Promise<number>;

  /** A pinned trace outlives `clear` and retention. Answers false where no such trace is kept. Only where `capabilities.pin`. */
  setPinned(traceId: string, isPinned: boolean): Promise<boolean>;
  /** Removes all that is not pinned. Only where `capabilities.clear`. */
  clear(): Promise<void>;
}

/** Commands that a source cannot serve are not offered. */
export interface TraceSourceCapabilities {
  readonly pin: boolean;
  readonly clear: boolean;
}

export interface TracePageQuery {
  readonly limit: number;
  readonly before?: string;
  readonly excludeHealthChecks: boolean;
  /** An X-Ray filter expression. With it a page may be short, even empty, while there is a next one. */
  readonly filter?: string;
}

export type SourceState =
  /** Nothing was started yet, or it was stopped on purpose. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready' }
  /** `message` is a sentence that says what happened and what to do. */
  | { readonly kind: 'failed'; readonly message: string };
