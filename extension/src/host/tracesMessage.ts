import type { TracesState } from './tracesModel.ts';
import { toCountText } from './tracesText.ts';

/**
 * The line above the tree, or `undefined` for none. An empty tree with a message hides the welcome text, so there is none while that text
 * says all.
 */
export function tracesMessageOf(state: TracesState, hints: readonly string[] = []): string | undefined {
  const parts = [troubleOf(state), filterOf(state, hints), pauseOf(state), hiddenOf(state)].filter(
    (part) => part !== undefined,
  );
  // A sentence that another part follows ends there instead of with its full stop.
  const joined = parts.map((part, index) => (index < parts.length - 1 ? part.replace(/\.$/, '') : part));
  return joined.length === 0 ? undefined : joined.join(' · ');
}

function troubleOf({ source, rows, failure }: TracesState): string | undefined {
  switch (source.kind) {
    case 'failed':
      return source.message;
    case 'stopped':
      return rows.length === 0 ? undefined : 'The hub has stopped; these are the traces of before.';
    case 'connecting':
      return rows.length === 0 ? undefined : 'Waiting for the hub…';
    case 'ready':
      return failure;
  }
}

function filterOf(
  { filter, rows, isLoaded, isSearching, source }: TracesState,
  hints: readonly string[],
): string | undefined {
  if (filter === '' || source.kind !== 'ready') {
    return undefined;
  }
  const shown = filter.length > 80 ? `${filter.slice(0, 79)}…` : filter;
  if (isLoaded && !isSearching && rows.length === 0) {
    return [`No trace fulfils the filter ${shown}.`, ...hints, 'Clear Filter (✕) shows all.'].join(' ');
  }
  return `Filtered: ${shown} · Clear Filter (✕) shows all`;
}

function pauseOf({ pause }: TracesState): string | undefined {
  if (pause === undefined) {
    return undefined;
  }
  if (pause.waiting === 0) {
    return 'Paused, nothing new';
  }
  return `Paused: ${toCountText(pause.waiting, 'new trace').replace(/^\d+/, pause.isMore ? '$&+' : '$&')} waiting`;
}

function hiddenOf({ source, healthChecks, hiddenHealthChecks }: TracesState): string | undefined {
  const hidden = hiddenHealthChecks.newest + hiddenHealthChecks.older;
  return source.kind !== 'ready' || healthChecks === 'shown' || hidden === 0
    ? undefined
    : `${toCountText(hidden, 'health check')} hidden`;
}
