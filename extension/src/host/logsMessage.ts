import type { LogsState } from './logsModel.ts';

/** The line above the tree, or `undefined` for none: an empty tree with a message hides the welcome text. */
export function logsMessageOf(state: LogsState): string | undefined {
  const filter = state.pattern === undefined ? undefined : `Filter: ${state.pattern}`;
  const parts = [troubleOf(state), filter].filter((part) => part !== undefined);
  // A sentence that another part follows ends there instead of with its full stop.
  const joined = parts.map((part, index) => (index < parts.length - 1 ? part.replace(/\.$/, '') : part));
  return joined.length === 0 ? undefined : joined.join(' · ');
}

function troubleOf({ source, groups, failure }: LogsState): string | undefined {
  switch (source.kind) {
    case 'failed':
      return source.message;
    case 'stopped':
      return groups.length === 0 ? undefined : 'The hub has stopped; these are the logs of before.';
    case 'connecting':
      return groups.length === 0 ? undefined : 'Waiting for the hub…';
    case 'ready':
      return failure;
  }
}
