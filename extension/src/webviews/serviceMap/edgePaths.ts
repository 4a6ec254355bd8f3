import type { MapEdge, MapGraph } from './mapGraph.ts';
import { nodeHeight, nodeWidth, type MapLayout, type Point } from './mapLayout.ts';

export interface EdgePath {
  /** The `d` of an SVG path. */
  readonly path: string;
  /** Where its text stands. */
  readonly middle: Point;
}

const thinnest = 1.25;
const thickest = 6;

/** The line of an edge, from the right side of its source to the left side of its target where they stand so. */
export function pathOf(edge: MapEdge, layout: MapLayout): EdgePath | undefined {
  const source = layout.nodes[edge.source];
  const target = layout.nodes[edge.target];
  const points = layout.edges[edge.key];
  if (source === undefined || target === undefined || points === undefined || points.length < 2) {
    return undefined;
  }
  const isForward = target.x >= source.x + nodeWidth;
  const route = isForward
    ? [
        { x: source.x + nodeWidth, y: source.y + nodeHeight / 2 },
        ...points.slice(1, -1),
        { x: target.x, y: target.y + nodeHeight / 2 },
      ]
    : points;
  const middle = route[Math.floor(route.length / 2)] ?? source;
  return {
    path: isForward ? alongCalls(route) : around(route),
    // Two points have none between them.
    middle: route.length === 2 ? between(route[0] ?? middle, middle) : middle,
  };
}

/** Pixels: thicker with the share of the busiest edge's requests. */
export function widthOf({ counts }: MapEdge, { edges }: MapGraph): number {
  const most = edges.reduce((max, each) => Math.max(max, each.counts.total), 1);
  return Number((thinnest + (thickest - thinnest) * Math.sqrt(counts.total / most)).toFixed(2));
}

/** Curves that leave and enter level. */
function alongCalls(points: readonly Point[]): string {
  return points.reduce((path, { x, y }, index) => {
    const before = points[index - 1];
    if (before === undefined) {
      return `M${round(x)},${round(y)}`;
    }
    const middle = round((before.x + x) / 2);
    return `${path}C${middle},${round(before.y)} ${middle},${round(y)} ${round(x)},${round(y)}`;
  }, '');
}

/** Curves that take each corner round: for calls back and for a service that calls itself. */
function around(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) {
    return '';
  }
  const bends = rest.slice(0, -1).map((corner, index) => {
    const end = between(corner, rest[index + 1] ?? last);
    return `Q${round(corner.x)},${round(corner.y)} ${round(end.x)},${round(end.y)}`;
  });
  return `M${round(first.x)},${round(first.y)}${bends.join('')}L${round(last.x)},${round(last.y)}`;
}

function between(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
