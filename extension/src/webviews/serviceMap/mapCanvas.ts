import { html, svg, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { renderEdge } from './mapEdgeLine.ts';
import type { MapGraph } from './mapGraph.ts';
import { renderNodeCard } from './mapNodeCard.ts';
import type { MapSelection, ServiceMapModel } from './serviceMapModel.ts';

/** The lines with the services on them, in the map's own pixels; what is around it moves and scales it as a whole. */
export function renderCanvas(model: ServiceMapModel): TemplateResult {
  const { drawing, selection, rate, focused } = model;
  if (drawing === undefined) {
    return html``;
  }
  const { graph, layout } = drawing;
  const related = relatedTo(selection, graph);
  const nodes = layout.order.flatMap((key) => graph.byKey.get(key) ?? []);
  // Tall enough for curves that leave the box of the layout; nothing is cut off outside of it.
  return html`<svg class="edges" width=${layout.width} height=${layout.height} aria-hidden="true">
      <defs>
        <marker
          id="arrow"
          viewBox="0 0 10 10"
          refX="9"
          refY="5"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0,1 L9,5 L0,9 Z" fill="context-stroke" />
        </marker>
      </defs>
      ${repeat(
        graph.edges,
        ({ key }) => key,
        (edge) =>
          svg`${renderEdge(edge, {
            graph,
            layout,
            rate,
            isSelected: selection?.key === edge.key,
            isRelated: related?.edges.has(edge.key) === true,
            isFaded: related !== undefined && !related.edges.has(edge.key),
          })}`,
      )}
    </svg>
    ${repeat(
      nodes,
      ({ key }) => key,
      (node) =>
        renderNodeCard(node, {
          graph,
          rate,
          place: layout.nodes[node.key] ?? { x: 0, y: 0 },
          isSelected: selection?.key === node.key,
          isFocusable: focused === node.key,
          isFaded: related !== undefined && !related.nodes.has(node.key),
        }),
    )}`;
}

/** The services and calls that what is selected has to do with at first hand; `undefined` where nothing is selected. */
function relatedTo(
  selection: MapSelection | undefined,
  graph: MapGraph,
): { readonly nodes: ReadonlySet<string>; readonly edges: ReadonlySet<string> } | undefined {
  if (selection === undefined) {
    return undefined;
  }
  const edges = graph.edges.filter(({ key, source, target }) => [key, source, target].includes(selection.key));
  return {
    nodes: new Set([...edges.flatMap(({ source, target }) => [source, target]), selection.key]),
    edges: new Set(edges.map(({ key }) => key)),
  };
}
