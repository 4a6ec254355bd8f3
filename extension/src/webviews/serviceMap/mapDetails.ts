import { html, nothing, type TemplateResult } from 'lit';
import type { HistogramBar, RequestCounts } from '../../contracts/serviceMap.ts';
import {
  averageOf,
  healths,
  percentileOf,
  toNumberText,
  toPercentText,
  toRequestsText,
  toSecondsText,
  type Health,
  type Rate,
} from './figures.ts';
import { renderHistogram } from './histogram.ts';
import { renderIcon } from './icons.ts';
import { filtersOfEdge, filtersOfNode, type OfferedFilter } from './mapFilters.ts';
import type { MapEdge, MapGraph, MapNode } from './mapGraph.ts';
import type { MapSelection } from './serviceMapModel.ts';
import { edgeTextOf, titleOf } from './sentences.ts';

/** What a person does in the panel beside the map. */
export interface DetailsEvents {
  readonly select: (selection: MapSelection) => void;
  readonly filterTraces: (expression: string) => void;
  readonly close: () => void;
}

const healthWords: Readonly<Record<Health, string>> = {
  ok: 'OK',
  error: 'Errors (4xx)',
  throttle: 'Throttled (429)',
  fault: 'Faults (5xx)',
};

export function renderNodeDetails(node: MapNode, graph: MapGraph, rate: Rate, events: DetailsEvents): TemplateResult {
  const slow = percentileOf(node.responseTimes, 0.95);
  const others = node.names.filter((name) => name !== node.name);
  return panel(
    html`<svg class="small" viewBox="0 0 16 16" aria-hidden="true">${renderIcon(node.kind)}</svg>${node.title}`,
    html`<p class="kind">${aboutOf(node)}</p>
      ${others.length === 0 ? nothing : html`<p class="names">Also known as ${others.join(', ')}</p>`}
      ${figures(node, rate)} ${times(node.responseTimes, 'Response times')}
      ${offers(filtersOfNode(node, graph, slow), events)} ${edges('Calls', node.calls, 'target', graph, rate, events)}
      ${edges('Called by', node.callers, 'source', graph, rate, events)}`,
    `Details of ${node.title}`,
    events,
  );
}

export function renderEdgeDetails(edge: MapEdge, graph: MapGraph, rate: Rate, events: DetailsEvents): TemplateResult {
  const slow = percentileOf(edge.responseTimes, 0.95);
  const end = (key: string): TemplateResult =>
    html`<button type="button" class="link" @click=${() => events.select({ kind: 'node', key })}>
      ${titleOf(key, graph)}
    </button>`;
  return panel(
    html`${titleOf(edge.source, graph)} → ${titleOf(edge.target, graph)}`,
    html`<p class="kind">${end(edge.source)} calls ${end(edge.target)}</p>
      ${figures(edge, rate)} ${times(edge.responseTimes, 'Response times')}
      ${offers(filtersOfEdge(edge, graph, slow), events)}`,
    `Details of the calls from ${titleOf(edge.source, graph)} to ${titleOf(edge.target, graph)}`,
    events,
  );
}

function panel(title: TemplateResult, content: TemplateResult, name: string, events: DetailsEvents): TemplateResult {
  return html`<aside
    class="details"
    aria-label=${name}
    @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && events.close()}
  >
    <header>
      <h2 tabindex="-1" id="details-title">${title}</h2>
      <button type="button" class="plain" aria-label="Close details" title="Close (Escape)" @click=${events.close}>
        ✕
      </button>
    </header>
    ${content}
  </aside>`;
}

function aboutOf({ typeText, isInferred, isRoot, kind }: MapNode): string {
  const remarks = [
    typeText,
    ...(isRoot && kind !== 'client' ? ['requests enter here'] : []),
    ...(isInferred ? ['known only from what its callers say'] : []),
  ];
  return remarks.join(' · ');
}

function figures({ counts, responseTimes }: MapNode | MapEdge, rate: Rate): TemplateResult {
  const average = averageOf(counts);
  const percentile = (share: number): string => {
    const value = percentileOf(responseTimes, share);
    return value === undefined ? '–' : toSecondsText(value);
  };
  const all = toRequestsText(counts.total, { kind: 'count' });
  return html`<dl class="figures">
      <div>
        <dt>${rate.kind === 'count' ? 'In this trace' : 'Traffic'}</dt>
        <dd>${toRequestsText(counts.total, rate)}</dd>
      </div>
      <div>
        <dt>Average</dt>
        <dd>${average === undefined ? '–' : toSecondsText(average)}</dd>
      </div>
      <div>
        <dt>Median</dt>
        <dd>${percentile(0.5)}</dd>
      </div>
      <div>
        <dt>p95</dt>
        <dd>${percentile(0.95)}</dd>
      </div>
    </dl>
    <table class="health">
      <caption>
        ${rate.kind === 'count' ? 'How they ended' : `How ${all} ended`}
      </caption>
      <tbody>
        ${healths.filter((health) => health === 'ok' || counts[health] > 0).map((health) => healthRow(health, counts))}
      </tbody>
    </table>`;
}

function healthRow(health: Health, counts: RequestCounts): TemplateResult {
  const share = counts.total === 0 ? 0 : counts[health] / counts.total;
  return html`<tr>
    <th scope="row"><span class="swatch ${health}"></span>${healthWords[health]}</th>
    <td>${toNumberText(counts[health])}</td>
    <td>${toPercentText(share)}</td>
  </tr>`;
}

function times(bars: readonly HistogramBar[], name: string): TemplateResult {
  return bars.length === 0
    ? html``
    : html`<h3>${name}</h3>
        ${renderHistogram(bars, name)}`;
}

function offers(filters: readonly OfferedFilter[], events: DetailsEvents): TemplateResult {
  if (filters.length === 0) {
    return html``;
  }
  return html`<h3>Show in the Traces view</h3>
    <div class="offers">
      ${filters.map(
        ({ label, expression }) =>
          html`<button type="button" title=${expression} @click=${() => events.filterTraces(expression)}>
            <span>${label}</span><code>${expression}</code>
          </button>`,
      )}
    </div>`;
}

function edges(
  heading: string,
  list: readonly MapEdge[],
  end: 'source' | 'target',
  graph: MapGraph,
  rate: Rate,
  events: DetailsEvents,
): TemplateResult {
  if (list.length === 0) {
    return html``;
  }
  return html`<h3>${heading}</h3>
    <ul class="edges">
      ${list.map(
        (edge) =>
          html`<li>
            <button type="button" @click=${() => events.select({ kind: 'edge', key: edge.key })}>
              <span class="name">${titleOf(edge[end], graph)}</span><span>${edgeTextOf(edge, rate)}</span>
            </button>
          </li>`,
      )}
    </ul>`;
}
