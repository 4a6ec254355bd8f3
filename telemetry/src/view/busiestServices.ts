import type { ServiceMap, ServiceMapNode } from './serviceMap.ts';

/** The `most` busiest services of a map, with the calls between them, and how many were left out. A client is as busy as its calls. */
export function busiestServices(map: ServiceMap, most: number): { readonly map: ServiceMap; readonly omitted: number } {
  if (map.nodes.length <= most) {
    return { map, omitted: 0 };
  }
  const kept = map.nodes
    .map((node, at) => ({ at, traffic: trafficOf(node) }))
    .toSorted((a, b) => b.traffic - a.traffic || a.at - b.at)
    .slice(0, most);
  const placeOf = new Map(kept.map(({ at }, place) => [at, place]));
  const nodes = kept.map(({ at }) => {
    const node = map.nodes[at] as ServiceMapNode;
    const edges = node.edges.flatMap((edge) => {
      const target = placeOf.get(edge.target);
      return target === undefined ? [] : { ...edge, target };
    });
    return { ...node, edges };
  });
  return { map: { nodes }, omitted: map.nodes.length - most };
}

function trafficOf({ statistics, edges }: ServiceMapNode): number {
  return statistics?.total ?? edges.reduce((sum, edge) => sum + edge.statistics.total, 0);
}
