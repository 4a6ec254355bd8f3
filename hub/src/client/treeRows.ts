import type { SpanSummary } from '@sightline/telemetry/model/span';
import type { TreeRow } from '@sightline/telemetry/view/traceTree';
import { treeRowFlags, treeRowSources, treeRowStatuses, type TraceTreeRows, type TreeRowTuple } from './api.ts';
import type { TraceSummary } from './traceSummary.ts';

/** The tree of a trace in the compact form of the API: each text once. */
export function toTreeRows({ row: trace, tree }: TraceSummary<SpanSummary>): TraceTreeRows {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  const start = BigInt(trace.startTime);
  const rows = tree.rows.map((row): TreeRowTuple => {
    const { span } = row;
    return [
      row.depth,
      span.id,
      numberOf(span.name),
      numberOf(row.service),
      treeRowStatuses.indexOf(span.status),
      treeRowSources.indexOf(span.source),
      Number(span.startTime - start),
      Number(span.duration),
      flagsOf(row),
      span.http?.status ?? 0,
    ];
  });
  return { trace, texts: [...numbers.keys()], rows };
}

function flagsOf(row: TreeRow<SpanSummary>): number {
  return (
    (row.isFromOutside ? treeRowFlags.fromOutside : 0) |
    (row.isOrphan ? treeRowFlags.orphan : 0) |
    (row.isSameWork ? treeRowFlags.sameWork : 0) |
    (row.span.isSubsegment === true ? treeRowFlags.subsegment : 0)
  );
}
