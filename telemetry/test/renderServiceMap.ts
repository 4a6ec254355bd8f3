import { quantileOf } from '../src/view/histogram.ts';
import type { HistogramEntry, RequestStatistics, ServiceMap, ServiceMapNode } from '../src/view/serviceMap.ts';

/** A map as text: a line a node, by name, and below it a line an edge. Times are seconds at the median. */
export function renderServiceMap({ nodes }: ServiceMap): string {
  return nodes
    .map((node) => {
      const flags = [...(node.isRoot ? ['root'] : []), ...(node.isInferred ? ['inferred'] : [])];
      const others = node.names.filter((name) => name !== node.service.name);
      const head = [
        [label(node), ...flags].join(' '),
        ...(others.length === 0 ? [] : [`also ${others.join(', ')}`]),
        ...(node.statistics === undefined ? [] : [countsOf(node.statistics, node.responseTimes)]),
      ].join(': ');
      const edges = node.edges.map(
        ({ target, statistics, responseTimes }) =>
          `  → ${label(nodes[target])}: ${countsOf(statistics, responseTimes)}`,
      );
      return [head, ...edges.toSorted()].join('\n');
    })
    .toSorted()
    .join('\n');
}

function label(node: ServiceMapNode | undefined): string {
  return node === undefined ? 'nothing' : [node.service.name, node.service.type ?? ''].join(' ').trim();
}

function countsOf(statistics: RequestStatistics, times: readonly HistogramEntry[]): string {
  const counts = (['ok', 'throttle', 'error', 'fault'] as const)
    .filter((outcome) => statistics[outcome] > 0)
    .map((outcome) => `${statistics[outcome]} ${outcome}`);
  const median = quantileOf(times, 0.5);
  return [counts.join(', ') || 'none ended', ...(median === undefined ? [] : [`${median} s`])].join(', ');
}
