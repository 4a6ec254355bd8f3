import {
  averageOf,
  percentileOf,
  toRateText,
  toRequestsText,
  toSecondsText,
  toTroubleTexts,
  type Rate,
} from './figures.ts';
import type { MapEdge, MapGraph, MapNode } from './mapGraph.ts';

/** `120/min`, with what went wrong: the first line of figures on a node. */
export function trafficTextOf({ counts }: MapNode | MapEdge, rate: Rate): string {
  return [toRequestsText(counts.total, rate).replace(' requests/min', '/min'), ...toTroubleTexts(counts)].join(' · ');
}

/** `avg 34 ms · p95 120 ms`; empty where nothing was measured, as with a client. */
export function latencyTextOf({ counts, responseTimes }: MapNode | MapEdge): string {
  const average = averageOf(counts);
  const slow = percentileOf(responseTimes, 0.95);
  return average === undefined || slow === undefined
    ? ''
    : `avg ${toSecondsText(average)} · p95 ${toSecondsText(slow)}`;
}

/** `80/min · 4 ms`: what stands on an edge. */
export function edgeTextOf({ counts }: MapEdge, rate: Rate): string {
  const average = averageOf(counts);
  const requests = toRateText(counts.total, rate);
  return average === undefined ? requests : `${requests} · ${toSecondsText(average)}`;
}

/** All that the map shows of a node, as a screen reader says it. */
export function nodeSentence(node: MapNode, graph: MapGraph, rate: Rate): string {
  const figures = [toRequestsText(node.counts.total, rate), ...toTroubleTexts(node.counts), ...spokenTimes(node)];
  const calls = node.calls.map((edge) => calledText(edge, graph, rate));
  const more = calls.length === 0 ? [] : [`calls ${calls.join(', ')}`];
  return `${node.title}: ${[...figures, ...more].join(', ')}`;
}

/** All that the map shows of an edge, as a screen reader says it. */
export function edgeSentence(edge: MapEdge, graph: MapGraph, rate: Rate): string {
  const figures = [toRequestsText(edge.counts.total, rate), ...toTroubleTexts(edge.counts), ...spokenTimes(edge)];
  return `${titleOf(edge.source, graph)} calls ${titleOf(edge.target, graph)}: ${figures.join(', ')}`;
}

/** `5 services, 4 calls, 120 requests/min`; of a bounded map `the 300 busiest of 5,000 services, …`. What a map amounts to; its requests are those of clients. */
export function mapSentence(graph: MapGraph, rate: Rate): string {
  const services = graph.nodes.filter(({ kind }) => kind !== 'client').length;
  const calls = graph.edges.filter(({ source }) => graph.byKey.get(source)?.kind !== 'client').length;
  const entering = graph.nodes.filter(({ kind }) => kind === 'client');
  const requests = entering.reduce((sum, { counts }) => sum + counts.total, 0);
  const all = counted(services + graph.omittedServices, 'service');
  const shown = graph.omittedServices === 0 ? all : `the ${services} busiest of ${all}`;
  return [shown, counted(calls, 'call'), toRequestsText(requests, rate)].join(', ');
}

export function titleOf(key: string, graph: MapGraph): string {
  return graph.byKey.get(key)?.title ?? '';
}

function calledText(edge: MapEdge, graph: MapGraph, rate: Rate): string {
  const average = averageOf(edge.counts);
  const parts = [titleOf(edge.target, graph), toRateText(edge.counts.total, rate)];
  return [...parts, ...(average === undefined ? [] : [toSecondsText(average)]), ...toTroubleTexts(edge.counts)].join(
    ' ',
  );
}

function spokenTimes({ counts, responseTimes }: MapNode | MapEdge): readonly string[] {
  const average = averageOf(counts);
  const slow = percentileOf(responseTimes, 0.95);
  return average === undefined || slow === undefined
    ? []
    : [`average ${toSecondsText(average)}`, `95th percentile ${toSecondsText(slow)}`];
}

function counted(count: number, singular: string): string {
  return `${count.toLocaleString('en-US')} ${singular}${count === 1 ? '' : 's'}`;
}
