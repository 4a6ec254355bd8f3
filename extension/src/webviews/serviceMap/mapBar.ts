import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import { html, nothing, type TemplateResult } from 'lit';
import { mapMinutes, type ServiceMapChoice } from '../../contracts/serviceMap.ts';

export interface MapBarState {
  readonly choice: ServiceMapChoice;
  readonly traceId: string | undefined;
  /** What is in the box, where it is not what is shown. */
  readonly typed: string | undefined;
  readonly isTable: boolean;
}

export interface MapBarEvents {
  readonly type: (filter: string) => void;
  readonly choose: (choice: ServiceMapChoice) => void;
  readonly showTable: (isTable: boolean) => void;
}

const rangeLabels: Readonly<Record<ServiceMapChoice['minutes'], string>> = {
  5: 'Last 5 minutes',
  15: 'Last 15 minutes',
  60: 'Last hour',
  360: 'Last 6 hours',
};

/** `last 15 minutes`. */
export function rangeTextOf(minutes: ServiceMapChoice['minutes']): string {
  return rangeLabels[minutes].toLowerCase();
}

export function renderMapBar(state: MapBarState, events: MapBarEvents): TemplateResult {
  return html`<div class="bar" role="toolbar" aria-label="Service map">
    ${
      state.traceId === undefined
        ? html`${filterBox(state, events)} ${rangeBox(state, events)}`
        : html`<span class="trace">Trace <code>${state.traceId}</code></span>`
    }
    <span class="views" role="group" aria-label="Show as">
      <button type="button" aria-pressed=${!state.isTable} @click=${() => events.showTable(false)}>Map</button
      ><button type="button" aria-pressed=${state.isTable} @click=${() => events.showTable(true)}>Table</button>
    </span>
  </div>`;
}

function filterBox({ choice, typed }: MapBarState, events: MapBarEvents): TemplateResult {
  const text = typed ?? choice.filter;
  const parsed = parseFilterExpression(text.trim() === '' ? 'ok' : text);
  const apply = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && parsed.ok) {
      events.choose({ ...choice, filter: text });
    }
  };
  return html`<div class="filter">
    <input
      type="text"
      id="filter"
      spellcheck="false"
      aria-label="Filter expression"
      aria-invalid=${!parsed.ok}
      aria-describedby="wrong"
      placeholder='Filter: service("backend") { fault }   duration > 1   http.status = 404'
      .value=${text}
      @input=${(event: InputEvent) => events.type((event.target as HTMLInputElement).value)}
      @keydown=${apply}
    />
    ${
      text === ''
        ? nothing
        : html`<button
            type="button"
            class="plain clear"
            aria-label="Clear filter"
            title="Clear filter"
            @click=${() => events.choose({ ...choice, filter: '' })}
          >
            ✕
          </button>`
    }
    ${parsed.ok ? nothing : wrongBox(parsed.error)}
  </div>`;
}

function wrongBox({ message, column, length }: { message: string; column: number; length: number }): TemplateResult {
  const place = `${' '.repeat(column - 1)}${'~'.repeat(Math.max(1, length))}`;
  return html`<div class="wrong" id="wrong" role="alert">
    <span class="place" aria-hidden="true">${place}</span>Column ${column}: ${message}
  </div>`;
}

function rangeBox({ choice }: MapBarState, events: MapBarEvents): TemplateResult {
  const change = (event: Event): void => {
    const minutes = mapMinutes.find((each) => String(each) === (event.target as HTMLSelectElement).value);
    if (minutes !== undefined) {
      events.choose({ ...choice, minutes });
    }
  };
  return html`<select aria-label="Time range" @change=${change}>
    ${mapMinutes.map((each) => html`<option value=${each} ?selected=${each === choice.minutes}>${rangeLabels[each]}</option>`)}
  </select>`;
}
