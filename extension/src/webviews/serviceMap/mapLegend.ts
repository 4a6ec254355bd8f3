import { html, type TemplateResult } from 'lit';
import { renderIcon } from './icons.ts';
import type { NodeKind } from './mapGraph.ts';

const kinds: readonly (readonly [NodeKind, string])[] = [
  ['client', 'Client'],
  ['service', 'Service'],
  ['database', 'Database'],
  ['queue', 'Queue'],
  ['remote', 'Remote service'],
];
const healths = [
  ['ok', 'OK'],
  ['error', 'Error (4xx)'],
  ['throttle', 'Throttled (429)'],
  ['fault', 'Fault (5xx)'],
] as const;

export function renderLegend(): TemplateResult {
  return html`<details class="legend">
    <summary>Legend</summary>
    <div class="legend-content">
      <ul>
        ${healths.map(([health, text]) => html`<li><span class="swatch ${health}"></span>${text}</li>`)}
      </ul>
      <ul>
        ${kinds.map(
          ([kind, text]) =>
            html`<li><svg class="small" viewBox="0 0 16 16" aria-hidden="true">${renderIcon(kind)}</svg>${text}</li>`,
        )}
        <li><span class="swatch inferred"></span>Reports nothing itself</li>
      </ul>
      <p>
        A ring shows how requests ended. A line is as thick as its traffic; it is red with faults, yellow with errors.
      </p>
      <p>
        <kbd>←</kbd> <kbd>→</kbd> follow calls, <kbd>↑</kbd> <kbd>↓</kbd> go through services, <kbd>Enter</kbd> opens
        details, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> shows all, <kbd>Shift</kbd> with arrows moves the map; so
        does dragging. The wheel zooms.
      </p>
    </div>
  </details>`;
}
