import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Wire } from '../../contracts/peer.ts';
import { filterKeyOf } from './keys.ts';
import { styles } from './styles.ts';
import { TraceFilterModel } from './traceFilterModel.ts';
import { markWrong, statusTextOf } from './traceFilterText.ts';

/** One line for a filter expression, with what could be typed next below it (ARIA's combobox with a list). */
export class TraceFilterElement extends LitElement {
  static override readonly styles = styles;

  #model: TraceFilterModel | undefined;

  connect(wire: Wire): void {
    this.#model = new TraceFilterModel(wire, {
      onChange: () => this.requestUpdate(),
      onFocus: () => this.#focus(),
      after: (millis, callback) => {
        const timer = setTimeout(callback, millis);
        return () => clearTimeout(timer);
      },
    });
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#model?.dispose();
  }

  protected override updated(): void {
    const input = this.#input;
    const model = this.#model;
    if (input === undefined || model === undefined) {
      return;
    }
    const caret = model.caretToPlace;
    if (caret !== undefined) {
      model.caretToPlace = undefined;
      input.setSelectionRange(caret, caret);
    }
    this.#drawMarks(model);
    this.#followScroll();
    this.renderRoot.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): unknown {
    const model = this.#model;
    if (model === undefined) {
      return nothing;
    }
    return html`<div class="box">
        ${this.#renderInput(model)}
        ${
          model.text === ''
            ? nothing
            : html`<button
                class="clear"
                title="Clear Filter (Escape)"
                aria-label="Clear Filter"
                @click=${() => this.#clear(model)}
              >
                ✕
              </button>`
        }
        ${renderList(model)}
      </div>
      ${renderWrong(model)}${renderStatus(model)}`;
  }

  #renderInput(model: TraceFilterModel): TemplateResult {
    const isWrong = isWrongIn(model);
    return html`<div class=${isWrong ? 'line invalid' : 'line'}>
      <div class="marks" aria-hidden="true"></div>
      <input
        type="text"
        id="filter"
        role="combobox"
        spellcheck="false"
        autocomplete="off"
        maxlength="2000"
        aria-label="Filter traces by an X-Ray filter expression"
        aria-autocomplete="list"
        aria-expanded=${model.suggestions.length > 0}
        aria-controls="suggestions"
        aria-activedescendant=${model.active < 0 ? nothing : `suggestion-${model.active}`}
        aria-invalid=${isWrong}
        aria-describedby="message"
        placeholder='Filter: fault   service("backend")   duration > 1'
        .value=${model.text}
        @input=${(event: Event) => onInput(event, model)}
        @keydown=${(event: KeyboardEvent) => onKey(event, model)}
        @keyup=${(event: Event) => model.moved((event.target as HTMLInputElement).selectionStart ?? 0)}
        @click=${(event: Event) => model.moved((event.target as HTMLInputElement).selectionStart ?? 0)}
        @scroll=${() => this.#followScroll()}
        @focus=${() => model.entered()}
        @blur=${() => model.left()}
      />
    </div>`;
  }

  #clear(model: TraceFilterModel): void {
    model.clear();
    this.#input?.focus();
  }

  #focus(): void {
    this.#input?.focus();
    this.#input?.select();
  }

  /** By hand, since each space counts, and templates have spaces of their own. */
  #drawMarks(model: TraceFilterModel): void {
    const [before, text, behind] = markWrong(model.text, isWrongIn(model) ? model.wrong : undefined);
    const wrong = document.createElement('span');
    wrong.className = 'wrong';
    wrong.textContent = text;
    this.renderRoot.querySelector('.marks')?.replaceChildren(before, wrong, behind);
  }

  /** What is underlined is drawn behind the input, and has to move with its text. */
  #followScroll(): void {
    const marks = this.renderRoot.querySelector<HTMLElement>('.marks');
    if (marks !== null && this.#input !== undefined) {
      marks.scrollLeft = this.#input.scrollLeft;
    }
  }

  get #input(): HTMLInputElement | undefined {
    return this.renderRoot.querySelector<HTMLInputElement>('#filter') ?? undefined;
  }
}

function isWrongIn({ wrong, isUnfinished }: TraceFilterModel): boolean {
  return wrong !== undefined && !isUnfinished;
}

function onInput(event: Event, model: TraceFilterModel): void {
  const { value, selectionStart } = event.target as HTMLInputElement;
  model.typed(value, selectionStart ?? value.length);
}

function onKey(event: KeyboardEvent, model: TraceFilterModel): void {
  const key = filterKeyOf(event);
  if (key !== undefined && model.press(key)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function renderList(model: TraceFilterModel): TemplateResult {
  const { suggestions, active } = model;
  return html`<ul id="suggestions" role="listbox" aria-label="Suggestions" ?hidden=${suggestions.length === 0}>
    ${suggestions.map(
      ({ label, about, kind }, index) =>
        html`<li
          id=${`suggestion-${index}`}
          role="option"
          aria-selected=${index === active}
          class=${kind}
          @mousedown=${(event: Event) => {
            // Else the input would lose the focus.
            event.preventDefault();
            model.choose(index);
          }}
        >
          <span class="label">${label}</span><span class="about">${about}</span>
        </li>`,
    )}
  </ul>`;
}

function renderWrong(model: TraceFilterModel): TemplateResult {
  const { wrong, isUnfinished, trouble } = model;
  if (wrong === undefined) {
    const text = trouble ?? '';
    return html`<div id="message" role="alert" class=${text === '' ? '' : 'message'}>${text}</div>`;
  }
  const text = `Column ${wrong.column}: ${wrong.message}`;
  return isUnfinished
    ? html`<div id="message" class="hint">${wrong.message}</div>`
    : html`<div id="message" role="alert" class="message">${text}</div>`;
}

function renderStatus(model: TraceFilterModel): TemplateResult {
  const { status } = model;
  return html`<div class="status">
      <span role="status">${statusTextOf(status)}</span>
      ${
        status.isSearching
          ? html`<span class="spinner" aria-hidden="true"></span>
              <button class="stop" title="Leave it at what has been found" @click=${() => model.stop()}>Stop</button>`
          : nothing
      }
    </div>
    ${status.hints.map((hint) => html`<div class="hint" role="note">${hint}</div>`)}`;
}
