import type { MapGraph } from './mapGraph.ts';

export interface LayoutInput {
  readonly nodes: readonly string[];
  readonly edges: readonly (readonly [source: string, target: string])[];
  /** Room between the services for what stands on an edge. */
  readonly hasEdgeTexts: boolean;
}

/** Where everything is, in pixels at full size. */
export interface MapLayout {
  readonly width: number;
  readonly height: number;
  /** The upper left corners, by key. */
  readonly nodes: Readonly<Record<string, Point>>;
  /** By key: from the source to the target. */
  readonly edges: Readonly<Record<string, readonly Point[]>>;
  /** Keys of the nodes column by column from the left, each from the top. */
  readonly order: readonly string[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const nodeWidth = 232;
export const nodeHeight = 68;
/** From here on the edges carry their texts only where somebody looks at them. */
const mostEdgeTexts = 80;

/** What the layout depends on: no number is in it, so that the map stands still while only numbers change. */
export function layoutInputOf({ nodes, edges }: MapGraph): LayoutInput {
  return {
    nodes: nodes.map(({ key }) => key),
    edges: edges.map(({ source, target }) => [source, target]),
    hasEdgeTexts: edges.length <= mostEdgeTexts,
  };
}

export function isSameLayoutInput(one: LayoutInput | undefined, other: LayoutInput): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
