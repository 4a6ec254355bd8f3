import { html, nothing, type TemplateResult } from 'lit';
import { timeRanges, type TimeRangeKey } from './timeRange.ts';

/** What the bar above the table shows. */
export interface BarState {
  readonly pattern: string;
  readonly wrong: { readonly message: string; readonly column: number; readonly length: number } | undefined;
  readonly range: TimeRangeKey;
  readonly custom: { readonly from: string; readonly to: string };
  readonly find: string;
  readonly isFinding: boolean;
  readonly fields: readonly string[];
  /** Names of the fields in the rows at hand, while the list of them is open. */
  readonly fieldChoices: readonly string[];
  readonly isWrapped: boolean;
  readonly isFollowing: boolean;
  readonly waiting: string | undefined;
}

/** What a person does in the bar. */
export interface BarEvents {
  readonly pattern: (text: string) => void;
  readonly applyPattern: () => void;
  readonly range: (key: TimeRangeKey) => void;
  readonly custom: (ends: { from: string; to: string }) => void;
  readonly find: (text: string) => void;
  readonly findNext: (direction: 'older' | 'newer') => void;
  readonly openFields: (isOpen: boolean) => void;
  readonly field: (name: string, isShown: boolean) => void;
  readonly wrap: () => void;
  readonly copy: () => void;
  readonly save: () => void;
  readonly follow: (isFollowing: boolean) => void;
}

export function renderBar(state: BarState, events: BarEvents): TemplateResult {
  return html`<div class="bar" role="toolbar" aria-label="Log lines">
    ${filterBox(state, events)} ${rangeChoice(state, events)} ${findBox(state, events)} ${fieldsMenu(state, events)}
    <button aria-pressed=${state.isWrapped} title="Show whole messages on several lines" @click=${events.wrap}>
      Wrap
    </button>
    <button title="Copy the selected lines (Ctrl+C)" @click=${events.copy}>Copy</button>
    <button title="Save all lines of this view to a file" @click=${events.save}>Save…</button>
    ${followButton(state, events)}
  </div>`;
}

function filterBox({ pattern, wrong }: BarState, events: BarEvents): TemplateResult {
  return html`<div class="filter">
    <input
      type="text"
      id="pattern"
      spellcheck="false"
      aria-label="Filter pattern"
      aria-invalid=${wrong !== undefined}
      aria-describedby="wrong"
      placeholder='Filter: ERROR -health   "not found"   { $.status >= 500 }'
      .value=${pattern}
      @input=${(event: InputEvent) => events.pattern((event.target as HTMLInputElement).value)}
      @keydown=${(event: KeyboardEvent) => event.key === 'Enter' && events.applyPattern()}
    />
    ${
      wrong === undefined
        ? nothing
        : html`<div class="wrong" id="wrong" role="alert">
            <span class="place" aria-hidden="true">${placeOf(wrong)}</span>Column ${wrong.column}: ${wrong.message}
          </div>`
    }
  </div>`;
}

function placeOf({ column, length }: { readonly column: number; readonly length: number }): string {
  return `${' '.repeat(column - 1)}${'~'.repeat(Math.max(1, length))}`;
}

function rangeChoice({ range, custom }: BarState, events: BarEvents): TemplateResult {
  return html`<select
      aria-label="Time range"
      @change=${(event: Event) => events.range((event.target as HTMLSelectElement).value as TimeRangeKey)}
    >
      ${timeRanges.map(({ key, label }) => html`<option value=${key} ?selected=${key === range}>${label}</option>`)}
    </select>
    ${
      range === 'custom'
        ? (['from', 'to'] as const).map(
            (end) =>
              html`<span
                ><input
                  type="datetime-local"
                  step="1"
                  aria-label=${end === 'from' ? 'From' : 'To'}
                  .value=${custom[end]}
                  @change=${(event: Event) =>
                    events.custom({ ...custom, [end]: (event.target as HTMLInputElement).value })}
              /></span>`,
          )
        : nothing
    }`;
}

function findBox({ find, isFinding }: BarState, events: BarEvents): TemplateResult {
  return html`<div class="search">
    <input
      type="search"
      id="find"
      spellcheck="false"
      aria-label="Find in these lines"
      placeholder="Find"
      .value=${find}
      @input=${(event: InputEvent) => events.find((event.target as HTMLInputElement).value)}
      @keydown=${(event: KeyboardEvent) => event.key === 'Enter' && events.findNext(event.shiftKey ? 'newer' : 'older')}
    />
    <button title="Newer match (Shift+Enter)" aria-label="Newer match" @click=${() => events.findNext('newer')}>
      ↑
    </button>
    <button title="Older match (Enter)" aria-label="Older match" @click=${() => events.findNext('older')}>
      ${isFinding ? '…' : '↓'}
    </button>
  </div>`;
}

function fieldsMenu({ fields, fieldChoices }: BarState, events: BarEvents): TemplateResult {
  return html`<details @toggle=${(event: Event) => events.openFields((event.target as HTMLDetailsElement).open)}>
    <summary title="Show fields of JSON messages as columns">
      Columns${fields.length === 0 ? '' : ` (${fields.length})`}
    </summary>
    <div class="fields">
      ${fieldChoices.length === 0 ? 'No line in sight is a JSON object.' : nothing}
      ${fieldChoices.map(
        (name) =>
          html`<label
            ><input
              type="checkbox"
              .checked=${fields.includes(name)}
              @change=${(event: Event) => events.field(name, (event.target as HTMLInputElement).checked)}
            />${name}</label
          >`,
      )}
    </div>
  </details>`;
}

function followButton({ isFollowing, waiting }: BarState, events: BarEvents): TemplateResult {
  return isFollowing
    ? html`<button title="Stand still; new lines are counted" @click=${() => events.follow(false)}>Pause</button>`
    : html`<button
        class=${waiting === undefined ? '' : 'primary'}
        title="Show the newest lines, and go on as new ones come"
        @click=${() => events.follow(true)}
      >
        ${waiting === undefined ? 'Follow' : `Show ${waiting}`}
      </button>`;
}
