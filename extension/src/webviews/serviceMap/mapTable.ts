import { html, nothing, type TemplateResult } from 'lit';
import { averageOf, percentileOf, toNumberText, toRateText, toSecondsText, type Rate } from './figures.ts';
import type { MapEdge, MapGraph, MapNode } from './mapGraph.ts';
import type { MapSelection } from './serviceMapModel.ts';
import { edgeSentence, edgeTextOf, nodeSentence, titleOf } from './sentences.ts';

/** The same as the map says, as a table: one row a service in the order of the layout, its calls in the last column. */
export function renderMapTable(
  graph: MapGraph,
  order: readonly string[],
  rate: Rate,
  selection: MapSelection | undefined,
  select: (selection: MapSelection) => void,
): TemplateResult {
  const nodes = order.flatMap((key) => graph.byKey.get(key) ?? []);
  return html`<div class="table-scroller">
    <table class="services">
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">Type</th>
          <th scope="col" class="number">Requests</th>
          <th scope="col" class="number">Faults</th>
          <th scope="col" class="number">Errors</th>
          <th scope="col" class="number">Throttled</th>
          <th scope="col" class="number">Average</th>
          <th scope="col" class="number">p95</th>
          <th scope="col">Calls</th>
        </tr>
      </thead>
      <tbody>
        ${nodes.map((node) => row(node, graph, rate, selection, select))}
      </tbody>
    </table>
  </div>`;
}

function row(
  node: MapNode,
  graph: MapGraph,
  rate: Rate,
  selection: MapSelection | undefined,
  select: (selection: MapSelection) => void,
): TemplateResult {
  const { counts } = node;
  const average = averageOf(counts);
  const slow = percentileOf(node.responseTimes, 0.95);
  const isSelected = selection?.key === node.key;
  return html`<tr class=${isSelected ? 'selected' : ''}>
    <th scope="row">
      <button
        type="button"
        class="link"
        data-row=${node.key}
        aria-label=${nodeSentence(node, graph, rate)}
        @click=${() => select({ kind: 'node', key: node.key })}
      >
        ${node.title}
      </button>
    </th>
    <td>${node.typeText}</td>
    <td class="number">${toRateText(counts.total, rate)}</td>
    ${(['fault', 'error', 'throttle'] as const).map(
      (health) => html`<td class="number ${counts[health] > 0 ? health : ''}">${toNumberText(counts[health])}</td>`,
    )}
    <td class="number">${average === undefined ? '–' : toSecondsText(average)}</td>
    <td class="number">${slow === undefined ? '–' : toSecondsText(slow)}</td>
    <td class="calls">${node.calls.map((edge, index) => callOf(edge, index, graph, rate, select))}</td>
  </tr>`;
}

function callOf(
  edge: MapEdge,
  index: number,
  graph: MapGraph,
  rate: Rate,
  select: (selection: MapSelection) => void,
): TemplateResult {
  return html`${index === 0 ? nothing : ', '}<button
      type="button"
      class="link"
      aria-label=${edgeSentence(edge, graph, rate)}
      @click=${() => select({ kind: 'edge', key: edge.key })}
    >
      ${titleOf(edge.target, graph)}
    </button>
    ${edgeTextOf(edge, rate)}`;
}
