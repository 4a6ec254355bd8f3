import type { EpochNanos } from '@sightline/telemetry/model/units';
import type { TimeSeriesEntity, TracePage, TraceSelection } from '../traceAnalysis.ts';

/** Main thread to reader: a question over many traces. */
export type AnalysisQuestion =
  | {
      readonly name: 'findTraces';
      readonly selection: TraceSelection;
      readonly page: TracePage;
    }
  | { readonly name: 'loadSpans'; readonly traceId: string }
  | { readonly name: 'serviceMap'; readonly selection: TraceSelection }
  | { readonly name: 'serviceMapOfTraces'; readonly traceIds: readonly string[] }
  | {
      readonly name: 'timeSeries';
      readonly selection: TraceSelection;
      readonly periodSeconds: number;
      readonly entity?: TimeSeriesEntity;
    }
  | { readonly name: 'filterFacts' }
  | { readonly name: 'countRecent'; readonly now: EpochNanos };
