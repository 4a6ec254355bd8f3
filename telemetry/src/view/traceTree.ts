import type { SpanId } from '../model/ids.ts';
import type { SpanSummary } from '../model/span.ts';
import { isSameWork, receives } from './sameWork.ts';

/** A span in its place. Flags are named as the bits of the hub's tree rows. */
export interface TreeRow<S extends SpanSummary> {
  readonly span: S;
  /** Of a root: 0. */
  readonly depth: number;
  /** Index of the parent's row, which is always smaller; -1 for a root. */
  readonly parent: number;
  /** The span's own service; an independent subsegment's is that of the segment above it. */
  readonly service: string;
  /** The parent is in another process, which has not reported here. */
  readonly isFromOutside: boolean;
  /** The parent has not arrived, or never will; also where parents form a ring, for the span at which the ring was cut. */
  readonly isOrphan: boolean;
  /** The same piece of work as the parent's row, reported by the other protocol. */
  readonly isSameWork: boolean;
}

/** A trace depth-first, as it is drawn: each span once, siblings by start time, then id. */
export interface TraceTree<S extends SpanSummary> {
  readonly rows: readonly TreeRow<S>[];
}

/** Work that somebody asked for, once, however many protocols reported it. */
export interface Request<S extends SpanSummary> {
  readonly row: TreeRow<S>;
  /** Rows of the same piece of work, by the other protocol. */
  readonly sameWork: readonly TreeRow<S>[];
}

/**
 * Builds one tree out of the X-Ray and OTel spans of a trace, whatever the order they came in and wherever their parents point. Of spans
 * with the same id the first complete one is kept, else the first. Children may start before their parent, as clocks differ.
 *
 * Time grows with the number of spans (and the sorting of them), and no depth of the tree costs stack.
 */
export function traceTree<S extends SpanSummary>(spans: readonly S[]): TraceTree<S> {
  const byId = uniqueById(spans);
  const sorted = [...byId.values()].toSorted(byStartThenId);
  const ringCuts = cutRings(sorted, byId);
  const children = new Map<SpanId, S[]>();
  const roots: S[] = [];
  for (const span of sorted) {
    const parentId = span.parentId;
    if (parentId === undefined || !byId.has(parentId) || ringCuts.has(span.id)) {
      roots.push(span);
      continue;
    }
    const siblings = children.get(parentId);
    if (siblings === undefined) {
      children.set(parentId, [span]);
    } else {
      siblings.push(span);
    }
  }
  return { rows: depthFirst(roots, children, ringCuts) };
}

/** The requests of a trace in the order of its rows: its root and everything that received a call, each piece of work once. */
export function requestsOf<S extends SpanSummary>({ rows }: TraceTree<S>): readonly Request<S>[] {
  const requests = new Map<number, { readonly row: TreeRow<S>; readonly sameWork: TreeRow<S>[] }>();
  for (const [index, row] of rows.entries()) {
    const same = row.isSameWork ? requests.get(row.parent) : undefined;
    if (same !== undefined) {
      same.sameWork.push(row);
      // A third report of the same work would be a child of this one.
      requests.set(index, same);
    } else if (receives(row.span) || (row.parent === -1 && !row.isOrphan)) {
      requests.set(index, { row, sameWork: [] });
    }
  }
  return [...new Set(requests.values())];
}

function uniqueById<S extends SpanSummary>(spans: readonly S[]): Map<SpanId, S> {
  const byId = new Map<SpanId, S>();
  for (const span of spans) {
    const known = byId.get(span.id);
    if (known === undefined || (known.status === 'running' && span.status !== 'running')) {
      byId.set(span.id, span);
    }
  }
  return byId;
}

function byStartThenId(a: SpanSummary, b: SpanSummary): number {
  if (a.startTime !== b.startTime) {
    return a.startTime < b.startTime ? -1 : 1;
  }
  return a.id < b.id ? -1 : 1;
}

/** Of each ring of parents the first span by start time and id: it becomes a root, so that the others hang somewhere. */
function cutRings<S extends SpanSummary>(sorted: readonly S[], byId: ReadonlyMap<SpanId, S>): ReadonlySet<SpanId> {
  const cuts = new Set<SpanId>();
  /** The walk that came by first; each span is walked over once. */
  const walkOf = new Map<SpanId, number>();
  for (const [walk, start] of sorted.entries()) {
    let span: S | undefined = start;
    while (span !== undefined && !walkOf.has(span.id)) {
      walkOf.set(span.id, walk);
      span = span.parentId === undefined ? undefined : byId.get(span.parentId);
    }
    if (span !== undefined && walkOf.get(span.id) === walk) {
      cuts.add(firstOfRing(span, byId).id);
    }
  }
  return cuts;
}

function firstOfRing<S extends SpanSummary>(onRing: S, byId: ReadonlyMap<SpanId, S>): S {
  let first = onRing;
  let span = onRing.parentId === undefined ? undefined : byId.get(onRing.parentId);
  while (span !== undefined && span.id !== onRing.id) {
    if (byStartThenId(span, first) < 0) {
      first = span;
    }
    span = span.parentId === undefined ? undefined : byId.get(span.parentId);
  }
  return first;
}

function depthFirst<S extends SpanSummary>(
  roots: readonly S[],
  children: ReadonlyMap<SpanId, S[]>,
  ringCuts: ReadonlySet<SpanId>,
): TreeRow<S>[] {
  const rows: TreeRow<S>[] = [];
  const waiting: { readonly span: S; readonly parent: number }[] = [];
  for (const span of roots.toReversed()) {
    waiting.push({ span, parent: -1 });
  }
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const index = rows.length;
    rows.push(toRow(next.span, next.parent, rows, ringCuts));
    const below = children.get(next.span.id) ?? [];
    for (let at = below.length - 1; at >= 0; at--) {
      waiting.push({ span: below[at] as S, parent: index });
    }
  }
  return rows;
}

function toRow<S extends SpanSummary>(
  span: S,
  parentIndex: number,
  rows: readonly TreeRow<S>[],
  ringCuts: ReadonlySet<SpanId>,
): TreeRow<S> {
  const parent = rows[parentIndex];
  const isCutOff = parent === undefined && span.parentId !== undefined;
  const isFromOutside = isCutOff && !ringCuts.has(span.id) && isRemoteParent(span);
  return {
    span,
    depth: parent === undefined ? 0 : parent.depth + 1,
    parent: parentIndex,
    // Above an independent subsegment is its segment or another subsegment of it, whose row has the service already.
    service: span.service === '' ? (parent?.service ?? '') : span.service,
    isFromOutside,
    isOrphan: isCutOff && !isFromOutside,
    isSameWork: parent !== undefined && isSameWork(span, parent.span),
  };
}

/** Where the sender did not say where its parent is: whoever receives a call got it from another process. */
function isRemoteParent(span: SpanSummary): boolean {
  return span.isParentRemote ?? receives(span);
}
