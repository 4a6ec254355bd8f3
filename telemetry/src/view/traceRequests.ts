import type { FilterableCall, FilterableRequest, FilterableTrace } from '../language/filterExpressionMatch.ts';
import type { SpanId } from '../model/ids.ts';
import type { Span, SpanSource } from '../model/span.ts';
import { durationNanos, epochNanos, type DurationNanos, type EpochNanos } from '../model/units.ts';
import { collectAnnotations, type TraceAnnotation } from './traceAnnotations.ts';
import { callsOf } from './traceCalls.ts';
import { endOf, reportedRequest } from './requestFacts.ts';
import { rootCausesOf } from './rootCauses.ts';
import { assignWork, type TraceWork } from './traceWork.ts';

/** Who asked whom for what in a trace: what filters, statistics, the service map and summaries are made of. */
export interface TraceRequests extends FilterableTrace {
  /** In the order of the tree's rows; the inferred ones behind those that were reported. */
  readonly requests: readonly TraceRequest[];
  /** Exactly one leads to each request, but for those whose caller has not arrived, which none does. */
  readonly calls: readonly TraceCall[];
  /**
   * X-Ray's annotations; of an OTel span every attribute that is text, a number or a boolean, and of its resource each as
   * `otel.resource.<key>` (as X-Ray names them), those named in `aws.xray.annotations` under their own name too. X-Ray's metadata never.
   */
  readonly annotations: readonly TraceAnnotation[];
  /** The request that opened the trace, in `requests`: its status, HTTP facts and response time are the trace's. */
  readonly entryPoint?: number;
  readonly startTime: EpochNanos;
}

export interface TraceRequest extends FilterableRequest {
  /** Of its segment or span; of an inferred one, made from that of the call. */
  readonly id: SpanId;
  /** Of all that reported it: the segment and the server span of one request are one. */
  readonly spanIds: readonly SpanId[];
  /** `GET /api/activities/:handle` where there is such a thing, else the span's name. */
  readonly name: string;
  readonly sources: readonly SpanSource[];
  readonly startTime: EpochNanos;
  /** The last end of what it did; of a running one, of what it has done so far. */
  readonly endTime: EpochNanos;
}

export interface TraceCall extends FilterableCall {
  /** Of the client span or subsegment; of the request itself where its caller has none. */
  readonly id: SpanId;
  /** The request that made the call, in `requests`; absent for a request from outside. */
  readonly caller?: number;
  /** The request it led to, in `requests`. */
  readonly target: number;
  readonly startTime: EpochNanos;
  readonly endTime: EpochNanos;
}

/**
 * The requests of a trace and the calls between them. A request is every X-Ray segment, every OTel server or consumer span and every
 * root; a segment and the server span of the same work are one. A call is every client or producer span and every subsegment with the
 * namespace `aws` or `remote`, once where both protocols report it; where nothing reports below it, the request it led to is inferred.
 *
 * Takes spans in any order, with duplicates, orphans and rings, and never throws; time grows with the number of spans.
 */
export function requestsOfTrace(spans: readonly Span[]): TraceRequests {
  const work = assignWork(spans);
  const reported = work.requests.map((request, index) => reportedRequest(request, index, work));
  const { calls, inferred } = callsOf(work, reported);
  const requests = [...reported, ...inferred];
  return {
    ...extentOf(work),
    requests,
    calls,
    annotations: collectAnnotations(work),
    rootCauses: rootCausesOf(work, requests, calls),
    ...(work.entryPoint === undefined ? {} : { entryPoint: work.entryPoint }),
  };
}

function extentOf({ rows }: TraceWork): { startTime: EpochNanos; duration: DurationNanos } {
  let start: bigint | undefined;
  let end = 0n;
  for (const { span } of rows) {
    start = start === undefined || span.startTime < start ? span.startTime : start;
    const spanEnd = endOf(span);
    end = spanEnd > end ? spanEnd : end;
  }
  return { startTime: epochNanos(start ?? 0n), duration: durationNanos(start === undefined ? 0n : end - start) };
}
