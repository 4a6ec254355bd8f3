import { svg, type SVGTemplateResult } from 'lit';
import { pathOf, widthOf, type EdgePath } from './edgePaths.ts';
import type { Health, Rate } from './figures.ts';
import type { MapEdge, MapGraph } from './mapGraph.ts';
import type { MapLayout } from './mapLayout.ts';
import { edgeSentence, edgeTextOf } from './sentences.ts';

export interface EdgeState {
  readonly graph: MapGraph;
  readonly layout: MapLayout;
  readonly rate: Rate;
  readonly isSelected: boolean;
  /** Belongs to what is selected, so that its text is worth its room. */
  readonly isRelated: boolean;
  readonly isFaded: boolean;
}

/** From this share of failed requests on an edge has its full colour. */
const fullColour = 0.2;
const leastColour = 0.35;

/** What went wrong on an edge, for its colour: faults before errors before throttling. One failure among many is seen, but does not shout. */
export function troubleOf({ counts }: MapEdge): { readonly health: Health; readonly strength: number } {
  const health = (['fault', 'error', 'throttle'] as const).find((each) => counts[each] > 0);
  if (health === undefined) {
    return { health: 'ok', strength: 0 };
  }
  const share = counts[health] / counts.total;
  return { health, strength: leastColour + (1 - leastColour) * Math.min(share / fullColour, 1) };
}

export function renderEdge(edge: MapEdge, state: EdgeState): SVGTemplateResult {
  const line = pathOf(edge, state.layout);
  if (line === undefined) {
    return svg``;
  }
  const { graph, rate, isSelected, isRelated, isFaded } = state;
  const { health, strength } = troubleOf(edge);
  const classes = `edge ${health} ${isSelected ? 'selected' : ''} ${isRelated ? 'related' : ''} ${isFaded ? 'faded' : ''}`;
  return svg`<g class=${classes} style="--strength: ${Math.round(strength * 100)}%; --thickness: ${widthOf(edge, graph)}" data-edge=${edge.key}>
    <title>${edgeSentence(edge, graph, rate)}</title>
    <path class="reach" d=${line.path} />
    <path class="line" d=${line.path} marker-end="url(#arrow)" />
    ${renderEdgeText(edgeTextOf(edge, rate), line)}
  </g>`;
}

/** The text stands on a stroke of the background's colour, so that the line does not run through it. */
function renderEdgeText(text: string, { middle }: EdgePath): SVGTemplateResult {
  return svg`<text class="edge-text" x=${middle.x} y=${middle.y} dy="0.32em">${text}</text>`;
}
