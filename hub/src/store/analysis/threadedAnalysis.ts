import type { Span } from '@sightline/telemetry/model/span';
import type { EpochNanos } from '@sightline/telemetry/model/units';
import type { ServiceMap } from '@sightline/telemetry/view/serviceMap';
import type { ThreadLink } from '../threadLink.ts';
import type {
  FilterFacts,
  FoundTraces,
  RecentTraceCounts,
  TimeSeriesEntity,
  TimeSeriesPoint,
  TraceAnalysis,
  TracePage,
  TraceSelection,
} from '../traceAnalysis.ts';
import type { AnalysisQuestion } from './analysisQuestion.ts';

/** Questions over many traces, as the main thread puts them to the reader. */
export class ThreadedAnalysis implements TraceAnalysis {
  readonly #reader: ThreadLink;

  constructor(reader: ThreadLink) {
    this.#reader = reader;
  }

  async findTraces(selection: TraceSelection, page: TracePage, signal?: AbortSignal): Promise<FoundTraces> {
    return (await this.#ask({ name: 'findTraces', selection, page }, signal)) as FoundTraces;
  }

  async loadSpans(traceId: string, signal?: AbortSignal): Promise<readonly Span[] | undefined> {
    return (await this.#ask({ name: 'loadSpans', traceId }, signal)) as readonly Span[] | undefined;
  }

  async serviceMap(selection: TraceSelection, signal?: AbortSignal): Promise<ServiceMap> {
    return (await this.#ask({ name: 'serviceMap', selection }, signal)) as ServiceMap;
  }

  async serviceMapOfTraces(traceIds: readonly string[], signal?: AbortSignal): Promise<ServiceMap> {
    return (await this.#ask({ name: 'serviceMapOfTraces', traceIds }, signal)) as ServiceMap;
  }

  async timeSeries(
    selection: TraceSelection,
    series: { readonly periodSeconds: number; readonly entity?: TimeSeriesEntity },
    signal?: AbortSignal,
  ): Promise<readonly TimeSeriesPoint[]> {
    return (await this.#ask({ name: 'timeSeries', selection, ...series }, signal)) as readonly TimeSeriesPoint[];
  }

  async filterFacts(signal?: AbortSignal): Promise<FilterFacts> {
    return (await this.#ask({ name: 'filterFacts' }, signal)) as FilterFacts;
  }

  async countRecent(now: EpochNanos, signal?: AbortSignal): Promise<RecentTraceCounts> {
    return (await this.#ask({ name: 'countRecent', now }, signal)) as RecentTraceCounts;
  }

  async #ask(question: AnalysisQuestion, signal: AbortSignal | undefined): Promise<unknown> {
    return await this.#reader.ask((id) => ({ kind: 'ask', id, call: { name: 'analysis', question } }), [], signal);
  }
}
