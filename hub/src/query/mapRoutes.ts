import type { FastifyInstance } from 'fastify';
import { epochNanos, type EpochNanos } from '@sightline/telemetry/model/units';
import { busiestServices } from '@sightline/telemetry/view/busiestServices';
import type { ServiceMap, ServiceMapEdge, ServiceMapNode } from '@sightline/telemetry/view/serviceMap';
import type { XRayGroups } from '../aws/xrayGroups.ts';
import type { ServiceMapEdgeJson, ServiceMapNodeJson, ServiceMapReply } from '../client/mapApi.ts';
import type { TraceAnalysis } from '../store/traceAnalysis.ts';
import { signalOf } from './abandoned.ts';
import { ApiError, filterIn, nanosIn, traceIdIn } from './parameters.ts';
import { loadTracePlan } from './traceFilter.ts';

interface MapRequest {
  Querystring: Record<string, unknown>;
}

const nanosPerMilli = 1_000_000n;
const nanosPerHour = 3_600_000_000_000n;

/** The route `/sightline/v1/map` (mapApi.ts). */
export function addMapRoutes(app: FastifyInstance, analysis: TraceAnalysis, groups: XRayGroups): void {
  app.get<MapRequest>('/sightline/v1/map', async ({ query }, reply): Promise<ServiceMapReply> => {
    const trace = traceIdIn(query);
    if (trace !== undefined) {
      const map = await analysis.serviceMapOfTraces([trace], signalOf(reply));
      return { ...extentOf(map), ...boundedNodes(map) };
    }
    const { from, to } = windowIn(query);
    const plan = await loadTracePlan(filterIn(query), groups);
    const map = await analysis.serviceMap({ from, to, ...(plan !== undefined && { plan }) }, signalOf(reply));
    return { from: String(from), to: String(to), ...boundedNodes(map) };
  });
}

/** More than a person can look at, and a layout can do in a second or two. */
const mostServices = 300;

function boundedNodes(whole: ServiceMap): Pick<ServiceMapReply, 'nodes' | 'omittedServices'> {
  const { map, omitted } = busiestServices(whole, mostServices);
  return { nodes: map.nodes.map(toNodeJson), ...(omitted > 0 && { omittedServices: omitted }) };
}

function windowIn(query: MapRequest['Querystring']): { from: EpochNanos; to: EpochNanos } {
  const to = nanosIn(query, 'to') ?? BigInt(Date.now()) * nanosPerMilli;
  const from = nanosIn(query, 'from') ?? to - nanosPerHour;
  if (from > to) {
    throw new ApiError(400, '`from` must not be after `to`.');
  }
  return { from: epochNanos(from), to: epochNanos(to) };
}

function extentOf({ nodes }: ServiceMap): { from: string; to: string } {
  const starts = nodes.map(({ startTime }) => startTime);
  const ends = nodes.map(({ endTime }) => endTime);
  const from = starts.reduce((one, other) => (other < one ? other : one), starts[0] ?? 0n);
  const to = ends.reduce((one, other) => (other > one ? other : one), ends[0] ?? 0n);
  return { from: String(from), to: String(to) };
}

function toNodeJson({ service, startTime, endTime, edges, ...node }: ServiceMapNode): ServiceMapNodeJson {
  return {
    ...service,
    ...node,
    startTime: String(startTime),
    endTime: String(endTime),
    edges: edges.map(toEdgeJson),
  };
}

function toEdgeJson({ startTime, endTime, ...edge }: ServiceMapEdge): ServiceMapEdgeJson {
  return { ...edge, startTime: String(startTime), endTime: String(endTime) };
}
