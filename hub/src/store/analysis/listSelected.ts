import type { TraceList, TraceRow } from '../../client/api.ts';
import { parseTraceCursor, toTraceCursor, type TracePlace } from '../read/traceCursor.ts';
import { hiddenOf, type TraceLister } from '../read/traceList.ts';
import type { TraceSelection } from '../traceAnalysis.ts';
import type { TraceFinder } from './traceFinder.ts';

export interface SelectedTraces {
  readonly limit: number;
  readonly before?: string;
  readonly excludeHealthChecks: boolean;
  readonly selection: TraceSelection;
}

/** A page ends after this long, with what has been found until then. */
const pageMillis = 35;
const tracesPerStep = 64;

/** The rows of the traces of a selection, newest first: the same rows as of the whole list. */
export function* listSelected(
  query: SelectedTraces,
  finder: TraceFinder,
  lister: TraceLister,
): Generator<undefined, TraceList> {
  const after = query.before === undefined ? undefined : parseTraceCursor(query.before);
  const traces: TraceRow[] = [];
  let hidden = 0;
  let until: number | undefined;
  let seen = 0;
  let last: TracePlace | undefined;
  for (const place of finder.look(query.selection, after)) {
    if (place !== undefined) {
      // The cursor of a page that is full is that of its last trace: whether another follows is known only now.
      if (last !== undefined && (traces.length === query.limit || performance.now() >= (until ?? 0))) {
        return { traces, next: toTraceCursor(last), ...hiddenOf(query, hidden) };
      }
      until ??= performance.now() + pageMillis;
      last = place;
      const summary = place.chunk === undefined ? undefined : lister.summaryOf(place.slot);
      if (summary !== undefined && query.excludeHealthChecks && summary.isHealthCheck) {
        hidden += 1;
      } else if (summary !== undefined) {
        traces.push(summary.row);
      }
    }
    seen += 1;
    if (place === undefined || seen % tracesPerStep === 0) {
      yield;
    }
  }
  return { traces, ...hiddenOf(query, hidden) };
}
