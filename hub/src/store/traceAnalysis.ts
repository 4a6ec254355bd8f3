import type { TraceLeaf, TracePlan } from '@sightline/telemetry/language/filterExpressionPlan';
import type { ServiceMap, RequestStatistics, HistogramEntry } from '@sightline/telemetry/view/serviceMap';
import type { Span } from '@sightline/telemetry/model/span';
import type { EpochNanos } from '@sightline/telemetry/model/units';

/**
 * Which traces are meant. With `TraceId` the time of a trace is that of its start, with `Event` any start of a segment in the window will do,
 * with `Service` any moment in which a service worked (X-Ray API, TimeRangeType).
 */
export interface TraceSelection {
  /** Both included. */
  readonly from: EpochNanos;
  readonly to: EpochNanos;
  readonly timeRangeType?: 'TraceId' | 'Event' | 'Service';
  readonly plan?: TracePlan;
}

/** Traces found, newest first. A page may hold fewer than asked for, even none, while there is a `next`: a page is bounded by time too. */
export interface FoundTraces {
  readonly traces: readonly {
    readonly id: string;
    readonly startTime: EpochNanos;
    readonly matchedEventTime?: EpochNanos;
    readonly revision: number;
    /** Of a page of summaries: JSON of the trace as X-Ray summarizes it. */
    readonly summary?: string;
  }[];
  /** Traces of the window that were looked at for this page. */
  readonly processed: number;
  readonly next?: string;
}

export interface TracePage {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string;
  /** Asks for summaries, for a share (0 to 1) of the traces that is the same with each call. */
  readonly summarizedShare?: number;
}

/** A service or an edge, of which all that its filter selects is counted. */
export type TimeSeriesEntity = Extract<TraceLeaf, { readonly kind: 'service' | 'edge' }>;

export interface TimeSeriesPoint {
  readonly from: EpochNanos;
  readonly statistics: RequestStatistics;
  readonly responseTimes: readonly HistogramEntry[];
}

/** What a person could type into a filter, as the store has seen it; each list bounded and the most frequent first. */
export interface FilterFacts {
  readonly services: readonly { readonly name: string; readonly type?: string }[];
  readonly annotations: readonly { readonly key: string; readonly values: readonly (string | number | boolean)[] }[];
  /** Keys seen in X-Ray metadata and OTel attributes that a filter cannot ask for. */
  readonly metadataKeys: readonly string[];
}

/** How many traces began in the last minute, and how many in the last five whose row shows a failure (error, fault or throttled). */
export interface RecentTraceCounts {
  readonly lastMinute: number;
  readonly failedInFive: number;
}

/** Questions over many traces, answered from the index. */
export interface TraceAnalysis {
  findTraces(selection: TraceSelection, page: TracePage, signal?: AbortSignal): Promise<FoundTraces>;
  /** Every span of a trace, decoded, in the order of arrival; `undefined` where no such trace is stored. */
  loadSpans(traceId: string, signal?: AbortSignal): Promise<readonly Span[] | undefined>;
  serviceMap(selection: TraceSelection, signal?: AbortSignal): Promise<ServiceMap>;
  serviceMapOfTraces(traceIds: readonly string[], signal?: AbortSignal): Promise<ServiceMap>;
  /**
   * One point a period, empty ones included, the first at `selection.from`. Of the traces selected, the requests that come from outside are
   * counted; with an entity, the requests to that service or the calls on that edge, by the time at which each began.
   */
  timeSeries(
    selection: TraceSelection,
    series: { readonly periodSeconds: number; readonly entity?: TimeSeriesEntity },
    signal?: AbortSignal,
  ): Promise<readonly TimeSeriesPoint[]>;
  filterFacts(signal?: AbortSignal): Promise<FilterFacts>;
  /** Cheap enough to be asked every few seconds, however much is stored. */
  countRecent(now: EpochNanos, signal?: AbortSignal): Promise<RecentTraceCounts>;
}

export interface StoredDocument {
  readonly kind: string;
  readonly key: string;
  /** Of JSON; `undefined` removes the document. */
  readonly value: unknown;
}

/** Small documents of JSON that the hub keeps beside the telemetry: groups, sampling rules, tags. `clear` leaves them. */
export interface DocumentStore {
  /** Every document of a kind, by key. */
  all(kind: string): Promise<ReadonlyMap<string, unknown>>;
  /** Stored when it resolves. `undefined` removes. */
  put(kind: string, key: string, value: unknown): Promise<void>;
  /** Several of them, all or none. */
  putAll(documents: readonly StoredDocument[]): Promise<void>;
}
