import { parseFilterPattern } from '@sightline/telemetry/language/filterPattern';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import type {
  LogTableBeginning,
  LogTableChoice,
  LogTableNews,
  LogTableQuestions,
  LogTableView,
} from '../../contracts/logTable.ts';
import { Peer, PeerError, type Wire } from '../../contracts/peer.ts';
import { renderBar, type BarEvents, type BarState } from './bar.ts';
import { keyActionOf, type KeyAction } from './keys.ts';
import { fieldsOf, renderRow } from './logRow.ts';
import { RowCache } from './rowCache.ts';
import { countOf, isSelected, selectTo, startOf, type Selection } from './selection.ts';
import { styles } from './styles.ts';
import { timeRangeOf, type TimeRangeKey } from './timeRange.ts';
import { Viewport } from './viewport.ts';

const rowHeight = 20;
/** Rows that are drawn above and below those that are seen. */
const moreRows = 6;
/** How long somebody must stop typing before the pattern is applied. */
const typingMillis = 400;
const mostFieldChoices = 60;

/** The table of log lines: the newest first, of which only those in sight are in the document. */
export class LogTableElement extends LitElement {
  static override readonly styles = styles;

  #peer: Peer<LogTableNews, LogTableQuestions> | undefined;
  #remember: (choice: LogTableChoice) => void = () => undefined;
  readonly #viewport = new Viewport(rowHeight);
  readonly #cache = new RowCache(
    async (start, count, signal) => await this.#ask('rows', { view: this.#view, start, count }, signal),
    () => this.#onRows(),
    (error) => this.#fail(error),
  );
  #beginning: LogTableBeginning | undefined;
  #choice: LogTableChoice = { pattern: '' };
  #view = 0;
  #isFollowing = true;
  #waiting: string | undefined;
  #passed = 0;
  #trouble: string | undefined;
  #said = '';
  #selection: Selection | undefined;
  readonly #expanded = new Set<number>();
  /** Whole messages of expanded rows that were cut, by index. */
  readonly #wholes = new Map<number, string>();
  #isWrapped = false;
  #fields: readonly string[] = [];
  #fieldChoices: readonly string[] = [];
  #pattern = '';
  #typing: ReturnType<typeof setTimeout> | undefined;
  #range: TimeRangeKey = 'all';
  #custom = { from: '', to: '' };
  #find = '';
  #finding: AbortController | undefined;
  readonly #resized = new ResizeObserver(() => this.#onResize());

  /** Begins the conversation with the editor; `remember` keeps what is shown for after a reload. */
  connect(wire: Wire, remember: (choice: LogTableChoice) => void): void {
    this.#remember = remember;
    this.#peer = new Peer<LogTableNews, LogTableQuestions>(wire, {
      viewChanged: (view) => this.#onNewLines(view),
      restarted: () => void this.#begin(),
      waiting: ({ lines, isMore }) => {
        this.#waiting = lines === 0 ? undefined : `${lines.toLocaleString('en-US')}${isMore ? '+' : ''} new`;
        this.requestUpdate();
        return undefined;
      },
      trouble: ({ message }) => {
        this.#trouble = message;
        this.requestUpdate();
        return undefined;
      },
    });
    void this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#peer?.dispose();
    this.#resized.disconnect();
  }

  protected override firstUpdated(): void {
    const scroller = this.#scroller;
    this.#resized.observe(scroller);
    scroller.addEventListener('scroll', () => this.#onScroll(), { passive: true });
    scroller.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
  }

  protected override updated(): void {
    this.#measureRows();
    const scroller = this.#scroller;
    if (Math.abs(scroller.scrollTop - this.#viewport.scrollTop) > 1) {
      scroller.scrollTop = this.#viewport.scrollTop;
    }
  }

  protected override render(): TemplateResult {
    return html`${renderBar(this.#barState(), this.#barEvents)}
      <div class="status" role="status">${this.#renderStatus()}</div>
      <div
        class="grid"
        role="grid"
        tabindex="0"
        aria-label=${`Log lines of ${this.#beginning?.title ?? ''}`}
        aria-multiselectable="true"
        aria-readonly="true"
        aria-rowcount=${this.#cache.count.isExact ? this.#cache.count.rows + 1 : -1}
        aria-activedescendant=${this.#selection === undefined ? nothing : `row-${this.#selection.current}`}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      >
        ${this.#renderHead()}
        <div class="scroller" role="presentation" @click=${(event: MouseEvent) => this.#onClick(event)}>
          <div role="presentation" style=${styleMap({ height: `${this.#viewport.scrollHeight}px` })}>
            <div class="window" role="rowgroup" style=${styleMap({ height: `${this.#viewport.height}px` })}>
              ${this.#renderRows()}
            </div>
          </div>
        </div>
      </div>`;
  }

  #renderHead(): TemplateResult {
    const hasStreams = this.#beginning?.hasStreams === true;
    return html`<div class="row head" role="row" aria-rowindex="1">
      <span class="cell twist"></span>
      <span role="columnheader" class="cell time">Time</span>
      <span role="columnheader" class="cell level">Level</span>
      ${hasStreams ? html`<span role="columnheader" class="cell stream">Stream</span>` : nothing}
      ${this.#fields.map((name) => html`<span role="columnheader" class="cell field" title=${name}>${name}</span>`)}
      <span role="columnheader" class="cell message">Message</span>
    </div>`;
  }

  #renderRows(): unknown {
    const { first, count, y } = this.#viewport.drawn(moreRows);
    if (count === 0 && this.#beginning !== undefined) {
      const isNarrowed =
        this.#choice.pattern !== '' || this.#choice.from !== undefined || this.#choice.to !== undefined;
      return html`<div class="empty">
        ${isNarrowed ? 'No line matches.' : 'No line yet. New ones appear here as they are written.'}
      </div>`;
    }
    let top = y;
    const indexes = Array.from({ length: count }, (_item, offset) => first + offset);
    return repeat(
      indexes,
      (index) => index,
      (index) => {
        const row = renderRow(this.#cache.rowAt(index), {
          index,
          y: top,
          height: rowHeight,
          isWrapped: this.#isWrapped,
          isSelected: isSelected(this.#selection, index),
          isCurrent: this.#selection?.current === index,
          isExpanded: this.#expanded.has(index),
          hasStream: this.#beginning?.hasStreams === true,
          fields: this.#fields,
          find: this.#find,
          whole: this.#wholes.get(index),
        });
        top += this.#viewport.heightOf(index);
        return row;
      },
    );
  }

  #renderStatus(): TemplateResult {
    const { rows, isExact } = this.#cache.count;
    const count =
      this.#beginning === undefined
        ? 'Loading…'
        : `${rows.toLocaleString('en-US')}${isExact ? '' : '+'} ${rows === 1 ? 'line' : 'lines'}`;
    const passed = `${this.#passed.toLocaleString('en-US')} passed too fast to be drawn; scroll down to read them`;
    return html`<span>${count}</span>
      <span
        ><span class=${this.#isFollowing ? 'dot' : 'dot still'}></span
        >${this.#isFollowing ? 'Live' : 'Standing still'}</span
      >
      ${this.#passed === 0 ? nothing : html`<span>${passed}</span>`}
      ${this.#said === '' ? nothing : html`<span>${this.#said}</span>`}
      ${this.#trouble === undefined ? nothing : html`<span class="trouble" role="alert">${this.#trouble}</span>`}`;
  }

  async #begin(): Promise<void> {
    try {
      const beginning = await this.#ask('begin', undefined);
      this.#beginning = beginning;
      this.#choice = beginning.choice;
      this.#pattern = beginning.choice.pattern;
      this.#isFollowing = beginning.isFollowing;
      this.#show(beginning.view);
      if (beginning.selected !== undefined) {
        this.#select(beginning.selected, { extends: false });
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Draws another choice of lines from its newest on. */
  #show(view: LogTableView): void {
    this.#adopt(view);
    this.#selection = undefined;
    this.#waiting = undefined;
    this.#said = '';
    this.#viewport.moveTo(0);
    this.requestUpdate();
  }

  #adopt(view: LogTableView): void {
    this.#view = view.view;
    this.#passed = view.passed;
    this.#trouble = undefined;
    this.#expanded.clear();
    this.#wholes.clear();
    this.#viewport.forgetMeasures();
    this.#cache.restart(view);
    this.#viewport.rowCount = this.#cache.length;
  }

  #onNewLines(view: LogTableView): undefined {
    if (this.#isFollowing) {
      this.#adopt(view);
      this.requestUpdate();
    }
    return undefined;
  }

  #onRows(): void {
    this.#viewport.rowCount = this.#cache.length;
    this.#need();
    this.requestUpdate();
  }

  #need(): void {
    const { first, count } = this.#viewport.drawn(moreRows);
    this.#cache.need(first, count);
  }

  async #choose(): Promise<void> {
    const range = timeRangeOf(this.#range, Date.now(), this.#custom);
    const choice: LogTableChoice = { pattern: this.#pattern.trim(), ...range };
    this.#choice = choice;
    this.#remember(choice);
    try {
      const view = await this.#ask('choose', choice);
      // What was chosen since has an answer of its own.
      if (choice === this.#choice) {
        this.#show(view);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #follow(isFollowing: boolean): Promise<void> {
    this.#isFollowing = isFollowing;
    this.requestUpdate();
    try {
      const view = await this.#ask('follow', { isFollowing });
      if (isFollowing) {
        this.#passed = 0;
        this.#show(view);
      } else if (view.view !== this.#view) {
        this.#adopt(view);
      }
      this.requestUpdate();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Somebody reads: rows must not move under their eyes. */
  #standStill(): void {
    if (this.#isFollowing) {
      void this.#follow(false);
    }
  }

  #barState(): BarState {
    const parsed = parseFilterPattern(this.#pattern);
    return {
      pattern: this.#pattern,
      wrong: parsed.ok ? undefined : parsed.error,
      range: this.#range,
      custom: this.#custom,
      find: this.#find,
      isFinding: this.#finding !== undefined,
      fields: this.#fields,
      fieldChoices: this.#fieldChoices,
      isWrapped: this.#isWrapped,
      isFollowing: this.#isFollowing,
      waiting: this.#waiting,
    };
  }

  readonly #barEvents: BarEvents = {
    pattern: (text) => {
      this.#pattern = text;
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#barEvents.applyPattern(), typingMillis);
      this.requestUpdate();
    },
    applyPattern: () => {
      clearTimeout(this.#typing);
      if (parseFilterPattern(this.#pattern).ok && this.#pattern.trim() !== this.#choice.pattern) {
        void this.#choose();
      }
    },
    range: (key) => {
      this.#range = key;
      void this.#choose();
    },
    custom: (ends) => {
      this.#custom = ends;
      void this.#choose();
    },
    find: (text) => {
      this.#find = text;
      this.requestUpdate();
    },
    findNext: (direction) => void this.#findNext(direction),
    openFields: (isOpen) => {
      this.#fieldChoices = isOpen ? this.#fieldNames() : [];
      this.requestUpdate();
    },
    field: (name, isShown) => {
      this.#fields = isShown ? [...this.#fields, name] : this.#fields.filter((each) => each !== name);
      this.requestUpdate();
    },
    wrap: () => {
      this.#isWrapped = !this.#isWrapped;
      this.#viewport.forgetMeasures();
      this.requestUpdate();
    },
    copy: () => void this.#copy(),
    save: () => void this.#save(),
    follow: (isFollowing) => void this.#follow(isFollowing),
  };

  #fieldNames(): readonly string[] {
    const names = new Set(this.#fields);
    for (const row of this.#cache.known()) {
      for (const name of fieldsOf(row).keys()) {
        names.add(name);
      }
      if (names.size >= mostFieldChoices) {
        break;
      }
    }
    return [...names];
  }

  async #findNext(direction: 'older' | 'newer'): Promise<void> {
    this.#finding?.abort();
    if (this.#find === '') {
      return;
    }
    this.#standStill();
    const finding = new AbortController();
    this.#finding = finding;
    this.#say('Looking…');
    const start = this.#selection?.current;
    const from = start === undefined ? this.#viewport.topIndex : start + (direction === 'older' ? 1 : -1);
    try {
      const question = { view: this.#view, text: this.#find, from, direction };
      const { index } = await this.#ask('find', question, finding.signal);
      this.#say(index === undefined ? `No ${direction} line has "${this.#find}".` : '');
      if (index !== undefined) {
        this.#select(index, { extends: false });
      }
    } catch (error) {
      if (!finding.signal.aborted) {
        this.#fail(error);
      }
    } finally {
      this.#finding = this.#finding === finding ? undefined : this.#finding;
      this.requestUpdate();
    }
  }

  async #copy(): Promise<void> {
    if (this.#selection === undefined) {
      this.#say('Select lines first.');
      return;
    }
    try {
      const range = { view: this.#view, start: startOf(this.#selection), count: countOf(this.#selection) };
      const count = await this.#ask('copy', range);
      this.#say(count === 1 ? 'Copied the line' : `Copied ${count.toLocaleString('en-US')} lines`);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #save(): Promise<void> {
    this.#standStill();
    try {
      const isSaved = await this.#ask('save', { view: this.#view });
      this.#say(isSaved ? 'Saved' : '');
    } catch (error) {
      this.#fail(error);
    }
  }

  async #openTrace(index: number): Promise<void> {
    const traceId = this.#cache.rowAt(index)?.traceId;
    if (traceId === undefined) {
      this.#say('This line does not say to which trace it belongs.');
      return;
    }
    try {
      await this.#ask('openTrace', { traceId });
    } catch (error) {
      this.#fail(error);
    }
  }

  #onKey(event: KeyboardEvent): void {
    const action = keyActionOf(event);
    if (action !== undefined) {
      event.preventDefault();
      this.#act(action);
    }
  }

  #act(action: KeyAction): void {
    const current = this.#selection?.current ?? this.#viewport.topIndex - 1;
    switch (action.kind) {
      case 'move':
        this.#select(current + action.by, action);
        return;
      case 'page':
        this.#select(Math.max(0, current) + action.direction * this.#viewport.rowsInView, action);
        return;
      case 'moveTo':
        this.#select(action.end === 'newest' ? 0 : this.#cache.count.rows - 1, action);
        return;
      case 'expand':
      case 'collapse':
      case 'toggle':
        this.#expand(current, action.kind);
        return;
      case 'copy':
        void this.#copy();
        return;
      case 'find':
        this.renderRoot.querySelector<HTMLInputElement>('#find')?.focus();
        return;
      case 'openTrace':
        void this.#openTrace(current);
        return;
      case 'selectAll':
        this.#selection = { anchor: 0, current: Math.max(0, this.#cache.count.rows - 1) };
        this.#standStill();
        this.requestUpdate();
        return;
      case 'clear':
        this.#finding?.abort();
        this.#selection = undefined;
        this.requestUpdate();
        return;
    }
  }

  #select(index: number, { extends: isExtending }: { readonly extends: boolean }): void {
    this.#selection = selectTo(this.#selection, index, { rows: this.#cache.count.rows, extends: isExtending });
    if (this.#selection !== undefined) {
      this.#standStill();
      this.#viewport.reveal(this.#selection.current);
      this.#need();
    }
    this.requestUpdate();
  }

  #expand(index: number, how: 'expand' | 'collapse' | 'toggle'): void {
    const isExpanded = how === 'toggle' ? !this.#expanded.has(index) : how === 'expand';
    const row = this.#cache.rowAt(index);
    if (row === undefined) {
      return;
    }
    this.#standStill();
    if (!isExpanded) {
      this.#expanded.delete(index);
    } else {
      this.#expanded.add(index);
      if (row.isCut === true) {
        void this.#loadWhole(index);
      }
    }
    this.requestUpdate();
  }

  async #loadWhole(index: number): Promise<void> {
    const view = this.#view;
    try {
      const message = await this.#ask('message', { view, index });
      if (view === this.#view) {
        this.#wholes.set(index, message);
        this.requestUpdate();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const line = target.closest<HTMLElement>('.line');
    if (line === null || target.closest('pre') !== null) {
      return;
    }
    const index = Number(line.dataset['index']);
    this.#select(index, { extends: event.shiftKey });
    const act = target.closest<HTMLElement>('[data-act]')?.dataset['act'];
    if (act === 'trace') {
      void this.#openTrace(index);
    } else if (act === 'expand' || event.detail === 2) {
      this.#expand(index, 'toggle');
    }
  }

  #onScroll(): void {
    const { scrollTop } = this.#scroller;
    // The echo of a scroll that the keyboard, the wheel or a measured row has made.
    if (Math.abs(scrollTop - this.#viewport.scrollTop) <= 1) {
      return;
    }
    this.#viewport.moveToScrollTop(scrollTop);
    this.#onMoved();
  }

  #onWheel(event: WheelEvent): void {
    // Where a pixel of the scroll bar stands for more than one of the list, the browser would scroll too far.
    if (!this.#viewport.isScaled || event.ctrlKey || (event.target as Element).closest('pre') !== null) {
      return;
    }
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? rowHeight : 1;
    this.#viewport.moveBy(event.deltaY * unit);
    this.#onMoved();
  }

  #onMoved(): void {
    if (this.#viewport.topIndex > 0) {
      this.#standStill();
    }
    this.#need();
    this.requestUpdate();
  }

  #onResize(): void {
    this.#viewport.height = this.#scroller.clientHeight;
    this.#need();
    this.requestUpdate();
  }

  /** Rows that are wrapped or expanded are as high as the browser makes them. */
  #measureRows(): void {
    if (!this.#isWrapped && this.#expanded.size === 0 && !this.#viewport.hasMeasures) {
      return;
    }
    let isNews = false;
    for (const line of this.renderRoot.querySelectorAll<HTMLElement>('.line')) {
      isNews = this.#viewport.measure(Number(line.dataset['index']), line.offsetHeight) || isNews;
    }
    if (isNews) {
      this.requestUpdate();
    }
  }

  #say(text: string): void {
    this.#said = text;
    this.requestUpdate();
  }

  #fail(error: unknown): void {
    this.#trouble = error instanceof PeerError ? error.message : String(error);
    this.requestUpdate();
  }

  async #ask<K extends keyof LogTableQuestions>(
    name: K,
    asks: LogTableQuestions[K]['asks'],
    signal?: AbortSignal,
  ): Promise<LogTableQuestions[K]['answers']> {
    if (this.#peer === undefined) {
      throw new PeerError('The table is not connected.');
    }
    return await this.#peer.ask(name, asks, signal);
  }

  get #scroller(): HTMLElement {
    const scroller = this.renderRoot.querySelector<HTMLElement>('.scroller');
    if (scroller === null) {
      throw new Error('The table has not been drawn.');
    }
    return scroller;
  }
}
