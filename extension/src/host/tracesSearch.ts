import type { TraceList } from '@sightline/hub/client/api';

export interface TraceSearch {
  /** Enough of them. */
  readonly limit: number;
  readonly before?: string;
  /** Told after each page that was not enough, with all that was found until then. */
  readonly onPart?: (found: TraceList) => void;
}

/**
 * Asks for page after page until enough traces are found or there are no more: a page may be short, even empty, while there is a next one, since
 * the hub answers in time rather than in full. Rejects as a question does.
 */
export async function searchTraces(
  ask: (page: { readonly limit: number; readonly before?: string }) => Promise<TraceList>,
  { limit, before, onPart }: TraceSearch,
): Promise<TraceList> {
  let found: TraceList | undefined;
  let next = before;
  for (;;) {
    const left = limit - (found?.traces.length ?? 0);
    const page = await ask({ limit: left, ...(next !== undefined && { before: next }) });
    found = found === undefined ? page : joined(found, page);
    if (page.next === undefined || page.next === next || found.traces.length >= limit) {
      return found;
    }
    next = page.next;
    onPart?.(found);
  }
}

function joined(above: TraceList, below: TraceList): TraceList {
  const known = new Set(above.traces.map(({ id }) => id));
  const hidden = (above.hiddenHealthChecks ?? 0) + (below.hiddenHealthChecks ?? 0);
  return {
    traces: [...above.traces, ...below.traces.filter(({ id }) => !known.has(id))],
    ...(below.next !== undefined && { next: below.next }),
    ...(hidden > 0 && { hiddenHealthChecks: hidden }),
  };
}
