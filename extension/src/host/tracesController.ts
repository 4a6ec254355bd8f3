import type { ChangeEvent, TraceList, TraceRow } from '@sightline/hub/client/api';
import { Disposable, Emitter, type Disposer } from '../lifetime.ts';
import type { BesideSource, PlacedLine } from '../sources/besideSource.ts';
import type { TraceSource } from '../sources/traceSource.ts';
import { UserError } from '../userError.ts';
import { BesideLoader } from './tracesBesideLoader.ts';
import { SpanTreeLoader } from './tracesSpanTreeLoader.ts';
import { changeBetween, changeByTime, type TracesChange } from './tracesChange.ts';
import {
  initialTracesState,
  olderCursorOf,
  reduceTraces,
  traceRowOf,
  type TracesEvent,
  type TracesState,
} from './tracesModel.ts';
import { pageSize } from './tracesPages.ts';
import { searchTraces, type TraceSearch } from './tracesSearch.ts';
import { epochMillisOf } from './tracesText.ts';

/** The time, as a parameter. */
export interface Clock {
  now(): number;
  /** Calls back at this pace until disposed. */
  every(millis: number, callback: () => void): Disposer;
}

/** How often ages are drawn anew, in milliseconds. */
const agePace = 5000;
/** The most rows that one question may ask the hub for. */
const largestPage = 1000;
/** Why a search was given up. */
const otherFilter = 'another filter was chosen';
const otherSource = 'another source was chosen';
const stopped = 'a person stopped it';
const hidden = 'the view was hidden';
/** How long after its end a trace may still get log lines and errors. */
const lateMillis = 60_000;

/**
 * Keeps the rows of the Traces view up to date.
 * Invariant: at most one question for the newest rows is under way, and none while the view is hidden.
 */
export class TracesController extends Disposable {
  readonly #changed = this.register(new Emitter<TracesChange>());
  readonly onDidChange = this.#changed.event;
  readonly #source: TraceSource;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly #trees: SpanTreeLoader;
  readonly #beside: BesideLoader | undefined;
  #state: TracesState = initialTracesState;
  /** Of the source that the rows are of. */
  #label: string;
  #isVisible = false;
  #feed: Disposer | undefined;
  #ages: Disposer | undefined;
  #agesDrawnAt = 0;
  /** What to ask for next: the newest page, or all rows that are shown. */
  #wanted: 'nothing' | 'newest' | 'all' = 'all';
  #asking: Promise<void> | undefined;
  /** Aborted when what is being looked for is not wanted any more. */
  #search = new AbortController();

  constructor(
    source: TraceSource,
    clock: Clock,
    preferences: Partial<Pick<TracesState, 'groupBy' | 'healthChecks' | 'filter'>>,
    beside?: BesideSource,
  ) {
    super();
    this.#source = source;
    this.#label = source.label;
    this.#clock = clock;
    this.#state = { ...initialTracesState, ...preferences, source: source.state };
    const host = {
      state: () => this.#state,
      dispatch: (event: TracesEvent) => this.#dispatch(event),
      signal: this.#ended.signal,
    };
    this.#trees = new SpanTreeLoader(source, host);
    this.#beside = beside === undefined ? undefined : new BesideLoader(beside, host);
    this.register(source.onDidChangeState(() => this.#onSourceState()));
    this.register({ dispose: () => this.#ended.abort() });
    this.register({ dispose: () => this.#feed?.dispose() });
    this.register({ dispose: () => this.#ages?.dispose() });
  }

  get state(): TracesState {
    return this.#state;
  }

  get source(): TraceSource {
    return this.#source;
  }

  now(): number {
    return this.#clock.now();
  }

  /** While hidden nothing is asked and no clock runs; the feed only says that there is something to ask for. */
  setVisible(isVisible: boolean): void {
    if (this.#isVisible === isVisible) {
      return;
    }
    this.#isVisible = isVisible;
    this.#ages?.dispose();
    this.#ages = undefined;
    if (isVisible) {
      this.#follow();
      this.#drawAges();
      this.#ages = this.#clock.every(agePace, () => this.#drawAges());
      this.#ask('nothing');
    } else if (this.#asking !== undefined) {
      // A search may take many calls, and nobody sees what it finds.
      this.#giveUp(hidden);
      this.#ask('all');
    }
  }

  /** Settles once what is known to have changed has been asked for, also while hidden; at once where there is no source to ask. */
  async whenCurrent(): Promise<void> {
    this.#start();
    await this.#asking;
  }

  /** Asks for all rows again, also while paused. Settles when they are there. */
  async refresh(): Promise<void> {
    this.#dispatch({ kind: 'treesChanged', traceIds: 'many' });
    this.#ask('all');
    await this.#asking;
    if (this.#state.pause !== undefined) {
      this.#dispatch({ kind: 'resumed' });
      this.#dispatch({ kind: 'paused' });
    }
  }

  pause(): void {
    this.#dispatch({ kind: 'paused' });
  }

  resume(): void {
    this.#dispatch({ kind: 'resumed' });
    this.#ask('all');
  }

  async loadOlder(): Promise<void> {
    const before = olderCursorOf(this.#state);
    if (before === undefined || this.#state.isLoadingOlder) {
      return;
    }
    this.#dispatch({ kind: 'olderAsked' });
    const { signal } = this.#search;
    // Where it is stopped, what was found until then is shown, and looking can go on behind it.
    let found: TraceList = { traces: [], next: before };
    const onPart = (part: TraceList): void => {
      found = part;
      this.#dispatch({ kind: 'searching', isSearching: true });
    };
    try {
      found = await this.#find({ limit: pageSize, before, onPart }, signal);
    } catch (error) {
      if (!signal.aborted) {
        this.#fail(error);
        return;
      }
    }
    if (signal.reason !== otherFilter && signal.reason !== otherSource) {
      this.#dispatch({ kind: 'searching', isSearching: false });
      this.#dispatch({ kind: 'olderLoaded', page: found });
    }
  }

  /** Shows only what fulfils an X-Ray filter expression; everything where it is empty. What was being looked for is given up. */
  filterBy(filter: string): void {
    if (filter.trim() !== this.#state.filter) {
      this.#giveUp(otherFilter);
      this.#dispatch({ kind: 'filterChosen', filter: filter.trim() });
      this.#ask('all');
    }
  }

  /** Leaves it at what has been found so far. */
  stopSearch(): void {
    this.#giveUp(stopped);
    this.#dispatch({ kind: 'searching', isSearching: false });
  }

  /** Loads the tree of a trace unless a fresh one is there; where it cannot be had, the state says why. */
  async loadTree(traceId: string): Promise<void> {
    await this.#trees.load(traceId);
  }

  /** Loads the log lines and errors of a trace unless fresh ones are there; where they cannot be had, the state says why. */
  async loadBeside(traceId: string): Promise<void> {
    await this.#beside?.load(traceId);
  }

  /** The traces that a line may be of which names none. */
  async guessTraces(line: PlacedLine): Promise<readonly TraceRow[]> {
    return (await this.#beside?.guessTraces(line)) ?? [];
  }

  /** Loads what a span raised, where that is not known yet. */
  async loadExceptions(traceId: string, spanId: string): Promise<void> {
    await this.#trees.loadExceptions(traceId, spanId);
  }

  /** Makes sure that a trace is among the rows, loading older ones for it. Answers false where it is not to be found in them. */
  async bringIntoRows(traceId: string): Promise<boolean> {
    await this.whenCurrent();
    // What a filter leaves out is not to be found by looking through all the rest.
    const isAmongOlder = (): boolean => this.#state.filter === '' && traceRowOf(this.#state, traceId) === undefined;
    while (isAmongOlder() && olderCursorOf(this.#state) !== undefined) {
      const { length } = this.#state.rows;
      await this.loadOlder();
      if (this.#state.rows.length === length) {
        break;
      }
    }
    return traceRowOf(this.#state, traceId) !== undefined;
  }

  async setPinned(traceId: string, isPinned: boolean): Promise<void> {
    this.#dispatch({ kind: 'pinned', traceId, isPinned });
    try {
      if (!(await this.#source.setPinned(traceId, isPinned))) {
        throw new UserError('This trace is no longer kept, so it cannot be pinned.');
      }
    } finally {
      this.#ask('all');
    }
  }

  async clear(): Promise<void> {
    await this.#source.clear();
    await this.refresh();
  }

  groupBy(groupBy: TracesState['groupBy']): void {
    this.#dispatch({ kind: 'groupingChosen', groupBy });
  }

  showHealthChecks(healthChecks: TracesState['healthChecks']): void {
    this.#dispatch({ kind: 'healthChecksChosen', healthChecks });
    this.#ask('all');
  }

  showMoreChildren(nodeId: string): void {
    this.#dispatch({ kind: 'moreChildrenAsked', nodeId });
  }

  #follow(): void {
    if (this.#feed === undefined) {
      // What changed before anybody listened is not known.
      this.#wanted = 'all';
      this.#feed = this.#source.onDidChange((change) => this.#onChange(change));
    }
  }

  #onSourceState(): void {
    const { label, state } = this.#source;
    if (label === this.#label) {
      this.#dispatch({ kind: 'sourceChanged', source: state });
    } else {
      this.#label = label;
      this.#giveUp(otherSource);
      this.#dispatch({ kind: 'sourceReplaced', source: state });
    }
    this.#ask('all');
  }

  #onChange({ traces, logs, errors, removed }: ChangeEvent): void {
    if (logs || errors === true) {
      this.#beside?.noteChange();
      this.#dispatch({ kind: 'besideChanged', traceIds: this.#recentlyExpanded() });
    }
    this.#trees.noteChange(traces);
    if (removed || traces === 'many') {
      this.#dispatch({ kind: 'treesChanged', traceIds: 'many' });
      this.#ask('all');
      return;
    }
    this.#dispatch({ kind: 'treesChanged', traceIds: traces });
    const newest = new Set(this.#state.rows.slice(0, pageSize).map(({ id }) => id));
    const isFiltered = this.#state.filter !== '';
    // A trace that goes on may no longer fulfil the filter, and only a look at all of them shows which have left.
    const isBelow = traces.some((id) => (isFiltered || !newest.has(id)) && traceRowOf(this.#state, id) !== undefined);
    this.#ask(isBelow ? 'all' : 'newest');
  }

  /** Log lines and errors come within seconds of their request, so older traces are left as they are. */
  #recentlyExpanded(): readonly string[] {
    const since = this.#clock.now() - lateMillis;
    return [...this.#state.beside.keys()].filter((id) => {
      const row = traceRowOf(this.#state, id);
      return row !== undefined && epochMillisOf(row.startTime) + Number(row.durationNanos) / 1e6 > since;
    });
  }

  #ask(what: 'nothing' | 'newest' | 'all'): void {
    if (this.#wanted !== 'all' && what !== 'nothing') {
      this.#wanted = what;
    }
    if (this.#isVisible) {
      this.#start();
    }
  }

  #start(): void {
    if (this.#source.state.kind === 'ready' && this.#wanted !== 'nothing') {
      this.#asking ??= this.#askUntilCurrent().finally(() => (this.#asking = undefined));
    }
  }

  async #askUntilCurrent(): Promise<void> {
    do {
      const extent = this.#wanted === 'all' ? 'all' : 'newest';
      this.#wanted = 'nothing';
      const { signal } = this.#search;
      try {
        const page = await (extent === 'all' ? this.#findAll(signal) : this.#list({ limit: pageSize }, signal));
        if (!signal.aborted) {
          this.#dispatch({ kind: 'searching', isSearching: false });
          this.#dispatch({ kind: 'newestLoaded', page, extent });
        }
      } catch (error) {
        if (!signal.aborted) {
          this.#fail(error);
        }
      }
    } while (this.#wanted !== 'nothing' && this.#isVisible && !this.isDisposed);
  }

  /** As many rows as are shown, and a page at least; what is found on the way is shown at once where nothing is shown yet. */
  async #findAll(signal: AbortSignal): Promise<TraceList> {
    const limit = Math.min(Math.max(pageSize, this.#state.rows.length), largestPage);
    const isFirst = !this.#state.isLoaded;
    const onPart = (page: TraceList): void => {
      if (isFirst) {
        this.#dispatch({ kind: 'newestLoaded', page, extent: 'all' });
      }
      this.#dispatch({ kind: 'searching', isSearching: true });
    };
    return await this.#find({ limit, onPart }, signal);
  }

  async #find(search: TraceSearch, signal: AbortSignal): Promise<TraceList> {
    return await searchTraces((page) => this.#list(page, signal), search);
  }

  async #list(page: { readonly limit: number; readonly before?: string }, signal: AbortSignal): Promise<TraceList> {
    // Before the filter is read: by then it may be another one.
    signal.throwIfAborted();
    const { filter, healthChecks } = this.#state;
    const query = { ...page, excludeHealthChecks: healthChecks === 'hidden', ...(filter !== '' && { filter }) };
    return await this.#source.listTraces(query, AbortSignal.any([this.#ended.signal, signal]));
  }

  #giveUp(reason: typeof otherFilter | typeof otherSource | typeof stopped | typeof hidden): void {
    this.#search.abort(reason);
    this.#search = new AbortController();
  }

  #drawAges(): void {
    const now = this.#clock.now();
    this.#changed.fire(changeByTime(this.#state, this.#agesDrawnAt, now));
    this.#agesDrawnAt = now;
  }

  #fail(error: unknown): void {
    if (this.#ended.signal.aborted) {
      return;
    }
    this.#dispatch({ kind: 'loadFailed', message: messageOf(error) });
  }

  #dispatch(event: TracesEvent): void {
    const before = this.#state;
    this.#state = reduceTraces(before, event);
    if (before !== this.#state && !this.isDisposed) {
      this.#changed.fire(changeBetween(before, this.#state));
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof UserError ? error.message : `The traces could not be loaded: ${String(error)}`;
}
