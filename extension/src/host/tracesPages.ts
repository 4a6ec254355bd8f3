import type { TraceList, TraceRow } from '@sightline/hub/client/api';
import type { Pause, TracesState } from './tracesModel.ts';

/** Rows of one page, and the least that a refresh asks for. */
export const pageSize = 100;
/** Invariant: the list never holds more rows than this; the oldest leave first and can be loaded again. */
export const maxRows = 2000;

/** The list with a page at its top. */
export function withNewest(state: TracesState, page: TraceList, extent: 'all' | 'newest' = 'newest'): TracesState {
  const endsAbove = extent === 'newest' && isShort(state, page);
  const rest = endsAbove && !hasAnchor(state.rows, page) ? state.rows : rowsBehind(state.rows, page);
  const rows = reuseRows(state.rows, [...page.traces, ...rest]);
  const cursors = new Map(state.cursors);
  // Below a page that ends above what is listed, the list goes on as it did before.
  const next = endsAbove ? state.emptyCursor : page.next;
  if (!endsAbove || state.rows.length === 0) {
    noteCursor(cursors, page.traces, next);
  }
  const bounded = bound(rows, cursors);
  return {
    ...state,
    ...bounded,
    emptyCursor: next,
    isLoaded: true,
    failure: undefined,
    hiddenHealthChecks: {
      newest: page.hiddenHealthChecks ?? 0,
      older: rest.length === 0 ? 0 : state.hiddenHealthChecks.older,
    },
  };
}

/**
 * A page that is short although there is more ended for its time: it looked through far more than comes between two questions, and found nothing
 * else. Only with a filter is a page short.
 */
function isShort({ filter, isLoaded }: TracesState, { traces, next }: TraceList): boolean {
  return isLoaded && filter !== '' && next !== undefined && traces.length < pageSize;
}

function hasAnchor(loaded: readonly TraceRow[], { traces }: TraceList): boolean {
  const ids = new Set(loaded.map(({ id }) => id));
  return traces.some(({ id }) => ids.has(id));
}

/**
 * The loaded rows that come after the newest page. The page is the truth for its range, so what it lacks there is gone; a page that does not
 * reach the loaded rows leaves none of them, for a list with a gap would read as if nothing had happened in between.
 */
function rowsBehind(loaded: readonly TraceRow[], page: TraceList): readonly TraceRow[] {
  if (page.next === undefined) {
    return [];
  }
  const indexOf = new Map(loaded.map((row, index) => [row.id, index]));
  const anchor = page.traces.findLast(({ id }) => indexOf.has(id));
  if (anchor === undefined) {
    return [];
  }
  const inPage = new Set(page.traces.map(({ id }) => id));
  return loaded.slice((indexOf.get(anchor.id) ?? 0) + 1).filter(({ id }) => !inPage.has(id));
}

/** The list with a page at its end. */
export function withOlder(state: TracesState, page: TraceList): TracesState {
  const known = new Set(state.rows.map(({ id }) => id));
  const added = page.traces.filter(({ id }) => !known.has(id)).slice(0, maxRows - state.rows.length);
  const rows = [...state.rows, ...added];
  const cursors = new Map(state.cursors);
  noteCursor(cursors, rows, page.next);
  const { newest, older } = state.hiddenHealthChecks;
  return {
    ...state,
    rows,
    cursors,
    emptyCursor: page.next,
    isLoadingOlder: false,
    failure: undefined,
    hiddenHealthChecks: { newest, older: older + (page.hiddenHealthChecks ?? 0) },
  };
}

function noteCursor(cursors: Map<string, string>, rows: readonly TraceRow[], next: string | undefined): void {
  const last = rows.at(-1);
  if (last !== undefined && next !== undefined) {
    cursors.set(last.id, next);
  } else if (last !== undefined) {
    cursors.delete(last.id);
  }
}

/** Cuts at the last row whose cursor is known, so that "Load older" still continues without a gap. */
function bound(rows: readonly TraceRow[], cursors: ReadonlyMap<string, string>): Pick<TracesState, 'rows' | 'cursors'> {
  let kept = rows;
  if (rows.length > maxRows) {
    const cut = rows.slice(0, maxRows).findLastIndex(({ id }) => cursors.has(id));
    kept = rows.slice(0, cut === -1 ? maxRows : cut + 1);
  }
  const ids = new Set(kept.map(({ id }) => id));
  return { rows: kept, cursors: new Map([...cursors].filter(([id]) => ids.has(id))) };
}

function reuseRows(before: readonly TraceRow[], after: readonly TraceRow[]): readonly TraceRow[] {
  const known = new Map(before.map((row) => [row.id, row]));
  const rows = after.map((row) => {
    const old = known.get(row.id);
    return old !== undefined && old !== row && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
  return rows.length === before.length && rows.every((row, index) => row === before[index]) ? before : rows;
}

/** What a page that is held back has that is not listed. */
export function toPause(rows: readonly TraceRow[], page: TraceList): Pause {
  const known = new Set(rows.map(({ id }) => id));
  const waiting = page.traces.filter(({ id }) => !known.has(id)).length;
  return { page, waiting, isMore: waiting === page.traces.length && page.next !== undefined };
}
