import type { ErrorsState } from './errorsModel.ts';
import type { ErrorsNode } from './errorsNodes.ts';
import { toAgoText } from '@sightline/telemetry/view/duration';
import { epochMillisOf } from './tracesText.ts';

/** What has to be drawn anew. */
export type ErrorsChange =
  /** Rows came, went or moved. */
  | { readonly kind: 'structure' }
  /** These rows look different, or have other rows below them; all others are as they were. */
  | { readonly kind: 'rows'; readonly nodes: readonly ErrorsNode[] };

/** What a state shows otherwise than the one before it. Occurrences that were loaded at first are left out: whoever asked for them draws them. */
export function errorsChangeBetween(before: ErrorsState, after: ErrorsState): ErrorsChange {
  if (isOtherStructure(before, after)) {
    return { kind: 'structure' };
  }
  const nodes: ErrorsNode[] = after.rows
    .filter((row, index) => row !== before.rows[index] || hasMoreOccurrences(before, after, row.counter))
    .map(({ counter }) => ({ kind: 'group', counter }));
  return {
    kind: 'rows',
    nodes: before.isLoadingOlder === after.isLoadingOlder ? nodes : [...nodes, { kind: 'older' }],
  };
}

/** What the passing of time alone has changed: the ages in rows. */
export function errorsChangeByTime(state: ErrorsState, before: number, now: number): ErrorsChange {
  const changed = state.rows.filter(({ lastSeen }) => {
    const seen = epochMillisOf(lastSeen);
    return toAgoText(seen, before) !== toAgoText(seen, now);
  });
  return { kind: 'rows', nodes: changed.map(({ counter }) => ({ kind: 'group', counter })) };
}

function isOtherStructure(before: ErrorsState, after: ErrorsState): boolean {
  return (
    before.groupBy !== after.groupBy ||
    before.filter !== after.filter ||
    before.isLoaded !== after.isLoaded ||
    before.source.kind !== after.source.kind ||
    (before.next === undefined) !== (after.next === undefined) ||
    // A group that happened in one more environment changes its heading.
    (after.groupBy !== 'none' && before.rows !== after.rows) ||
    before.rows.length !== after.rows.length ||
    before.rows.some(({ counter }, index) => counter !== after.rows[index]?.counter)
  );
}

function hasMoreOccurrences(before: ErrorsState, after: ErrorsState, counter: number): boolean {
  const [earlier, later] = [before.occurrences.get(counter), after.occurrences.get(counter)];
  return earlier?.kind === 'loaded' && later?.kind === 'loaded' && earlier.items.length < later.items.length;
}
