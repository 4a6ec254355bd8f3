import type {
  HistogramEntry,
  RequestStatistics,
  ServiceMap,
  ServiceMapEdge,
  ServiceMapNode,
} from '@sightline/telemetry/view/serviceMap';
import { secondsOf } from './xrayWindow.ts';

/** The services of a map as X-Ray's graphs spell them (X-Ray API reference, "Service"): edges are on the caller and name the called one. */
export function toServices({ nodes }: ServiceMap): object[] {
  return nodes.map((node, index) => toService(node, index));
}

function toService(node: ServiceMapNode, index: number): object {
  const { name, type, accountId } = node.service;
  return {
    ReferenceId: index,
    Name: name,
    Names: node.names,
    ...(node.isRoot && { Root: true }),
    ...(accountId !== undefined && { AccountId: accountId }),
    ...(type !== undefined && { Type: type }),
    // The developer guide's examples: what reports by itself is active, of clients and inferred services nothing is known.
    State: node.isInferred || node.statistics === undefined ? 'unknown' : 'active',
    StartTime: secondsOf(node.startTime),
    EndTime: secondsOf(node.endTime),
    Edges: node.edges.map(toEdge),
    ...(node.statistics !== undefined && {
      SummaryStatistics: toStatistics(node.statistics),
      DurationHistogram: toHistogram(node.durations),
      ResponseTimeHistogram: toHistogram(node.responseTimes),
    }),
  };
}

function toEdge({ target, startTime, endTime, statistics, responseTimes }: ServiceMapEdge): object {
  return {
    ReferenceId: target,
    StartTime: secondsOf(startTime),
    EndTime: secondsOf(endTime),
    SummaryStatistics: toStatistics(statistics),
    ResponseTimeHistogram: toHistogram(responseTimes),
    Aliases: [],
  };
}

/** `EdgeStatistics` and `ServiceStatistics`, which are alike. */
export function toStatistics({ ok, throttle, error, fault, total, totalResponseSeconds }: RequestStatistics): object {
  return {
    OkCount: ok,
    ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: throttle + error },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: total,
    TotalResponseTime: totalResponseSeconds,
  };
}

export function toHistogram(entries: readonly HistogramEntry[]): object[] {
  return entries.map(({ value, count }) => ({ Value: value, Count: count }));
}
