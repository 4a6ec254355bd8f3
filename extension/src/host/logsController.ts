import type { ChangeEvent } from '@sightline/hub/client/api';
import { Disposable, Emitter } from '../lifetime.ts';
import { LiveQuestion } from '../sources/liveQuestion.ts';
import type { LogSource } from '../sources/logSource.ts';
import { UserError } from '../userError.ts';
import { logsChangeBetween, logsChangeByTime, type LogsChange } from './logsChange.ts';
import {
  initialLogsState,
  linesAtATime,
  reduceLogs,
  streamKeyOf,
  type LinePage,
  type LogsEvent,
  type LogsState,
} from './logsModel.ts';
import type { Clock } from './tracesController.ts';

/** How often ages are drawn anew, in milliseconds. */
const agePace = 5000;
/** Where few lines match the filter, this many questions are asked before what was found is shown with a "Load older" row. */
const mostQuestionsForAPage = 20;

/**
 * Keeps the rows of the Logs view up to date.
 * Invariant: at most one question for the groups is under way, one for each group's streams and one for each stream's lines, and none while the
 * view is hidden.
 */
export class LogsController extends Disposable {
  readonly #changed = this.register(new Emitter<LogsChange>());
  readonly onDidChange = this.#changed.event;
  readonly #source: LogSource;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly #question: LiveQuestion<ChangeEvent>;
  /** By group, by stream key: what is being loaded. */
  readonly #loading = new Map<string, Promise<void>>();
  #state: LogsState;
  /** Of the source that the rows are of. */
  #label: string;
  #agesDrawnAt = 0;

  constructor(source: LogSource, clock: Clock) {
    super();
    this.#source = source;
    this.#label = source.label;
    this.#clock = clock;
    this.#state = { ...initialLogsState, source: source.state };
    this.register(source.onDidChangeState(() => this.#onSourceState()));
    this.register({ dispose: () => this.#ended.abort() });
    this.#question = this.register(
      new LiveQuestion({
        source,
        clock,
        concerns: ({ logs, removed }) => logs || removed,
        ask: () => this.#ask(),
        tick: () => this.#drawAges(),
        pace: agePace,
      }),
    );
  }

  get state(): LogsState {
    return this.#state;
  }

  get source(): LogSource {
    return this.#source;
  }

  now(): number {
    return this.#clock.now();
  }

  /** While hidden nothing is asked and no clock runs; the feed only says that there is something to ask for. */
  setVisible(isVisible: boolean): void {
    this.#question.setVisible(isVisible);
  }

  /** Settles once the groups are as they should be, also while hidden; at once where there is no source to ask. */
  async whenCurrent(): Promise<void> {
    await this.#question.whenCurrent();
  }

  /** Asks for everything again. */
  async refresh(): Promise<void> {
    this.#dispatch({ kind: 'refreshed' });
    this.#changed.fire({ kind: 'structure' });
    await this.#question.refresh();
  }

  /** Shows only lines that match, or all of them. The pattern has been found to be one. */
  filterBy(pattern: string | undefined): void {
    this.#dispatch({ kind: 'patternChosen', pattern });
  }

  /** Loads the streams of a group unless they are there and fresh; where they cannot be had, the state says why. */
  async loadStreams(group: string): Promise<void> {
    const loaded = this.#state.streams.get(group);
    if (loaded?.kind === 'loaded' && !loaded.isStale) {
      return;
    }
    await this.#once(group, async () => {
      try {
        const streams = await this.#source.listStreams(group, this.#ended.signal);
        this.#dispatch({ kind: 'streamsLoaded', group, streams });
      } catch (error) {
        this.#dispatch({ kind: 'streamsFailed', group, message: logsTroubleOf(error) });
      }
    });
  }

  /** Loads the newest lines of a stream unless they are there and fresh. */
  async loadLines(group: string, stream: string): Promise<void> {
    const key = streamKeyOf(group, stream);
    const loaded = this.#state.lines.get(key);
    if (loaded?.kind === 'loaded' && !loaded.isStale) {
      return;
    }
    await this.#once(key, async () => {
      try {
        const { pattern } = this.#state;
        const page = await this.#loadPage(group, stream, undefined);
        // With another filter by now, the editor has already asked anew.
        if (pattern === this.#state.pattern) {
          this.#dispatch({ kind: 'linesLoaded', key, page });
        }
      } catch (error) {
        this.#dispatch({ kind: 'linesFailed', key, message: logsTroubleOf(error) });
      }
    });
  }

  async loadOlder(group: string, stream: string): Promise<void> {
    const key = streamKeyOf(group, stream);
    const loaded = this.#state.lines.get(key);
    if (loaded?.kind !== 'loaded' || loaded.next === undefined || loaded.isLoadingOlder) {
      return;
    }
    this.#dispatch({ kind: 'olderAsked', key });
    this.#drawStream(group, stream);
    try {
      const page = await this.#loadPage(group, stream, loaded.next);
      this.#dispatch({ kind: 'olderLoaded', key, page });
    } catch (error) {
      this.#dispatch({ kind: 'olderLoaded', key, page: { rows: [], next: loaded.next } });
      this.#fail(error);
    }
    this.#drawStream(group, stream);
  }

  async #loadPage(group: string, stream: string, before: string | undefined): Promise<LinePage> {
    const { pattern } = this.#state;
    const rows: LinePage['rows'][number][] = [];
    let next = before;
    for (let asked = 0; asked < mostQuestionsForAPage; asked += 1) {
      const query = {
        group,
        streams: [stream],
        limit: linesAtATime - rows.length,
        ...(pattern !== undefined && { pattern }),
        ...(next !== undefined && { before: next }),
      };
      const page = await this.#source.listEvents(query, this.#ended.signal);
      rows.push(...page.events);
      next = page.next;
      if (next === undefined || rows.length >= linesAtATime) {
        break;
      }
    }
    return { rows, next };
  }

  async #once(key: string, load: () => Promise<void>): Promise<void> {
    const loading = this.#loading.get(key) ?? load().finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    await loading;
  }

  #onSourceState(): void {
    const { label, state } = this.#source;
    this.#dispatch({ kind: label === this.#label ? 'sourceChanged' : 'sourceReplaced', source: state });
    this.#label = label;
  }

  async #ask(): Promise<void> {
    try {
      const groups = await this.#source.listGroups(this.#ended.signal);
      this.#dispatch({ kind: 'groupsLoaded', groups });
    } catch (error) {
      this.#fail(error);
    }
  }

  #drawStream(group: string, stream: string): void {
    this.#changed.fire({ kind: 'rows', nodes: [{ kind: 'stream', group, stream }] });
  }

  #drawAges(): void {
    const now = this.#clock.now();
    this.#changed.fire(logsChangeByTime(this.#state, this.#agesDrawnAt, now));
    this.#agesDrawnAt = now;
  }

  #fail(error: unknown): void {
    if (!this.#ended.signal.aborted) {
      this.#dispatch({ kind: 'loadFailed', message: logsTroubleOf(error) });
    }
  }

  #dispatch(event: LogsEvent): void {
    const before = this.#state;
    this.#state = reduceLogs(before, event);
    if (before !== this.#state && !this.isDisposed) {
      this.#changed.fire(logsChangeBetween(before, this.#state));
    }
  }
}

/** A failure as a sentence for a view. */
export function logsTroubleOf(error: unknown): string {
  return error instanceof UserError ? error.message : `The logs could not be loaded: ${String(error)}`;
}
