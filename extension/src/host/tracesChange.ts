import { groupTraces } from './tracesGroups.ts';
import { olderCursorOf, type TracesState } from './tracesModel.ts';
import type { TracesNode } from './tracesNodes.ts';
import { toAgoText } from '@sightline/telemetry/view/duration';
import { epochMillisOf } from './tracesText.ts';

/** What has to be drawn anew. */
export type TracesChange =
  /** Rows came, went or moved. */
  | { readonly kind: 'structure' }
  /** These rows look different, or have other rows below them; all others are as they were. */
  | { readonly kind: 'rows'; readonly nodes: readonly TracesNode[] };

/** What a state shows otherwise than the one before it. Trees that were loaded since are left out: whoever asked for them draws them. */
export function changeBetween(before: TracesState, after: TracesState): TracesChange {
  if (isOtherStructure(before, after)) {
    return { kind: 'structure' };
  }
  const nodes: TracesNode[] = [];
  for (const [index, row] of after.rows.entries()) {
    if (row !== before.rows[index] || hasBecomeStale(before, after, row.id) || isOtherBeside(before, after, row.id)) {
      nodes.push({ kind: 'trace', traceId: row.id });
    }
  }
  if (before.isLoadingOlder !== after.isLoadingOlder) {
    nodes.push({ kind: 'older' });
  }
  return { kind: 'rows', nodes };
}

/** What the passing of time alone has changed: the ages in rows, and the groups that rows are in. */
export function changeByTime(state: TracesState, before: number, now: number): TracesChange {
  if (state.groupBy === 'time' && partitionOf(state, before) !== partitionOf(state, now)) {
    return { kind: 'structure' };
  }
  const changed = state.rows.filter(({ startTime }) => {
    const start = epochMillisOf(startTime);
    return toAgoText(start, before) !== toAgoText(start, now);
  });
  return { kind: 'rows', nodes: changed.map(({ id }) => ({ kind: 'trace', traceId: id })) };
}

function isOtherStructure(before: TracesState, after: TracesState): boolean {
  return (
    before.groupBy !== after.groupBy ||
    before.filter !== after.filter ||
    before.isSearching !== after.isSearching ||
    before.source.kind !== after.source.kind ||
    before.childLimits !== after.childLimits ||
    (olderCursorOf(before) === undefined) !== (olderCursorOf(after) === undefined) ||
    // Headings count their rows, so one changed row may change two of them and its own place.
    (after.groupBy !== 'none' && before.rows !== after.rows) ||
    before.rows.length !== after.rows.length ||
    before.rows.some(({ id }, index) => id !== after.rows[index]?.id)
  );
}

function hasBecomeStale(before: TracesState, after: TracesState, traceId: string): boolean {
  return isStale(after, traceId) && !isStale(before, traceId);
}

/** What was loaded beside a trace is drawn when it comes: nobody waits for it. */
function isOtherBeside(before: TracesState, after: TracesState, traceId: string): boolean {
  return before.beside.get(traceId) !== after.beside.get(traceId);
}

function isStale(state: TracesState, traceId: string): boolean {
  const loaded = state.trees.get(traceId);
  return loaded?.kind === 'loaded' && loaded.isStale;
}

function partitionOf(state: TracesState, now: number): string {
  return groupTraces(state.rows, 'time', now)
    .map(({ key, rows }) => `${key} ${rows.length}`)
    .join(', ');
}
