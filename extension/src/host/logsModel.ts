import type { LogGroupJson, LogRowJson, LogStreamJson } from '@sightline/hub/client/logsApi';
import type { SourceState } from '../sources/traceSource.ts';

/** All that the Logs view shows. Changed only by `reduceLogs`. */
export interface LogsState {
  readonly source: SourceState;
  /** By name. A group that did not change stays the same object. */
  readonly groups: readonly LogGroupJson[];
  /** False until the first answer, so that an empty list is told from an unasked one. */
  readonly isLoaded: boolean;
  /** A filter pattern that lines must match to be shown. */
  readonly pattern: string | undefined;
  /** Why the last question failed, as a sentence. */
  readonly failure: string | undefined;
  /** Of groups that were expanded, by name. */
  readonly streams: ReadonlyMap<string, LoadedStreams>;
  /** Of streams that were expanded, by `streamKeyOf`, the one used last at the end. */
  readonly lines: ReadonlyMap<string, LoadedLines>;
}

export type LoadedStreams =
  | { readonly kind: 'loaded'; readonly streams: readonly LogStreamJson[]; readonly isStale: boolean }
  | { readonly kind: 'failed'; readonly message: string };

export type LoadedLines =
  | {
      readonly kind: 'loaded';
      /** Newest first, without a gap. */
      readonly rows: readonly LogRowJson[];
      /** For the lines behind the last one; absent at the end. */
      readonly next: string | undefined;
      readonly isStale: boolean;
      readonly isLoadingOlder: boolean;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** Lines of a stream, with the cursor behind them. */
export interface LinePage {
  readonly rows: readonly LogRowJson[];
  readonly next: string | undefined;
}

export type LogsEvent =
  | { readonly kind: 'sourceChanged'; readonly source: SourceState }
  /** The logs are those of another place from now on. */
  | { readonly kind: 'sourceReplaced'; readonly source: SourceState }
  | { readonly kind: 'groupsLoaded'; readonly groups: readonly LogGroupJson[] }
  | { readonly kind: 'loadFailed'; readonly message: string }
  | { readonly kind: 'streamsLoaded'; readonly group: string; readonly streams: readonly LogStreamJson[] }
  | { readonly kind: 'streamsFailed'; readonly group: string; readonly message: string }
  | { readonly kind: 'linesLoaded'; readonly key: string; readonly page: LinePage }
  | { readonly kind: 'linesFailed'; readonly key: string; readonly message: string }
  | { readonly kind: 'olderAsked'; readonly key: string }
  | { readonly kind: 'olderLoaded'; readonly key: string; readonly page: LinePage }
  | { readonly kind: 'patternChosen'; readonly pattern: string | undefined }
  /** Nothing that was loaded is to be trusted. */
  | { readonly kind: 'refreshed' };

/** Lines that a stream shows at first, and that "Load older" adds. */
export const linesAtATime = 100;
/** Invariant: a stream never shows more lines than this; the log table has them all. */
export const maxLines = 2000;
const maxOpenStreams = 50;

export const initialLogsState: LogsState = {
  source: { kind: 'stopped' },
  groups: [],
  isLoaded: false,
  pattern: undefined,
  failure: undefined,
  streams: new Map(),
  lines: new Map(),
};

/** The state after an event. */
export function reduceLogs(state: LogsState, event: LogsEvent): LogsState {
  switch (event.kind) {
    case 'sourceChanged':
      return { ...state, source: event.source, failure: undefined };
    case 'sourceReplaced':
      return { ...initialLogsState, source: event.source, pattern: state.pattern };
    case 'groupsLoaded':
      return withGroups(state, event.groups);
    case 'loadFailed':
      return { ...state, failure: event.message };
    case 'streamsLoaded':
      return withStreams(state, event.group, event.streams);
    case 'streamsFailed':
      return { ...state, streams: withEntry(state.streams, event.group, { kind: 'failed', message: event.message }) };
    case 'linesLoaded':
      return withLines(state, event.key, withNewest(state.lines.get(event.key), event.page));
    case 'linesFailed':
      return withLines(state, event.key, { kind: 'failed', message: event.message });
    case 'olderAsked':
      return changeLines(state, event.key, (lines) => ({ ...lines, isLoadingOlder: true }));
    case 'olderLoaded':
      return changeLines(state, event.key, (lines) => withOlder(lines, event.page));
    case 'patternChosen':
      return { ...state, pattern: event.pattern, failure: undefined, lines: new Map() };
    case 'refreshed':
      return { ...state, failure: undefined, streams: new Map(), lines: new Map() };
  }
}

/** Names one stream of one group: a group's name has no colon. */
export function streamKeyOf(group: string, stream: string): string {
  return `${group}:${stream}`;
}

export function logGroupOf({ groups }: Pick<LogsState, 'groups'>, name: string): LogGroupJson | undefined {
  return groups.find((group) => group.name === name);
}

export function logStreamOf({ streams }: LogsState, group: string, name: string): LogStreamJson | undefined {
  const loaded = streams.get(group);
  return loaded?.kind === 'loaded' ? loaded.streams.find((stream) => stream.name === name) : undefined;
}

/** A line that is shown. */
export function logRowOf({ lines }: LogsState, group: string, stream: string, id: string): LogRowJson | undefined {
  const loaded = lines.get(streamKeyOf(group, stream));
  if (loaded?.kind !== 'loaded') {
    return undefined;
  }
  let byId = rowsById.get(loaded.rows);
  if (byId === undefined) {
    byId = new Map(loaded.rows.map((row) => [row.id, row]));
    rowsById.set(loaded.rows, byId);
  }
  return byId.get(id);
}

// Each list is asked for every one of its lines, so its index is made once and kept for as long as the list.
const rowsById = new WeakMap<readonly LogRowJson[], ReadonlyMap<string, LogRowJson>>();

function withGroups(state: LogsState, loaded: readonly LogGroupJson[]): LogsState {
  const groups = reuse(state.groups, loaded);
  const same = new Set(groups.filter((group) => state.groups.includes(group)).map(({ name }) => name));
  const names = new Set(groups.map(({ name }) => name));
  const streams = new Map(
    [...state.streams]
      .filter(([name]) => names.has(name))
      .map(([name, entry]) => [name, same.has(name) || entry.kind === 'failed' ? entry : { ...entry, isStale: true }]),
  );
  return { ...state, groups, streams, isLoaded: true, failure: undefined };
}

function withStreams(state: LogsState, group: string, loaded: readonly LogStreamJson[]): LogsState {
  const before = state.streams.get(group);
  const known = before?.kind === 'loaded' ? before.streams : [];
  const streams = reuse(known, loaded);
  const lines = new Map(state.lines);
  for (const stream of streams) {
    const key = streamKeyOf(group, stream.name);
    const entry = lines.get(key);
    if (entry?.kind === 'loaded' && !known.includes(stream)) {
      lines.set(key, { ...entry, isStale: true });
    }
  }
  return { ...state, lines, streams: withEntry(state.streams, group, { kind: 'loaded', streams, isStale: false }) };
}

/**
 * The newest lines, and behind them those that were loaded before. A page that does not reach them leaves none of them, for a list with a gap
 * would read as if nothing had been written in between.
 */
function withNewest(before: LoadedLines | undefined, page: LinePage): LoadedLines {
  const fresh = { kind: 'loaded', isStale: false, isLoadingOlder: false } as const;
  const last = page.rows.at(-1);
  const known = before?.kind === 'loaded' ? before : undefined;
  const anchor = last === undefined ? -1 : (known?.rows.findIndex(({ id }) => id === last.id) ?? -1);
  if (known === undefined || anchor === -1 || page.next === undefined) {
    return { ...fresh, rows: page.rows, next: page.next };
  }
  const behind = known.rows.slice(anchor + 1);
  const rows = [...page.rows, ...behind];
  if (behind.length === 0 || rows.length > maxLines) {
    return { ...fresh, rows: page.rows, next: page.next };
  }
  return { ...fresh, rows, next: known.next, isLoadingOlder: known.isLoadingOlder };
}

function withOlder(lines: Extract<LoadedLines, { kind: 'loaded' }>, page: LinePage): LoadedLines {
  const known = new Set(lines.rows.map(({ id }) => id));
  const added = page.rows.filter(({ id }) => !known.has(id));
  return { ...lines, rows: [...lines.rows, ...added], next: page.next, isLoadingOlder: false };
}

function withLines(state: LogsState, key: string, entry: LoadedLines): LogsState {
  const lines = withEntry(state.lines, key, entry);
  for (const oldest of lines.keys()) {
    if (lines.size <= maxOpenStreams) {
      break;
    }
    lines.delete(oldest);
  }
  return { ...state, lines, failure: undefined };
}

function changeLines(
  state: LogsState,
  key: string,
  change: (lines: Extract<LoadedLines, { kind: 'loaded' }>) => LoadedLines,
): LogsState {
  const entry = state.lines.get(key);
  return entry?.kind === 'loaded' ? withLines(state, key, change(entry)) : state;
}

function withEntry<V>(map: ReadonlyMap<string, V>, key: string, value: V): Map<string, V> {
  const next = new Map(map);
  next.delete(key);
  return next.set(key, value);
}

/** The objects of before where they say the same, so that what did not change is not drawn anew. */
function reuse<T extends { readonly name: string }>(before: readonly T[], after: readonly T[]): readonly T[] {
  const known = new Map(before.map((each) => [each.name, each]));
  return after.map((each) => {
    const old = known.get(each.name);
    return old !== undefined && JSON.stringify(old) === JSON.stringify(each) ? old : each;
  });
}
