import type {
  LogTableBeginning,
  LogTableChoice,
  LogTableNews,
  LogTableQuestions,
  LogTableView,
} from '../../contracts/logTable.ts';
import { Peer, PeerError, type Answers, type Wire } from '../../contracts/peer.ts';
import type { KeyAction } from './keys.ts';
import { RowCache } from './rowCache.ts';
import { countOf, selectTo, startOf, type Selection } from './selection.ts';
import { Viewport } from './viewport.ts';

/** Pixels of a row that is neither wrapped nor expanded. */
export const rowHeight = 20;
/** Rows that are drawn above and below those that are seen. */
export const moreRows = 6;

/**
 * What the table shows and does, without a document.
 * Invariant: while somebody reads, which is when they scrolled, selected or opened a row, no row moves under their eyes.
 */
export class LogTableModel {
  readonly viewport = new Viewport(rowHeight);
  readonly cache: RowCache;
  readonly expanded = new Set<number>();
  /** Whole messages of expanded rows that were cut, by index. */
  readonly wholes = new Map<number, string>();
  beginning: LogTableBeginning | undefined;
  choice: LogTableChoice;
  isFollowing = true;
  /** What came while the table stands still, such as `34 new`. */
  waiting: string | undefined;
  /** Lines that came and went between two looks. */
  passed = 0;
  trouble: string | undefined;
  /** What became of the last thing that was asked for. */
  said = '';
  find = '';
  selection: Selection | undefined;
  /** Lines of more than one stream were seen, so that a column is worth its room. */
  hasStreams = false;
  readonly #peer: Peer<LogTableNews, LogTableQuestions>;
  readonly #onChange: () => void;
  #view = 0;
  #finding: AbortController | undefined;

  /** Begins the conversation with the editor; `choice` is what was chosen before, `onChange` is called when something is to be drawn anew. */
  constructor(wire: Wire, choice: LogTableChoice, onChange: () => void) {
    this.choice = choice;
    this.#onChange = onChange;
    this.#peer = new Peer<LogTableNews, LogTableQuestions>(wire, this.#news);
    this.cache = new RowCache(
      async (start, count, signal) => await this.#peer.ask('rows', { view: this.#view, start, count }, signal),
      () => this.#onRows(),
      (error) => this.#fail(error),
    );
    void this.#begin();
  }

  readonly #news: Answers<LogTableNews> = {
    viewChanged: (view) => {
      if (this.isFollowing) {
        this.#adopt(view);
        this.#onChange();
      }
      return undefined;
    },
    restarted: () => {
      void this.#begin();
      return undefined;
    },
    waiting: ({ lines, isMore }) => {
      this.waiting = lines === 0 ? undefined : `${lines.toLocaleString('en-US')}${isMore ? '+' : ''} new`;
      this.#onChange();
      return undefined;
    },
    trouble: ({ message }) => {
      this.trouble = message;
      this.#onChange();
      return undefined;
    },
  };

  get isFinding(): boolean {
    return this.#finding !== undefined;
  }

  dispose(): void {
    this.#peer.dispose();
  }

  async choose(choice: LogTableChoice): Promise<void> {
    this.choice = choice;
    await this.#try(async () => {
      const view = await this.#peer.ask('choose', choice);
      // What was chosen since has an answer of its own.
      if (choice === this.choice) {
        this.#show(view);
      }
    });
  }

  async follow(isFollowing: boolean): Promise<void> {
    this.isFollowing = isFollowing;
    this.#onChange();
    await this.#try(async () => {
      const view = await this.#peer.ask('follow', { isFollowing });
      if (isFollowing) {
        this.#show(view);
      } else if (view.view !== this.#view) {
        this.#adopt(view);
      }
    });
  }

  async findNext(direction: 'older' | 'newer'): Promise<void> {
    this.#finding?.abort();
    if (this.find === '') {
      return;
    }
    this.#standStill();
    const finding = new AbortController();
    this.#finding = finding;
    this.#say('Looking…');
    const start = this.selection?.current;
    const from = start === undefined ? this.viewport.topIndex : start + (direction === 'older' ? 1 : -1);
    try {
      const question = { view: this.#view, text: this.find, from, direction };
      const { index } = await this.#peer.ask('find', question, finding.signal);
      this.#say(index === undefined ? `No ${direction} line has "${this.find}".` : '');
      if (index !== undefined) {
        this.select(index, { extends: false });
      }
    } catch (error) {
      if (!finding.signal.aborted) {
        this.#fail(error);
      }
    } finally {
      this.#finding = this.#finding === finding ? undefined : this.#finding;
      this.#onChange();
    }
  }

  async copy(): Promise<void> {
    const { selection } = this;
    if (selection === undefined) {
      this.#say('Select lines first.');
      return;
    }
    await this.#try(async () => {
      const range = { view: this.#view, start: startOf(selection), count: countOf(selection) };
      const count = await this.#peer.ask('copy', range);
      this.#say(count === 1 ? 'Copied the line' : `Copied ${count.toLocaleString('en-US')} lines`);
    });
  }

  async save(): Promise<void> {
    this.#standStill();
    await this.#try(async () => {
      const isSaved = await this.#peer.ask('save', { view: this.#view });
      this.#say(isSaved ? 'Saved' : '');
    });
  }

  async openTrace(index: number): Promise<void> {
    const traceId = this.cache.rowAt(index)?.traceId;
    if (traceId === undefined) {
      this.#say('This line does not say to which trace it belongs.');
      return;
    }
    await this.#try(() => this.#peer.ask('openTrace', { traceId }));
  }

  /** Does what a key means; `find` is left to those who know where the box is. */
  act(action: Exclude<KeyAction, { kind: 'find' }>): void {
    const current = this.selection?.current ?? this.viewport.topIndex - 1;
    switch (action.kind) {
      case 'move':
        this.select(current + action.by, action);
        return;
      case 'page':
        this.select(Math.max(0, current) + action.direction * this.viewport.rowsInView, action);
        return;
      case 'moveTo':
        this.select(action.end === 'newest' ? 0 : this.cache.count.rows - 1, action);
        return;
      case 'expand':
      case 'collapse':
      case 'toggle':
        this.expand(current, action.kind);
        return;
      case 'copy':
        void this.copy();
        return;
      case 'openTrace':
        void this.openTrace(current);
        return;
      case 'selectAll':
        this.selection = { anchor: 0, current: Math.max(0, this.cache.count.rows - 1) };
        this.#standStill();
        this.#onChange();
        return;
      case 'clear':
        this.#finding?.abort();
        this.selection = undefined;
        this.#onChange();
        return;
    }
  }

  select(index: number, { extends: isExtending }: { readonly extends: boolean }): void {
    this.selection = selectTo(this.selection, index, { rows: this.cache.count.rows, extends: isExtending });
    if (this.selection !== undefined) {
      this.#standStill();
      this.viewport.reveal(this.selection.current);
    }
    this.#needRows();
  }

  expand(index: number, how: 'expand' | 'collapse' | 'toggle'): void {
    const row = this.cache.rowAt(index);
    if (row === undefined) {
      return;
    }
    this.#standStill();
    const isExpanded = how === 'toggle' ? !this.expanded.has(index) : how === 'expand';
    if (isExpanded) {
      this.expanded.add(index);
    } else {
      this.expanded.delete(index);
    }
    if (isExpanded && row.isCut === true) {
      void this.#loadWhole(index);
    }
    this.#onChange();
  }

  /** After the viewport was moved or made larger by a person. */
  moved(): void {
    if (this.viewport.topIndex > 0) {
      this.#standStill();
    }
    this.#needRows();
  }

  async #begin(): Promise<void> {
    await this.#try(async () => {
      const beginning = await this.#peer.ask('begin', undefined);
      this.beginning = beginning;
      this.choice = beginning.choice;
      this.isFollowing = beginning.isFollowing;
      this.#show(beginning.view);
      if (beginning.selected !== undefined) {
        this.select(beginning.selected, { extends: false });
      }
    });
  }

  /** Draws other lines from the newest on. */
  #show(view: LogTableView): void {
    this.#adopt(view);
    this.selection = undefined;
    this.waiting = undefined;
    this.said = '';
    this.viewport.moveTo(0);
  }

  #adopt(view: LogTableView): void {
    this.#view = view.view;
    this.passed = view.passed;
    this.trouble = undefined;
    this.expanded.clear();
    this.wholes.clear();
    this.viewport.forgetMeasures();
    this.cache.restart(view);
    this.viewport.rowCount = this.cache.length;
    this.#seeStreams();
  }

  #onRows(): void {
    this.viewport.rowCount = this.cache.length;
    this.#seeStreams();
    this.#needRows();
  }

  #seeStreams(): void {
    let first: string | undefined;
    for (const { stream } of this.hasStreams ? [] : this.cache.known()) {
      first ??= stream;
      if (stream !== first) {
        this.hasStreams = true;
        return;
      }
    }
  }

  #needRows(): void {
    const { first, count } = this.viewport.drawn(moreRows);
    this.cache.need(first, count);
    this.#onChange();
  }

  #standStill(): void {
    if (this.isFollowing) {
      void this.follow(false);
    }
  }

  async #loadWhole(index: number): Promise<void> {
    const view = this.#view;
    await this.#try(async () => {
      const message = await this.#peer.ask('message', { view, index });
      if (view === this.#view) {
        this.wholes.set(index, message);
      }
    });
  }

  #say(text: string): void {
    this.said = text;
    this.#onChange();
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(error);
    }
    this.#onChange();
  }

  #fail(error: unknown): void {
    this.trouble = error instanceof PeerError ? error.message : String(error);
    this.#onChange();
  }
}
