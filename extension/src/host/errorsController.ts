import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import { Disposable, Emitter } from '../lifetime.ts';
import type { ErrorGroupQuery, ErrorSource, ErrorsChanged } from '../sources/errorSource.ts';
import { LiveQuestion } from '../sources/liveQuestion.ts';
import { UserError } from '../userError.ts';
import { errorsChangeBetween, errorsChangeByTime, type ErrorsChange } from './errorsChange.ts';
import {
  errorRowOf,
  groupPageSize,
  initialErrorsState,
  maxGroups,
  needsOccurrences,
  occurrencePageSize,
  reduceErrors,
  type ErrorsEvent,
  type ErrorsState,
  type LoadedOccurrences,
} from './errorsModel.ts';
import type { Clock } from './tracesController.ts';

/** How often ages are drawn anew, in milliseconds. */
const agePace = 5000;
/** After so long the sparklines, which end at the time of the question, are asked for again. */
const curvePace = 60_000;

/**
 * Keeps the rows of the Errors view up to date.
 * Invariant: at most one question for the rows is under way, and none while the view is hidden.
 */
export class ErrorsController extends Disposable {
  readonly #changed = this.register(new Emitter<ErrorsChange>());
  readonly onDidChange = this.#changed.event;
  readonly #source: ErrorSource;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly #question: LiveQuestion<ErrorsChanged>;
  readonly #loading = new Map<number, Promise<void>>();
  #state: ErrorsState;
  /** Of the source that the rows are of. */
  #label: string;
  /** Gives up the question for the rows that is under way. */
  #asking = new AbortController();
  #agesDrawnAt = 0;
  #askedAt = 0;

  constructor(source: ErrorSource, clock: Clock, preferences: Partial<Pick<ErrorsState, 'groupBy' | 'filter'>>) {
    super();
    this.#source = source;
    this.#label = source.label;
    this.#clock = clock;
    this.#state = { ...initialErrorsState, ...preferences, source: source.state };
    this.register(source.onDidChangeState(() => this.#onSourceState()));
    this.register({ dispose: () => this.#ended.abort() });
    this.#question = this.register(
      new LiveQuestion({
        source,
        clock,
        concerns: ({ errors, removed }) => errors === true || removed,
        ask: () => this.#ask(),
        tick: () => this.#drawAges(),
        pace: agePace,
      }),
    );
  }

  get state(): ErrorsState {
    return this.#state;
  }

  get source(): ErrorSource {
    return this.#source;
  }

  now(): number {
    return this.#clock.now();
  }

  /** While hidden nothing is asked and no clock runs; the feed only says that there is something to ask for. */
  setVisible(isVisible: boolean): void {
    this.#question.setVisible(isVisible);
  }

  /** Settles once what is known to have changed has been asked for, also while hidden; at once where there is no source to ask. */
  async whenCurrent(): Promise<void> {
    await this.#question.whenCurrent();
  }

  /** Asks for all rows again. Settles when they are there, or once `signal` is aborted. */
  async refresh(signal?: AbortSignal): Promise<void> {
    const giveUp = (): void => this.#asking.abort();
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      await this.#question.refresh();
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  async loadOlder(): Promise<void> {
    const before = this.#state.next;
    if (before === undefined || this.#state.isLoadingOlder) {
      return;
    }
    this.#dispatch({ kind: 'olderAsked' });
    try {
      const page = await this.#source.listErrorGroups(this.#query(groupPageSize, before), this.#ended.signal);
      this.#dispatch({ kind: 'olderLoaded', page, after: before });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Loads the newest occurrences of a group unless they are there and current; where they cannot be had, the state says why. */
  async loadOccurrences(counter: number): Promise<void> {
    if (!needsOccurrences(this.#state, counter)) {
      return;
    }
    let loading = this.#loading.get(counter);
    if (loading === undefined) {
      loading = this.#loadOccurrences(counter).finally(() => this.#loading.delete(counter));
      this.#loading.set(counter, loading);
    }
    await loading;
  }

  async loadOlderOccurrences(counter: number): Promise<void> {
    const loaded = this.#state.occurrences.get(counter);
    if (loaded?.kind !== 'loaded' || loaded.next === undefined) {
      return;
    }
    const query = { limit: occurrencePageSize, before: loaded.next };
    const page = await this.#source.listOccurrences(counter, query, this.#ended.signal);
    this.#dispatch({ kind: 'olderOccurrencesLoaded', counter, page });
  }

  /** Makes sure that a group is among the rows, whatever its status. Answers false where it is not to be found in them. */
  async bringIntoRows(counter: number): Promise<boolean> {
    await this.refresh();
    while (errorRowOf(this.#state, counter) === undefined && this.#state.next !== undefined) {
      const { length } = this.#state.rows;
      await this.loadOlder();
      if (this.#state.rows.length === length) {
        break;
      }
    }
    return errorRowOf(this.#state, counter) !== undefined;
  }

  async setStatus(counter: number, status: ErrorStatus): Promise<void> {
    try {
      if (!(await this.#source.setStatus(counter, status))) {
        throw new UserError('This error is no longer kept.');
      }
    } finally {
      await this.refresh();
    }
  }

  groupBy(groupBy: ErrorsState['groupBy']): void {
    this.#dispatch({ kind: 'groupingChosen', groupBy });
  }

  filter(filter: ErrorsState['filter']): void {
    this.#dispatch({ kind: 'filterChosen', filter });
    this.#question.want();
  }

  #onSourceState(): void {
    const { label, state } = this.#source;
    this.#dispatch({ kind: label === this.#label ? 'sourceChanged' : 'sourceReplaced', source: state });
    this.#label = label;
  }

  async #ask(): Promise<void> {
    this.#askedAt = this.#clock.now();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const { filter, rows } = this.#state;
    try {
      const limit = Math.min(Math.max(groupPageSize, rows.length), maxGroups);
      const until = AbortSignal.any([signal, this.#ended.signal]);
      const page = await this.#source.listErrorGroups(this.#query(limit), until);
      this.#dispatch({ kind: 'newestLoaded', page, filter });
    } catch (error) {
      if (!signal.aborted) {
        this.#fail(error);
      }
    }
  }

  #query(limit: number, before?: string): ErrorGroupQuery {
    const { filter } = this.#state;
    return { limit, ...(before !== undefined && { before }), ...(filter !== 'all' && { status: filter }) };
  }

  async #loadOccurrences(counter: number): Promise<void> {
    const shown = this.#state.occurrences.get(counter);
    const limit = Math.max(occurrencePageSize, shown?.kind === 'loaded' ? shown.items.length : 0);
    this.#dispatch({ kind: 'occurrencesLoaded', counter, loaded: await this.#occurrencesOf(counter, limit) });
  }

  async #occurrencesOf(counter: number, limit: number): Promise<LoadedOccurrences> {
    // Of before the question: what arrives meanwhile makes the answer stale.
    const ofCount = errorRowOf(this.#state, counter)?.count;
    try {
      const page = await this.#source.listOccurrences(counter, { limit }, this.#ended.signal);
      return { kind: 'loaded', items: page.occurrences, next: page.next, ofCount };
    } catch (error) {
      if (error instanceof UserError) {
        return { kind: 'failed', message: error.message };
      }
      throw error;
    }
  }

  #drawAges(): void {
    const now = this.#clock.now();
    this.#changed.fire(errorsChangeByTime(this.#state, this.#agesDrawnAt, now));
    this.#agesDrawnAt = now;
    if (now - this.#askedAt >= curvePace && this.#state.rows.length > 0) {
      this.#question.want();
    }
  }

  #fail(error: unknown): void {
    if (this.#ended.signal.aborted) {
      return;
    }
    const message = error instanceof UserError ? error.message : `The errors could not be loaded: ${String(error)}`;
    this.#dispatch({ kind: 'loadFailed', message });
  }

  #dispatch(event: ErrorsEvent): void {
    const before = this.#state;
    this.#state = reduceErrors(before, event);
    if (before !== this.#state && !this.isDisposed) {
      this.#changed.fire(errorsChangeBetween(before, this.#state));
    }
  }
}
