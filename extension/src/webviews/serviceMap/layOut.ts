import { Graph, layout } from '@dagrejs/dagre';
import { nodeHeight, nodeWidth, type LayoutInput, type MapLayout, type Point } from './mapLayout.ts';

const edgeTextWidth = 104;
const edgeTextHeight = 18;

/** Lays the map out from left to right along the calls. Takes seconds for hundreds of services with many calls. */
export function layOut({ nodes, edges, hasEdgeTexts }: LayoutInput): MapLayout {
  const graph = new Graph({ directed: true });
  graph.setGraph({
    rankdir: 'LR',
    nodesep: 28,
    edgesep: 16,
    ranksep: hasEdgeTexts ? 32 : 90,
    marginx: 16,
    marginy: 16,
  });
  for (const key of nodes) {
    graph.setNode(key, { width: nodeWidth, height: nodeHeight });
  }
  const text = hasEdgeTexts ? { width: edgeTextWidth, height: edgeTextHeight, labelpos: 'c' } : {};
  for (const [source, target] of edges) {
    graph.setEdge(source, target, { ...text });
  }
  layout(graph);
  const places = nodes.map((key) => [key, upperLeft(graph.node(key) as Point)] as const);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    nodes: Object.fromEntries(places),
    edges: Object.fromEntries(
      edges.map(([source, target]) => [
        `${source}→${target}`,
        (graph.edge(source, target) as { points: readonly Point[] }).points.map(({ x, y }) => ({ x, y })),
      ]),
    ),
    order: places.toSorted(([, a], [, b]) => a.x - b.x || a.y - b.y).map(([key]) => key),
  };
}

function upperLeft({ x, y }: Point): Point {
  return { x: x - nodeWidth / 2, y: y - nodeHeight / 2 };
}
