import type { LogRowJson } from '@sightline/hub/client/logsApi';
import type {
  LogTableBeginning,
  LogTableChoice,
  LogTableNews,
  LogTableQuestions,
  LogTableRow,
  LogTableRows,
  LogTableView,
  RowRange,
} from '../contracts/logTable.ts';
import type { Answers } from '../contracts/peer.ts';
import { Disposable, type Disposer } from '../lifetime.ts';
import type { LogScope, LogSource } from '../sources/logSource.ts';
import type { SourceState } from '../sources/traceSource.ts';
import { UserError } from '../userError.ts';
import { logsTroubleOf } from './logsController.ts';
import { renderLogLine } from './logsDocumentText.ts';
import { firstChunk, LogTablePages } from './logTablePages.ts';

/** What a table needs of the editor around it. */
export interface LogTableDesk {
  tell<K extends keyof LogTableNews>(name: K, news: LogTableNews[K]['asks']): void;
  copy(text: string): Promise<void>;
  /** Asks for a file and writes what comes to it; answers false where the person would not. */
  save(suggestedName: string, chunks: (signal: AbortSignal) => AsyncGenerator<readonly LogRowJson[]>): Promise<boolean>;
  openTrace(traceId: string): Promise<void>;
  /** Calls back once, after some milliseconds, unless it is disposed before. */
  after(millis: number, callback: () => void): Disposer;
}

export interface LogTableOptions {
  readonly choice: LogTableChoice;
  /** The first view's number: another one for every session, so that a webview of before notices. */
  readonly firstView: number;
}

interface NewestLines {
  readonly pages: LogTablePages;
  readonly expected: number | undefined;
}

/** Characters of a message that a row carries; the rest comes when somebody asks for it. */
const messageChars = 8000;
/** Lines that are copied at once at most. */
const mostCopied = 50_000;
/** Milliseconds between two looks for new lines: about as often as a person can follow, and as seldom as a count needs. */
const followPace = 200;
const waitingPace = 1000;
const connecting = 'Connecting; the lines come as soon as there is an answer.';

/**
 * What stands behind one log table.
 * Invariant: nothing is asked of the source while the table is hidden, but what was asked for by it before.
 */
export class LogTableSession extends Disposable {
  readonly #source: LogSource;
  readonly #scope: LogScope;
  readonly #desk: LogTableDesk;
  readonly #ended = new AbortController();
  #choice: LogTableChoice;
  #pages: LogTablePages;
  #view: number;
  #expected: number | undefined;
  #ahead: Promise<NewestLines | undefined> | undefined;
  #passed = 0;
  #isFollowing = true;
  #isVisible = false;
  #hasBegun = false;
  /** The table has asked to begin, and got a refusal. */
  #isBeginDue = false;
  #selectedId: string | undefined;
  #feed: Disposer | undefined;
  #look: Disposer | undefined;
  #isLooking = false;
  #isNewsDue = false;

  constructor(source: LogSource, scope: LogScope, desk: LogTableDesk, { choice, firstView }: LogTableOptions) {
    super();
    this.#source = source;
    this.#scope = scope;
    this.#desk = desk;
    this.#choice = choice;
    this.#view = firstView;
    this.#pages = this.#newPages();
    this.register({ dispose: () => this.#ended.abort() });
    this.register({ dispose: () => this.#feed?.dispose() });
    this.register({ dispose: () => this.#look?.dispose() });
    this.register(source.onDidChangeState(() => this.#onSourceState()));
  }

  get choice(): LogTableChoice {
    return this.#choice;
  }

  /** Reads the lines that the table will ask for first: its document takes longer to load than they do. */
  async readAhead(): Promise<void> {
    // Where it fails, the table's question reads again, and says so to the person.
    this.#ahead = this.#readNewest().catch(() => undefined);
    await this.#ahead;
  }

  readonly answers: Answers<LogTableQuestions> = {
    begin: () => this.#tryToBegin(),
    choose: (choice) => this.#choose(choice),
    rows: (range, signal) => this.#rows(range, signal),
    message: ({ view, index }, signal) => this.#message(view, index, signal),
    find: async ({ view, text, from, direction }, signal) => {
      const wanted = text.toLowerCase();
      const test = ({ message }: LogRowJson): boolean => message.toLowerCase().includes(wanted);
      const index = await this.#pagesOf(view).find(from, direction, test, signal);
      return index === undefined ? {} : { index };
    },
    copy: (range, signal) => this.#copy(range, signal),
    save: async ({ view }) => {
      const pages = this.#pagesOf(view);
      return await this.#desk.save(this.#fileName(), (signal) => pages.chunks(signal));
    },
    openTrace: async ({ traceId }) => {
      await this.#desk.openTrace(traceId);
      return undefined;
    },
    follow: ({ isFollowing }) => this.#follow(isFollowing),
  };

  /** Shows other lines, and one of them selected; at once where the table is drawn already, else when it is. */
  async show(choice: LogTableChoice, lineId: string | undefined): Promise<void> {
    this.#selectedId = lineId;
    this.#choice = choice;
    this.#ahead = undefined;
    // A line that is to be read must stay where it is.
    this.#isFollowing = lineId === undefined;
    if (this.#hasBegun && this.#isVisible) {
      await this.#newView();
      this.#desk.tell('restarted', undefined);
    } else {
      this.#hasBegun = false;
    }
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (isVisible) {
      this.#feed ??= this.#source.onDidChange(({ logs, removed }) => {
        if (logs || removed) {
          this.#lookSoon();
        }
      });
    } else {
      this.#feed?.dispose();
      this.#feed = undefined;
      this.#look?.dispose();
      this.#look = undefined;
    }
  }

  async #tryToBegin(): Promise<LogTableBeginning> {
    this.#isBeginDue = false;
    try {
      return await this.#begin();
    } catch (error) {
      this.#isBeginDue = true;
      if (this.#isNewsDue) {
        // The source came back after it was asked.
        this.#lookSoon();
      }
      const { state } = this.#source;
      throw state.kind === 'connecting' ? new UserError(connecting, { cause: error }) : error;
    }
  }

  async #begin(): Promise<LogTableBeginning> {
    // A table that follows has missed what came while it was hidden; one that stands still goes on where it stood.
    const view = this.#isFollowing || !this.#hasBegun ? await this.#newView() : await this.#sameView();
    this.#hasBegun = true;
    if (this.#isNewsDue) {
      // What came after the lines were read, and before the table had them.
      this.#lookSoon();
    }
    const selected = await this.#selected();
    const { group, streams, traceId } = this.#scope;
    return {
      title: [group, ...(streams ?? []), ...(traceId === undefined ? [] : [`trace ${traceId.slice(0, 8)}`])].join(
        ' / ',
      ),
      choice: this.#choice,
      view,
      isFollowing: this.#isFollowing,
      ...(selected !== undefined && { selected }),
    };
  }

  async #choose(choice: LogTableChoice): Promise<LogTableView> {
    this.#choice = choice;
    this.#ahead = undefined;
    this.#passed = 0;
    return await this.#newView();
  }

  async #follow(isFollowing: boolean): Promise<LogTableView> {
    this.#isFollowing = isFollowing;
    this.#passed = isFollowing ? 0 : this.#passed;
    return isFollowing ? await this.#newView() : await this.#sameView();
  }

  async #rows({ view, start, count }: RowRange, signal: AbortSignal): Promise<LogTableRows> {
    const pages = this.#pagesOf(view);
    const rows = await pages.read(start, count, signal);
    return { view, start, rows: rows.map(toTableRow), count: pages.count };
  }

  async #message(view: number, index: number, signal: AbortSignal): Promise<string> {
    const [row] = await this.#pagesOf(view).read(index, 1, signal);
    if (row === undefined) {
      throw new UserError('This line is no longer kept.');
    }
    return row.message;
  }

  async #copy({ view, start, count }: RowRange, signal: AbortSignal): Promise<number> {
    if (count > mostCopied) {
      throw new UserError(`These are ${count.toLocaleString('en-US')} lines. Save them to a file instead.`);
    }
    const rows = await this.#pagesOf(view).read(start, count, signal);
    const text = rows.length === 1 ? rows[0]?.message : rows.toReversed().map(renderLogLine).join('\n');
    await this.#desk.copy(text ?? '');
    return rows.length;
  }

  async #newView(): Promise<LogTableView> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const { pages, expected } = (await ahead) ?? (await this.#readNewest());
    this.#replace(pages, expected);
    return await this.#sameView();
  }

  /** The lines as they are now, with the first of them read already. */
  async #readNewest(): Promise<NewestLines> {
    this.#isNewsDue = false;
    const pages = this.#newPages();
    const reading = pages.read(0, firstChunk, this.#ended.signal);
    const [expected] = await Promise.all([this.#count(), reading]);
    pages.expect(expected);
    return { pages, expected };
  }

  #replace(pages: LogTablePages, expected: number | undefined): void {
    this.#pages = pages;
    this.#expected = expected;
    this.#view += 1;
  }

  async #sameView(): Promise<LogTableView> {
    const view = this.#view;
    const pages = this.#pages;
    const rows = await pages.read(0, firstChunk, this.#ended.signal);
    return { view, count: pages.count, rows: rows.map(toTableRow), passed: this.#passed };
  }

  #newPages(): LogTablePages {
    const { pattern, from, to } = this.#choice;
    const query = {
      ...this.#scope,
      ...(pattern !== '' && { pattern }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    };
    return new LogTablePages(this.#source, query);
  }

  #pagesOf(view: number): LogTablePages {
    if (view !== this.#view) {
      throw new UserError('Other lines are shown by now.');
    }
    return this.#pages;
  }

  /** How many lines there are, where that can be told without reading them. */
  async #count(): Promise<number | undefined> {
    const { group, streams, traceId } = this.#scope;
    const { pattern, from, to } = this.#choice;
    if (pattern !== '' || from !== undefined || to !== undefined || traceId !== undefined) {
      return undefined;
    }
    const counted =
      streams === undefined
        ? (await this.#source.listGroups(this.#ended.signal)).filter(({ name }) => name === group)
        : (await this.#source.listStreams(group, this.#ended.signal)).filter(({ name }) => streams.includes(name));
    // A source that does not count says nothing.
    return counted.every(({ eventCount }) => eventCount !== undefined)
      ? counted.reduce((sum, { eventCount = 0 }) => sum + eventCount, 0)
      : undefined;
  }

  async #selected(): Promise<number | undefined> {
    const id = this.#selectedId;
    this.#selectedId = undefined;
    // It was seen in the tree, which shows the newest lines only.
    const rows = id === undefined ? [] : await this.#pages.read(0, 2 * firstChunk, this.#ended.signal);
    const index = rows.findIndex((row) => row.id === id);
    return index === -1 ? undefined : index;
  }

  #onSourceState(): void {
    const message = troubleOf(this.#source.state);
    this.#desk.tell('trouble', message === undefined ? {} : { message });
    this.#lookSoon();
  }

  #lookSoon(): void {
    this.#isNewsDue = true;
    const isDrawn = this.#isVisible && (this.#hasBegun || this.#isBeginDue);
    if (this.#look === undefined && !this.#isLooking && isDrawn && !this.isDisposed) {
      this.#look = this.#desk.after(this.#isFollowing ? followPace : waitingPace, () => void this.#lookForNew());
    }
  }

  async #lookForNew(): Promise<void> {
    this.#look = undefined;
    this.#isNewsDue = false;
    if (this.#isBeginDue) {
      this.#desk.tell('restarted', undefined);
      return;
    }
    this.#isLooking = true;
    try {
      await (this.#isFollowing ? this.#showNew() : this.#countNew());
      this.#desk.tell('trouble', {});
    } catch (error) {
      if (!this.#ended.signal.aborted) {
        this.#desk.tell('trouble', { message: logsTroubleOf(error) });
      }
    } finally {
      this.#isLooking = false;
    }
    if (this.#isNewsDue) {
      this.#lookSoon();
    }
  }

  async #showNew(): Promise<void> {
    const [before] = await this.#pages.read(0, 1, this.#ended.signal);
    const view = this.#view;
    const { pages, expected } = await this.#readNewest();
    // Meanwhile the person may have chosen other lines, or stopped to read.
    if (!this.#isFollowing || view !== this.#view) {
      return;
    }
    const rows = await pages.read(0, firstChunk, this.#ended.signal);
    if (before !== undefined && expected !== undefined && !rows.some(({ id }) => id === before.id)) {
      this.#passed += Math.max(0, expected - (this.#expected ?? 0) - rows.length);
    }
    this.#replace(pages, expected);
    this.#desk.tell('viewChanged', await this.#sameView());
  }

  async #countNew(): Promise<void> {
    const expected = await this.#count();
    if (expected !== undefined && this.#expected !== undefined) {
      this.#desk.tell('waiting', { lines: Math.max(0, expected - this.#expected), isMore: false });
      return;
    }
    const [newest] = await this.#pages.read(0, 1, this.#ended.signal);
    const rows = await this.#newPages().read(0, firstChunk, this.#ended.signal);
    const index = newest === undefined ? rows.length : rows.findIndex(({ id }) => id === newest.id);
    this.#desk.tell('waiting', { lines: index === -1 ? rows.length : index, isMore: index === -1 });
  }

  #fileName(): string {
    const { group, streams } = this.#scope;
    return `${[group, ...(streams ?? [])]
      .join('-')
      .replaceAll(/[^\w.-]+/g, '-')
      .replace(/^-+/, '')}.log`;
  }
}

/** Why nothing comes of a source in this state. */
function troubleOf(state: SourceState): string | undefined {
  switch (state.kind) {
    case 'stopped':
      return 'The hub has stopped.';
    case 'connecting':
      return connecting;
    case 'failed':
      return state.message;
    case 'ready':
      return undefined;
  }
}

function toTableRow({ id, stream, time, level, message, traceId }: LogRowJson): LogTableRow {
  const isCut = message.length > messageChars;
  return {
    id,
    stream,
    time,
    level,
    message: isCut ? message.slice(0, messageChars) : message,
    ...(isCut && { isCut }),
    ...(traceId !== undefined && { traceId }),
  };
}
