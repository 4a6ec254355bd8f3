import type { TraceList, TraceRow } from '../../client/api.ts';
import { parseTraceCursor, toTraceCursor } from '../read/traceCursor.ts';
import { hiddenOf, type TraceLister } from '../read/traceList.ts';
import type { TraceSelection } from '../traceAnalysis.ts';
import type { TraceFinder } from './traceFinder.ts';
import { stepsPerPage, tracesPerStep } from './traceWalk.ts';

export interface SelectedTraces {
  readonly limit: number;
  readonly before?: string;
  readonly excludeHealthChecks: boolean;
  readonly selection: TraceSelection;
}

/** A page ends after this long, with what has been found until then. */
const pageMillis = 35;

/** The rows of the traces of a selection, newest first: the same rows as of the whole list. */
export function* listSelected(
  query: SelectedTraces,
  finder: TraceFinder,
  lister: TraceLister,
): Generator<undefined, TraceList> {
  const after = query.before === undefined ? undefined : parseTraceCursor(query.before);
  const traces: TraceRow[] = [];
  let hidden = 0;
  const walk = finder.walk(query.selection, after);
  const until = performance.now() + pageMillis;
  const onFound = (slot: number): void => {
    const summary = lister.summaryOf(slot);
    if (summary !== undefined && query.excludeHealthChecks && summary.isHealthCheck) {
      hidden += 1;
    } else if (summary !== undefined) {
      traces.push(summary.row);
    }
  };
  for (let steps = 0; !walk.isAtEnd && traces.length < query.limit; steps += 1) {
    if (steps >= stepsPerPage && performance.now() >= until) {
      break;
    }
    walk.next(query.selection.plan === undefined ? 1 : tracesPerStep, until, onFound);
    yield;
  }
  return { traces, ...(walk.isAtEnd ? {} : { next: toTraceCursor(walk.last) }), ...hiddenOf(query, hidden) };
}
