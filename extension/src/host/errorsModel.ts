import type { ErrorGroupJson, ErrorGroupList, OccurrenceJson, OccurrenceList } from '@sightline/hub/client/errorsApi';
import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import type { SourceState } from '../sources/traceSource.ts';
import { assertNever } from './tracesModel.ts';

/** Which groups are listed. */
export type ErrorFilter = ErrorStatus | 'all';
export type ErrorGrouping = 'none' | 'environment';

/** All that the Errors view shows, apart from the clock. Changed only by `reduceErrors`. */
export interface ErrorsState {
  readonly source: SourceState;
  /** The one seen last first, without a gap. A row that did not change stays the same object. */
  readonly rows: readonly ErrorGroupJson[];
  /** What to pass as `before` for the rows behind the last one; `undefined` at the end. */
  readonly next: string | undefined;
  /** False until the first answer, so that an empty list is told from an unasked one. */
  readonly isLoaded: boolean;
  readonly isLoadingOlder: boolean;
  readonly filter: ErrorFilter;
  readonly groupBy: ErrorGrouping;
  /** Why the last question failed, as a sentence. */
  readonly failure: string | undefined;
  /** Of groups that were expanded, by counter; the one used last at the end. */
  readonly occurrences: ReadonlyMap<number, LoadedOccurrences>;
}

export type LoadedOccurrences =
  | {
      readonly kind: 'loaded';
      /** Newest first. */
      readonly items: readonly OccurrenceJson[];
      readonly next: string | undefined;
      /** The group as it was when they were asked for; another count since then makes them stale. */
      readonly ofCount: number | undefined;
    }
  | { readonly kind: 'failed'; readonly message: string };

export type ErrorsEvent =
  | { readonly kind: 'sourceChanged'; readonly source: SourceState }
  /** The errors are those of another place from now on. */
  | { readonly kind: 'sourceReplaced'; readonly source: SourceState }
  | { readonly kind: 'newestLoaded'; readonly page: ErrorGroupList; readonly filter: ErrorFilter }
  | { readonly kind: 'olderAsked' }
  | { readonly kind: 'olderLoaded'; readonly page: ErrorGroupList; readonly after: string }
  | { readonly kind: 'loadFailed'; readonly message: string }
  | { readonly kind: 'filterChosen'; readonly filter: ErrorFilter }
  | { readonly kind: 'groupingChosen'; readonly groupBy: ErrorGrouping }
  | { readonly kind: 'occurrencesLoaded'; readonly counter: number; readonly loaded: LoadedOccurrences }
  | { readonly kind: 'olderOccurrencesLoaded'; readonly counter: number; readonly page: OccurrenceList };

/** Rows of one page, and the least that a refresh asks for. */
export const groupPageSize = 100;
/** Invariant: the list never holds more rows than this. */
export const maxGroups = 1000;
/** Occurrences that a group shows at first, and that each "older" row adds. */
export const occurrencePageSize = 10;
/** Invariant: no group shows more occurrences than this. Each is a whole document in memory. */
const maxOccurrences = 200;
const maxExpandedGroups = 20;

export const initialErrorsState: ErrorsState = {
  source: { kind: 'stopped' },
  rows: [],
  next: undefined,
  isLoaded: false,
  isLoadingOlder: false,
  filter: 'active',
  groupBy: 'none',
  failure: undefined,
  occurrences: new Map(),
};

/** The state after an event; the same object where nothing changed. */
export function reduceErrors(state: ErrorsState, event: ErrorsEvent): ErrorsState {
  switch (event.kind) {
    case 'sourceChanged':
      return { ...state, source: event.source, failure: undefined };
    case 'sourceReplaced':
      return { ...initialErrorsState, source: event.source, filter: state.filter, groupBy: state.groupBy };
    case 'newestLoaded':
      return event.filter === state.filter ? withNewest(state, event.page) : state;
    case 'olderAsked':
      return { ...state, isLoadingOlder: true };
    case 'olderLoaded':
      return event.after === state.next ? withOlder(state, event.page) : { ...state, isLoadingOlder: false };
    case 'loadFailed':
      return { ...state, isLoadingOlder: false, failure: event.message };
    case 'filterChosen':
      return { ...state, filter: event.filter, rows: [], next: undefined, isLoaded: false };
    case 'groupingChosen':
      return { ...state, groupBy: event.groupBy };
    case 'occurrencesLoaded':
      return { ...state, occurrences: withOccurrences(state.occurrences, event.counter, event.loaded) };
    case 'olderOccurrencesLoaded':
      return withOlderOccurrences(state, event.counter, event.page);
    default:
      return assertNever(event);
  }
}

/** The row of a group, if it is in the list. */
export function errorRowOf({ rows }: Pick<ErrorsState, 'rows'>, counter: number): ErrorGroupJson | undefined {
  return rows.find((row) => row.counter === counter);
}

/** Whether the occurrences of a group have to be asked for, because they never were or the group has grown since. */
export function needsOccurrences(state: ErrorsState, counter: number): boolean {
  const loaded = state.occurrences.get(counter);
  return loaded?.kind !== 'loaded' || loaded.ofCount !== errorRowOf(state, counter)?.count;
}

export function occurrencesOf(state: ErrorsState, counter: number): readonly OccurrenceJson[] {
  const loaded = state.occurrences.get(counter);
  return loaded?.kind === 'loaded' ? loaded.items : [];
}

export function occurrenceOf(state: ErrorsState, counter: number, id: string): OccurrenceJson | undefined {
  return occurrencesOf(state, counter).find((occurrence) => occurrence.id === id);
}

/** Whether "older" can show more occurrences of a group. */
export function hasOlderOccurrences(state: ErrorsState, counter: number): boolean {
  const loaded = state.occurrences.get(counter);
  return loaded?.kind === 'loaded' && loaded.next !== undefined && loaded.items.length < maxOccurrences;
}

function withNewest(state: ErrorsState, page: ErrorGroupList): ErrorsState {
  const rows = reuseRows(state.rows, page.groups.slice(0, maxGroups));
  return { ...state, rows, next: nextOf(page, rows.length), isLoaded: true, failure: undefined };
}

function withOlder(state: ErrorsState, page: ErrorGroupList): ErrorsState {
  const known = new Set(state.rows.map(({ counter }) => counter));
  const rows = [...state.rows, ...page.groups.filter(({ counter }) => !known.has(counter))].slice(0, maxGroups);
  return { ...state, rows, next: nextOf(page, rows.length), isLoadingOlder: false, failure: undefined };
}

function nextOf({ next }: ErrorGroupList, count: number): string | undefined {
  return count >= maxGroups ? undefined : next;
}

function reuseRows(before: readonly ErrorGroupJson[], after: readonly ErrorGroupJson[]): readonly ErrorGroupJson[] {
  const known = new Map(before.map((row) => [row.counter, row]));
  const rows = after.map((row) => {
    const old = known.get(row.counter);
    return old !== undefined && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
  return rows.length === before.length && rows.every((row, index) => row === before[index]) ? before : rows;
}

function withOccurrences(
  before: ErrorsState['occurrences'],
  counter: number,
  loaded: LoadedOccurrences,
): ErrorsState['occurrences'] {
  const next = new Map(before);
  next.delete(counter);
  next.set(counter, loaded);
  for (const oldest of next.keys()) {
    if (next.size <= maxExpandedGroups) {
      break;
    }
    next.delete(oldest);
  }
  return next;
}

function withOlderOccurrences(state: ErrorsState, counter: number, page: OccurrenceList): ErrorsState {
  const loaded = state.occurrences.get(counter);
  if (loaded?.kind !== 'loaded') {
    return state;
  }
  const known = new Set(loaded.items.map(({ id }) => id));
  const items = [...loaded.items, ...page.occurrences.filter(({ id }) => !known.has(id))];
  return {
    ...state,
    occurrences: new Map(state.occurrences).set(counter, { ...loaded, items, next: page.next }),
  };
}
