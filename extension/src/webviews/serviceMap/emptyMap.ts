import { html, nothing, type TemplateResult } from 'lit';
import type { ServiceMapChoice } from '../../contracts/serviceMap.ts';
import { rangeTextOf } from './mapBar.ts';
import type { ServiceMapModel } from './serviceMapModel.ts';

/** What stands in place of a map that has nothing to show: why, and what to do about it. */
export function renderEmpty(model: ServiceMapModel, choose: (choice: ServiceMapChoice) => void): TemplateResult {
  const { state, choice, scope, trouble } = model;
  switch (state) {
    case 'loading':
    case 'connecting':
      return page(state === 'loading' ? 'Loading the service map…' : 'The Sightline hub is starting…');
    case 'off':
      return page(
        'The Sightline hub is not running.',
        'It receives what your services report. Start it, then send a request to your backend.',
        html`<button type="button" class="primary" @click=${() => void model.start()}>Start</button>`,
      );
    case 'failed':
      return page(trouble ?? 'The service map could not be loaded.');
    case 'map':
      return scope.traceId === undefined ? nothingFound(choice, choose) : page('This trace is no longer kept.');
  }
}

function nothingFound(choice: ServiceMapChoice, choose: (choice: ServiceMapChoice) => void): TemplateResult {
  const { minutes, filter } = choice;
  const isFiltered = filter.trim() !== '';
  return page(
    isFiltered
      ? `No trace of the ${rangeTextOf(minutes)} matches this filter.`
      : `No requests in the ${rangeTextOf(minutes)}.`,
    'Send a request to your backend: what it calls appears here as soon as it has answered.',
    html`${
      isFiltered
        ? html`<button type="button" @click=${() => choose({ ...choice, filter: '' })}>Clear filter</button>`
        : nothing
    }
    ${
      minutes === 360
        ? nothing
        : html`<button type="button" @click=${() => choose({ ...choice, minutes: 360 })}>Show the last 6 hours</button>`
    }`,
  );
}

function page(what: string, advice = '', actions: unknown = nothing): TemplateResult {
  return html`<div class="empty">
    <p class="what">${what}</p>
    ${advice === '' ? nothing : html`<p>${advice}</p>`}
    <p class="actions">${actions}</p>
  </div>`;
}
