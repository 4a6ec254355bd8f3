import { html, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { toTroubleTexts, type Rate } from './figures.ts';
import { renderRing } from './healthRing.ts';
import type { MapGraph, MapNode } from './mapGraph.ts';
import { nodeHeight, nodeWidth, type Point } from './mapLayout.ts';
import { latencyTextOf, nodeSentence, trafficTextOf } from './sentences.ts';

export interface NodeCardState {
  readonly graph: MapGraph;
  readonly rate: Rate;
  readonly place: Point;
  readonly isSelected: boolean;
  /** The one that Tab comes to. */
  readonly isFocusable: boolean;
  /** Has nothing to do with what is selected. */
  readonly isFaded: boolean;
}

export function renderNodeCard(
  node: MapNode,
  { graph, rate, place, isSelected, isFocusable, isFaded }: NodeCardState,
): TemplateResult {
  const latency = latencyTextOf(node);
  return html`<button
    type="button"
    class="node ${node.kind} ${isSelected ? 'selected' : ''} ${isFaded ? 'faded' : ''}"
    data-key=${node.key}
    tabindex=${isFocusable ? 0 : -1}
    aria-label=${nodeSentence(node, graph, rate)}
    aria-pressed=${isSelected}
    aria-roledescription=${node.typeText}
    title=${`${node.title}\n${node.typeText}`}
    style=${styleMap({ left: `${place.x}px`, top: `${place.y}px`, width: `${nodeWidth}px`, height: `${nodeHeight}px` })}
  >
    ${renderRing(node)}
    <span class="text">
      <span class="name">${node.title}</span>
      <span class=${toTroubleTexts(node.counts).length > 0 ? 'traffic bad' : 'traffic'}
        >${trafficTextOf(node, rate)}</span
      >
      <span class="latency"
        >${latency === '' ? (node.kind === 'client' ? 'Requests from outside' : node.typeText) : latency}</span
      >
    </span>
  </button>`;
}
