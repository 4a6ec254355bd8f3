import { quoteFilterText } from '@sightline/telemetry/language/filterExpressionText';
import { toSecondsText } from './figures.ts';
import type { MapEdge, MapGraph, MapNode } from './mapGraph.ts';

/** A filter for the Traces view that a person can choose from the map. */
export interface OfferedFilter {
  readonly label: string;
  readonly expression: string;
}

/** Filters for the traces that a service had a part in; none for clients, which no trace tells apart. */
export function filtersOfNode(node: MapNode, graph: MapGraph, slow: number | undefined): readonly OfferedFilter[] {
  if (node.kind === 'client') {
    return [];
  }
  return narrowed(`service(${selectorOf(node, graph)})`, node, slow);
}

/** Filters for the traces that have this call; of a client's call, those that entered by the called service. */
export function filtersOfEdge(edge: MapEdge, graph: MapGraph, slow: number | undefined): readonly OfferedFilter[] {
  const source = graph.byKey.get(edge.source);
  const target = graph.byKey.get(edge.target);
  if (source === undefined || target === undefined) {
    return [];
  }
  return narrowed(`edge(${selectorOf(source, graph)}, ${selectorOf(target, graph)})`, edge, slow);
}

function narrowed(subject: string, { counts }: MapNode | MapEdge, slow: number | undefined): readonly OfferedFilter[] {
  const offer = (label: string, condition: string): OfferedFilter => ({
    label,
    expression: `${subject} { ${condition} }`,
  });
  return [
    { label: 'All traces', expression: subject },
    ...(counts.fault > 0 ? [offer('With faults', 'fault')] : []),
    ...(counts.error > 0 ? [offer('With errors', 'error')] : []),
    ...(counts.throttle > 0 ? [offer('Throttled', 'throttle')] : []),
    ...(slow === undefined ? [] : [offer(`Slower than ${toSecondsText(slow)}`, `responsetime > ${decimal(slow)}`)]),
  ];
}

/** By its name, as a person would write it; with the type where another service has the same name. A client has that of the service it calls. */
function selectorOf({ name, type, key, kind }: MapNode, graph: MapGraph): string {
  const isAmbiguous =
    kind === 'client' ||
    graph.nodes.some((other) => other.name === name && other.key !== key && other.kind !== 'client');
  return isAmbiguous && type !== undefined
    ? `id(name: ${quoteFilterText(name)}, type: ${quoteFilterText(type)})`
    : quoteFilterText(name);
}

function decimal(seconds: number): string {
  return String(Number(seconds.toPrecision(3)));
}
