import { treeRowFlags, treeRowSources, treeRowStatuses } from '@sightline/hub/client/api';
import type { ExceptionJson, TraceTreeRows } from '@sightline/hub/client/api';
import type { SpanSource, SpanStatus } from '@sightline/telemetry/model/span';
import type { SpanFacts } from './tracesFacts.ts';

/** One span, segment or subsegment as the tree draws it. */
export interface SpanRow {
  /** Unique in its trace and stable over reloads: the span id, with `#2` behind it where two senders used the same one. */
  readonly key: string;
  readonly spanId: string;
  readonly depth: number;
  readonly name: string;
  readonly service: string;
  readonly status: SpanStatus;
  readonly source: SpanSource;
  readonly startOffsetNanos: number;
  readonly durationNanos: number;
  readonly httpStatus: number | undefined;
  readonly isFromOutside: boolean;
  readonly isOrphan: boolean;
  readonly isSameWork: boolean;
  readonly isSubsegment: boolean;
  /** The service of the row above it, the trace's own at the top: to show only what differs. */
  readonly parentService: string;
}

/** An expanded trace: its rows in the order they are drawn, and where the subtree of each ends. */
export interface SpanTree {
  readonly rows: readonly SpanRow[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** For the row at the same index: the index behind the last row below it. */
  readonly ends: Int32Array;
  /** What was raised in a span, by span id, once it has been asked for. */
  readonly exceptions: ReadonlyMap<string, readonly ExceptionJson[]>;
  /** What a span says of itself, by span id, once it has been asked for. */
  readonly facts: ReadonlyMap<string, SpanFacts>;
}

/** Reads the columns that the hub sends. Linear in the number of rows, since a trace may have 10,000 of them. */
export function toSpanTree(columns: TraceTreeRows): SpanTree {
  const rows: SpanRow[] = [];
  const indexOf = new Map<string, number>();
  const ends = new Int32Array(columns.rows.length);
  const open: number[] = [];
  for (const [index, tuple] of columns.rows.entries()) {
    // A depth that skips a level would hide the row from every parent, so it counts as one below the row before it.
    const depth = Math.min(tuple[0], open.length);
    closeDownTo(open, depth, ends, index);
    const parent = rows[open.at(-1) ?? -1];
    const key = freeKey(indexOf, tuple[1]);
    rows.push(toSpanRow(columns, tuple, { key, depth, parentService: parent?.service ?? columns.trace.service }));
    indexOf.set(key, index);
    open.push(index);
  }
  closeDownTo(open, 0, ends, columns.rows.length);
  return { rows, indexOf, ends, exceptions: new Map(), facts: new Map() };
}

/** The rows right below a row, or the top ones where no key is given; at most `limit`. */
export function childrenOf(tree: SpanTree, key: string | undefined, limit: number): readonly SpanRow[] {
  const children: SpanRow[] = [];
  for (const index of childIndexes(tree, key)) {
    if (children.length === limit) {
      break;
    }
    const row = tree.rows[index];
    if (row !== undefined) {
      children.push(row);
    }
  }
  return children;
}

/** How many rows are right below a row, without making them. */
export function countChildren(tree: SpanTree, key: string | undefined): number {
  return [...childIndexes(tree, key)].length;
}

export function hasChildren(tree: SpanTree, key: string): boolean {
  const index = tree.indexOf.get(key);
  return index !== undefined && (tree.ends[index] ?? 0) > index + 1;
}

/** The row above, or `undefined` for a top one. */
export function parentOf(tree: SpanTree, key: string): SpanRow | undefined {
  const index = tree.indexOf.get(key);
  const row = index === undefined ? undefined : tree.rows[index];
  if (index === undefined || row === undefined) {
    return undefined;
  }
  for (let above = index - 1; above >= 0; above -= 1) {
    const candidate = tree.rows[above];
    if (candidate !== undefined && candidate.depth < row.depth) {
      return candidate;
    }
  }
  return undefined;
}

export function rowOf(tree: SpanTree, key: string): SpanRow | undefined {
  const index = tree.indexOf.get(key);
  return index === undefined ? undefined : tree.rows[index];
}

/** The spans that failed, in drawing order; those may have raised something. */
export function failedRows(tree: SpanTree, limit: number): readonly SpanRow[] {
  const failed: SpanRow[] = [];
  for (const row of tree.rows) {
    if (failed.length === limit) {
      break;
    }
    if (isFailed(row.status)) {
      failed.push(row);
    }
  }
  return failed;
}

export function isFailed(status: SpanStatus): boolean {
  return status === 'error' || status === 'fault';
}

function closeDownTo(open: number[], depth: number, ends: Int32Array, end: number): void {
  while (open.length > depth) {
    const closed = open.pop();
    if (closed !== undefined) {
      ends[closed] = end;
    }
  }
}

function freeKey(taken: ReadonlyMap<string, number>, spanId: string): string {
  let key = spanId;
  for (let copy = 2; taken.has(key); copy += 1) {
    key = `${spanId}#${copy}`;
  }
  return key;
}

function toSpanRow(
  columns: TraceTreeRows,
  tuple: TraceTreeRows['rows'][number],
  place: Pick<SpanRow, 'key' | 'depth' | 'parentService'>,
): SpanRow {
  const [, spanId, name, service, status, source, startOffsetNanos, durationNanos, flags, httpStatus] = tuple;
  return {
    ...place,
    spanId,
    name: columns.texts[name] ?? '',
    service: columns.texts[service] ?? '',
    status: treeRowStatuses[status] ?? 'ok',
    source: treeRowSources[source] ?? 'otlp',
    startOffsetNanos,
    durationNanos,
    httpStatus: httpStatus === 0 ? undefined : httpStatus,
    isFromOutside: (flags & treeRowFlags.fromOutside) !== 0,
    isOrphan: (flags & treeRowFlags.orphan) !== 0,
    isSameWork: (flags & treeRowFlags.sameWork) !== 0,
    isSubsegment: (flags & treeRowFlags.subsegment) !== 0,
  };
}

function* childIndexes(tree: SpanTree, key: string | undefined): Generator<number> {
  const parent = key === undefined ? -1 : tree.indexOf.get(key);
  if (parent === undefined) {
    return;
  }
  const end = parent === -1 ? tree.rows.length : (tree.ends[parent] ?? 0);
  for (let index = parent + 1; index < end; index = tree.ends[index] ?? end) {
    yield index;
  }
}
