import type { ExceptionJson, TraceList, TraceRow } from '@sightline/hub/client/api';
import type { SourceState } from '../sources/traceSource.ts';
import type { LoadedBeside } from './tracesBeside.ts';
import type { SpanFacts } from './tracesFacts.ts';
import { maxRows, toPause, withNewest, withOlder } from './tracesPages.ts';
import type { SpanTree } from './tracesSpanTree.ts';

/** How the rows are grouped; `none` is one list, newest first. */
export type TraceGrouping = 'none' | 'time' | 'route' | 'service' | 'status';

/** All that the Traces view shows, apart from the clock. Changed only by `reduceTraces`. */
export interface TracesState {
  readonly source: SourceState;
  /** Newest first, without a gap. A row that did not change stays the same object. */
  readonly rows: readonly TraceRow[];
  /** For some rows, by id: what to pass as `before` to get the rows after it. */
  readonly cursors: ReadonlyMap<string, string>;
  /** False until the first answer, so that an empty list is told from an unasked one. */
  readonly isLoaded: boolean;
  readonly isLoadingOlder: boolean;
  /** An X-Ray filter expression that all rows fulfil; empty where there is none. */
  readonly filter: string;
  /** Page after page is looked through for rows, since one was not enough. */
  readonly isSearching: boolean;
  /** Where looking goes on while nothing has been found. */
  readonly emptyCursor: string | undefined;
  readonly healthChecks: 'hidden' | 'shown';
  /** Left out of the newest page, and of the older ones. */
  readonly hiddenHealthChecks: { readonly newest: number; readonly older: number };
  readonly groupBy: TraceGrouping;
  readonly pause: Pause | undefined;
  /** Why the last question failed, as a sentence. */
  readonly failure: string | undefined;
  /** Of traces that were expanded, the one used last at the end. */
  readonly trees: ReadonlyMap<string, LoadedTree>;
  /** Log lines and errors of traces that were expanded, the one used last at the end. */
  readonly beside: ReadonlyMap<string, LoadedBeside>;
  /** How many children a node shows, where a person asked for more than the first ones; by node id. */
  readonly childLimits: ReadonlyMap<string, number>;
}

/** What arrived while the view stands still. */
export interface Pause {
  readonly page: TraceList | undefined;
  readonly waiting: number;
  /** There are more than `waiting`, beyond the page. */
  readonly isMore: boolean;
}

export type LoadedTree =
  | { readonly kind: 'loaded'; readonly tree: SpanTree; readonly isStale: boolean }
  /** Gone from the hub by retention or `clear` between the row and its expansion. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly message: string };

export type TracesEvent =
  | { readonly kind: 'sourceChanged'; readonly source: SourceState }
  /** The traces are those of another place from now on. */
  | { readonly kind: 'sourceReplaced'; readonly source: SourceState }
  /** `all`: the page is as long as the list is to be, or all that there is. `newest`: it may end above what is listed. */
  | { readonly kind: 'newestLoaded'; readonly page: TraceList; readonly extent?: 'all' | 'newest' }
  | { readonly kind: 'filterChosen'; readonly filter: string }
  | { readonly kind: 'searching'; readonly isSearching: boolean }
  | { readonly kind: 'olderAsked' }
  | { readonly kind: 'olderLoaded'; readonly page: TraceList }
  | { readonly kind: 'loadFailed'; readonly message: string }
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'pinned'; readonly traceId: string; readonly isPinned: boolean }
  | { readonly kind: 'groupingChosen'; readonly groupBy: TraceGrouping }
  | { readonly kind: 'healthChecksChosen'; readonly healthChecks: 'hidden' | 'shown' }
  | { readonly kind: 'treeLoaded'; readonly traceId: string; readonly tree: LoadedTree }
  | { readonly kind: 'treesChanged'; readonly traceIds: readonly string[] | 'many' }
  | {
      readonly kind: 'exceptionsLoaded';
      readonly traceId: string;
      readonly spanId: string;
      readonly exceptions: readonly ExceptionJson[];
      readonly facts?: SpanFacts;
    }
  | { readonly kind: 'besideLoaded'; readonly traceId: string; readonly beside: LoadedBeside }
  /** Log lines or errors came, and may be of these traces. */
  | { readonly kind: 'besideChanged'; readonly traceIds: readonly string[] }
  | { readonly kind: 'moreChildrenAsked'; readonly nodeId: string };

/** Children that a node shows before its "more" row. */
export const childrenShownAtFirst = 500;
const maxTrees = 20;

export const initialTracesState: TracesState = {
  source: { kind: 'stopped' },
  rows: [],
  cursors: new Map(),
  isLoaded: false,
  isLoadingOlder: false,
  filter: '',
  isSearching: false,
  emptyCursor: undefined,
  healthChecks: 'hidden',
  hiddenHealthChecks: { newest: 0, older: 0 },
  groupBy: 'none',
  pause: undefined,
  failure: undefined,
  trees: new Map(),
  beside: new Map(),
  childLimits: new Map(),
};

/** The state after an event; the same object where nothing changed. */
export function reduceTraces(state: TracesState, event: TracesEvent): TracesState {
  switch (event.kind) {
    case 'sourceChanged':
      return { ...state, source: event.source, failure: undefined };
    case 'sourceReplaced':
      return withOtherSource(state, event.source);
    case 'newestLoaded':
      return state.pause === undefined || !state.isLoaded
        ? withNewest(state, event.page, event.extent)
        : { ...state, failure: undefined, pause: toPause(state.rows, event.page) };
    case 'filterChosen':
      return withFilter(state, event.filter);
    case 'searching':
      return state.isSearching === event.isSearching ? state : { ...state, isSearching: event.isSearching };
    case 'olderAsked':
      return { ...state, isLoadingOlder: true };
    case 'olderLoaded':
      return withOlder(state, event.page);
    case 'loadFailed':
      return { ...state, isLoadingOlder: false, isSearching: false, failure: event.message };
    case 'paused':
      return { ...state, pause: { page: undefined, waiting: 0, isMore: false } };
    case 'resumed':
      return resumed(state);
    case 'pinned':
      return withRow(state, event.traceId, (row) => ({ ...row, pinned: event.isPinned }));
    case 'groupingChosen':
      return { ...state, groupBy: event.groupBy };
    case 'healthChecksChosen':
      return { ...state, healthChecks: event.healthChecks };
    case 'treeLoaded':
      return { ...state, trees: withLast(state.trees, event.traceId, event.tree) };
    case 'treesChanged':
      return {
        ...(event.traceIds === 'many' ? withStaleBeside(state, new Set(state.beside.keys())) : state),
        trees: withStaleTrees(state.trees, event.traceIds),
      };
    case 'besideLoaded':
      return { ...state, beside: withLast(state.beside, event.traceId, event.beside) };
    case 'besideChanged':
      return withStaleBeside(state, new Set(event.traceIds));
    case 'exceptionsLoaded':
      return withExceptions(state, event);
    case 'moreChildrenAsked':
      return withMoreChildren(state, event.nodeId);
    default:
      return assertNever(event);
  }
}

/** What to pass as `before` for the page behind the last row; `undefined` at the end, and where the list is as long as it may get. */
export function olderCursorOf(state: TracesState): string | undefined {
  const last = state.rows.at(-1);
  if (last === undefined) {
    return state.emptyCursor;
  }
  return state.rows.length >= maxRows ? undefined : state.cursors.get(last.id);
}

/** The row of a trace, if it is in the list. */
export function traceRowOf({ rows }: Pick<TracesState, 'rows'>, traceId: string): TraceRow | undefined {
  let byId = rowsById.get(rows);
  if (byId === undefined) {
    byId = new Map(rows.map((row) => [row.id, row]));
    rowsById.set(rows, byId);
  }
  return byId.get(traceId);
}

// Each list is asked for every one of its rows, so its index is made once and kept for as long as the list.
const rowsById = new WeakMap<TracesState['rows'], ReadonlyMap<string, TraceRow>>();

/** How many children a node shows. */
export function childLimitOf(state: TracesState, nodeId: string): number {
  return state.childLimits.get(nodeId) ?? childrenShownAtFirst;
}

/** For the end of a `switch` over a closed union: the compiler proves that it is not reached. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}

/** Nothing of what was listed is known to fulfil another filter. */
function withFilter(state: TracesState, filter: string): TracesState {
  return {
    ...state,
    filter,
    rows: [],
    cursors: new Map(),
    emptyCursor: undefined,
    isLoaded: false,
    isLoadingOlder: false,
    isSearching: false,
    hiddenHealthChecks: initialTracesState.hiddenHealthChecks,
    pause: state.pause && { page: undefined, waiting: 0, isMore: false },
    failure: undefined,
  };
}

/** What was chosen stays, what was loaded does not. */
function withOtherSource(state: TracesState, source: SourceState): TracesState {
  return { ...withFilter(state, state.filter), source, trees: new Map(), beside: new Map(), childLimits: new Map() };
}

function resumed(state: TracesState): TracesState {
  const { pause, ...rest } = state;
  const unpaused: TracesState = { ...rest, pause: undefined };
  return pause?.page === undefined ? unpaused : withNewest(unpaused, pause.page);
}

function withRow(state: TracesState, traceId: string, change: (row: TraceRow) => TraceRow): TracesState {
  return { ...state, rows: state.rows.map((row) => (row.id === traceId ? change(row) : row)) };
}

function withLast<T>(before: ReadonlyMap<string, T>, traceId: string, loaded: T): ReadonlyMap<string, T> {
  const next = new Map(before);
  next.delete(traceId);
  next.set(traceId, loaded);
  for (const oldest of next.keys()) {
    if (next.size <= maxTrees) {
      break;
    }
    next.delete(oldest);
  }
  return next;
}

function withStaleTrees(trees: TracesState['trees'], traceIds: readonly string[] | 'many'): TracesState['trees'] {
  const changed = traceIds === 'many' ? undefined : new Set(traceIds);
  return new Map(
    [...trees].map(([id, tree]) =>
      tree.kind === 'loaded' && (changed?.has(id) ?? true) ? [id, { ...tree, isStale: true }] : [id, tree],
    ),
  );
}

function withStaleBeside(state: TracesState, changed: ReadonlySet<string>): TracesState {
  const beside = new Map(
    [...state.beside].map(([id, loaded]) => (changed.has(id) ? [id, { ...loaded, isStale: true }] : [id, loaded])),
  );
  return { ...state, beside };
}

function withExceptions(
  state: TracesState,
  { traceId, spanId, exceptions, facts }: Extract<TracesEvent, { kind: 'exceptionsLoaded' }>,
): TracesState {
  const loaded = state.trees.get(traceId);
  if (loaded?.kind !== 'loaded') {
    return state;
  }
  const tree = {
    ...loaded.tree,
    exceptions: new Map(loaded.tree.exceptions).set(spanId, exceptions),
    ...(facts !== undefined && { facts: new Map(loaded.tree.facts).set(spanId, facts) }),
  };
  return { ...state, trees: new Map(state.trees).set(traceId, { ...loaded, tree }) };
}

function withMoreChildren(state: TracesState, nodeId: string): TracesState {
  const limit = childLimitOf(state, nodeId) + childrenShownAtFirst;
  return { ...state, childLimits: new Map(state.childLimits).set(nodeId, limit) };
}
