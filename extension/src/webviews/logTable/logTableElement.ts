import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { LogTableChoice } from '../../contracts/logTable.ts';
import type { Wire } from '../../contracts/peer.ts';
import { renderBar } from './bar.ts';
import { keyActionOf } from './keys.ts';
import { renderRow } from './logRow.ts';
import { LogTableBar } from './logTableBar.ts';
import { LogTableModel, moreRows, rowHeight } from './logTableModel.ts';
import { isSelected } from './selection.ts';
import { styles } from './styles.ts';

/** The table of log lines, the newest first, of which only those in sight are in the document. */
export class LogTableElement extends LitElement {
  static override readonly styles = styles;

  #model: LogTableModel | undefined;
  #bar: LogTableBar | undefined;
  readonly #resized = new ResizeObserver(() => this.#onResize());

  /** Begins the conversation with the editor; `remember` keeps what is shown for after a reload, `choice` is what was kept. */
  connect(wire: Wire, choice: LogTableChoice, remember: (choice: LogTableChoice) => void): void {
    const onChange = (): void => this.requestUpdate();
    this.#model = new LogTableModel(wire, choice, onChange);
    this.#bar = new LogTableBar(this.#model, onChange, remember);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#model?.dispose();
    this.#resized.disconnect();
  }

  protected override updated(): void {
    const model = this.#model;
    const scroller = this.#scroller;
    if (model === undefined || scroller === undefined) {
      return;
    }
    // Does nothing for an element that is observed already.
    this.#resized.observe(scroller);
    this.#measureRows(model);
    if (Math.abs(scroller.scrollTop - model.viewport.scrollTop) > 1) {
      scroller.scrollTop = model.viewport.scrollTop;
    }
  }

  protected override render(): unknown {
    const model = this.#model;
    const bar = this.#bar;
    if (model === undefined || bar === undefined) {
      return nothing;
    }
    const { viewport, cache, selection, beginning } = model;
    return html`${renderBar(bar.state, bar.events)}
      <div class="status" role="status">${statusOf(model)}</div>
      <div
        class="grid"
        role="grid"
        tabindex="0"
        aria-label=${`Log lines of ${beginning?.title ?? ''}`}
        aria-multiselectable="true"
        aria-readonly="true"
        aria-rowcount=${cache.count.isExact ? cache.count.rows + 1 : -1}
        aria-activedescendant=${selection === undefined ? nothing : `row-${selection.current}`}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event, model)}
      >
        ${headOf(model, bar.fields)}
        <div
          class="scroller"
          role="presentation"
          @click=${(event: MouseEvent) => onClick(event, model)}
          @scroll=${(event: Event) => onScroll(event, model)}
          @wheel=${{ handleEvent: (event: WheelEvent) => onWheel(event, model), passive: false }}
        >
          <div role="presentation" style=${styleMap({ height: `${viewport.scrollHeight}px` })}>
            <div class="window" role="rowgroup" style=${styleMap({ height: `${viewport.height}px` })}>
              ${rowsOf(model, bar)}
            </div>
          </div>
        </div>
      </div>`;
  }

  #onKey(event: KeyboardEvent, model: LogTableModel): void {
    const action = keyActionOf(event);
    if (action === undefined) {
      return;
    }
    event.preventDefault();
    if (action.kind === 'find') {
      this.renderRoot.querySelector<HTMLInputElement>('#find')?.focus();
    } else {
      model.act(action);
    }
  }

  #onResize(): void {
    const height = this.#scroller?.clientHeight;
    if (this.#model !== undefined && height !== undefined && height !== this.#model.viewport.height) {
      this.#model.viewport.height = height;
      this.#model.moved();
    }
  }

  /** Rows that are wrapped or expanded are as high as the browser makes them. */
  #measureRows({ viewport, expanded }: LogTableModel): void {
    if (this.#bar?.isWrapped !== true && expanded.size === 0 && !viewport.hasMeasures) {
      return;
    }
    let isNews = false;
    for (const line of this.renderRoot.querySelectorAll<HTMLElement>('.line')) {
      isNews = viewport.measure(Number(line.dataset['index']), line.offsetHeight) || isNews;
    }
    if (isNews) {
      this.requestUpdate();
    }
  }

  get #scroller(): HTMLElement | undefined {
    return this.renderRoot.querySelector<HTMLElement>('.scroller') ?? undefined;
  }
}

function headOf({ hasStreams }: LogTableModel, fields: readonly string[]): TemplateResult {
  return html`<div class="row head" role="row" aria-rowindex="1">
    <span class="cell twist"></span>
    <span role="columnheader" class="cell time">Time</span>
    <span role="columnheader" class="cell level">Level</span>
    ${hasStreams ? html`<span role="columnheader" class="cell stream">Stream</span>` : nothing}
    ${fields.map((name) => html`<span role="columnheader" class="cell field" title=${name}>${name}</span>`)}
    <span role="columnheader" class="cell message">Message</span>
  </div>`;
}

function rowsOf(model: LogTableModel, { isWrapped, fields }: LogTableBar): unknown {
  const { viewport, cache, selection, expanded, wholes, find, beginning, choice } = model;
  const { first, count, y } = viewport.drawn(moreRows);
  if (count === 0 && beginning !== undefined) {
    const isNarrowed = choice.pattern !== '' || choice.from !== undefined || choice.to !== undefined;
    const text = isNarrowed ? 'No line matches.' : 'No line yet. New ones appear here as they are written.';
    return html`<div class="empty">${text}</div>`;
  }
  let top = y;
  // Not keyed by row: while somebody scrolls, the elements stay and only what is in them changes.
  return Array.from({ length: count }, (_item, offset): TemplateResult => {
    const index = first + offset;
    const row = renderRow(cache.rowAt(index), {
      index,
      y: top,
      height: rowHeight,
      isWrapped,
      isSelected: isSelected(selection, index),
      isCurrent: selection?.current === index,
      isExpanded: expanded.has(index),
      hasStream: model.hasStreams,
      fields,
      find,
      whole: wholes.get(index),
    });
    top += viewport.heightOf(index);
    return row;
  });
}

function statusOf({ cache, beginning, passed, said, trouble, isFollowing }: LogTableModel): TemplateResult {
  const { rows, isExact } = cache.count;
  const lines = `${rows.toLocaleString('en-US')}${isExact ? '' : '+'} ${rows === 1 ? 'line' : 'lines'}`;
  const tooFast = `${passed.toLocaleString('en-US')} passed too fast to be drawn; scroll down to read them`;
  const loading = trouble === undefined ? 'Loading…' : 'No lines yet';
  const how = html`<span
    ><span class=${isFollowing ? 'dot' : 'dot still'}></span>${isFollowing ? 'Live' : 'Not live'}</span
  >`;
  // Nothing is live that has not begun, or whose lines do not come.
  const isSaid = beginning !== undefined && (trouble === undefined || !isFollowing);
  return html`<span>${beginning === undefined ? loading : lines}</span> ${isSaid ? how : nothing}
    ${passed === 0 ? nothing : html`<span>${tooFast}</span>`} ${said === '' ? nothing : html`<span>${said}</span>`}
    ${trouble === undefined ? nothing : html`<span class="trouble" role="alert">${trouble}</span>`}`;
}

function onClick(event: MouseEvent, model: LogTableModel): void {
  const target = event.target as Element;
  const line = target.closest<HTMLElement>('.line');
  if (line === null || target.closest('pre') !== null) {
    return;
  }
  const index = Number(line.dataset['index']);
  model.select(index, { extends: event.shiftKey });
  const act = target.closest<HTMLElement>('[data-act]')?.dataset['act'];
  if (act === 'trace') {
    void model.openTrace(index);
  } else if (act === 'expand' || event.detail === 2) {
    model.expand(index, 'toggle');
  }
}

function onScroll(event: Event, model: LogTableModel): void {
  const { scrollTop } = event.currentTarget as HTMLElement;
  // Else it is the echo of a scroll that the keyboard, the wheel or a measured row has made.
  if (Math.abs(scrollTop - model.viewport.scrollTop) > 1) {
    model.viewport.moveToScrollTop(scrollTop);
    model.moved();
  }
}

function onWheel(event: WheelEvent, model: LogTableModel): void {
  // Where a pixel of the scroll bar stands for more than one of the list, the browser would scroll too far.
  if (!model.viewport.isScaled || event.ctrlKey || (event.target as Element).closest('pre') !== null) {
    return;
  }
  event.preventDefault();
  model.viewport.moveBy(event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? rowHeight : 1));
  model.moved();
}
