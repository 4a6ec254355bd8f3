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
  const sorted = toSortedUnique(spans);
  const parents = parentsOf(sorted);
  cutRings(parents);
  return { rows: depthFirst(sorted, parents) };
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

/** In `parents`: the span has none, its parent is not here, or its parent was cut off as it lay below the span. */
const noParent = -1;
const parentMissing = -2;
const ringCut = -3;

function toSortedUnique<S extends SpanSummary>(spans: readonly S[]): readonly S[] {
  const byId = new Map<SpanId, S>();
  let isSorted = true;
  let before: S | undefined;
  for (const span of spans) {
    const known = byId.get(span.id);
    if (known === undefined || (known.status === 'running' && span.status !== 'running')) {
      byId.set(span.id, span);
    }
    isSorted &&= before === undefined || byStartThenId(before, span) <= 0;
    before = span;
  }
  // The store gives them in order; sorting bigints is the most of the work otherwise.
  return isSorted && byId.size === spans.length ? spans : [...byId.values()].toSorted(byStartThenId);
}

function byStartThenId(a: SpanSummary, b: SpanSummary): number {
  if (a.startTime !== b.startTime) {
    return a.startTime < b.startTime ? -1 : 1;
  }
  return a.id < b.id ? -1 : 1;
}

/** Of each span the index of its parent, or why it has none. */
function parentsOf(sorted: readonly SpanSummary[]): Int32Array {
  const indexOf = new Map(sorted.map(({ id }, index) => [id, index]));
  return Int32Array.from(sorted, ({ parentId }) =>
    parentId === undefined ? noParent : (indexOf.get(parentId) ?? parentMissing),
  );
}

/** Of each ring of parents the first span, by start time and id, loses its parent, so that the others hang somewhere. */
function cutRings(parents: Int32Array): void {
  /** The walk that came by first, from 1; each span is walked over once. */
  const walkOf = new Int32Array(parents.length);
  for (let start = 0; start < parents.length; start++) {
    let span = start;
    while (span >= 0 && walkOf[span] === 0) {
      walkOf[span] = start + 1;
      span = parents[span] as number;
    }
    if (span >= 0 && walkOf[span] === start + 1) {
      parents[firstOfRing(span, parents)] = ringCut;
    }
  }
}

function firstOfRing(onRing: number, parents: Int32Array): number {
  let first = onRing;
  for (let span = parents[onRing] as number; span !== onRing; span = parents[span] as number) {
    first = Math.min(first, span);
  }
  return first;
}

/** Follows children and siblings as chains of indexes: no stack to overflow, no list per span. */
function depthFirst<S extends SpanSummary>(sorted: readonly S[], parents: Int32Array): TreeRow<S>[] {
  const firstChild = new Int32Array(sorted.length).fill(-1);
  const nextSibling = new Int32Array(sorted.length).fill(-1);
  let firstRoot = -1;
  for (let index = sorted.length - 1; index >= 0; index--) {
    const parent = parents[index] as number;
    nextSibling[index] = parent < 0 ? firstRoot : (firstChild[parent] as number);
    if (parent < 0) {
      firstRoot = index;
    } else {
      firstChild[parent] = index;
    }
  }
  const rows: TreeRow<S>[] = [];
  const rowOf = new Int32Array(sorted.length);
  for (let index = firstRoot; index >= 0; index = nextInTree(index, firstChild, nextSibling, parents)) {
    const parent = parents[index] as number;
    rowOf[index] = rows.length;
    rows.push(toRow(sorted[index] as S, parent, parent < 0 ? -1 : (rowOf[parent] as number), rows));
  }
  return rows;
}

function nextInTree(index: number, firstChild: Int32Array, nextSibling: Int32Array, parents: Int32Array): number {
  const child = firstChild[index] as number;
  if (child >= 0) {
    return child;
  }
  let span = index;
  while (span >= 0 && nextSibling[span] === -1) {
    span = parents[span] as number;
  }
  return span < 0 ? -1 : (nextSibling[span] as number);
}

function toRow<S extends SpanSummary>(
  span: S,
  parentOrReason: number,
  parentRow: number,
  rows: readonly TreeRow<S>[],
): TreeRow<S> {
  const parent = rows[parentRow];
  const isFromOutside = parentOrReason === parentMissing && isRemoteParent(span);
  return {
    span,
    depth: parent === undefined ? 0 : parent.depth + 1,
    parent: parentRow,
    // Above an independent subsegment is its segment or another subsegment of it, whose row has the service already.
    service: span.service === '' ? (parent?.service ?? '') : span.service,
    isFromOutside,
    isOrphan: parentOrReason === ringCut || (parentOrReason === parentMissing && !isFromOutside),
    isSameWork: parent !== undefined && isSameWork(span, parent.span),
  };
}

/** Where the sender did not say where its parent is: whoever receives a call got it from another process. */
function isRemoteParent(span: SpanSummary): boolean {
  return span.isParentRemote ?? receives(span);
}
