import type { SpanSummary } from '../model/span.ts';

/** What it takes to tell whether two spans are one piece of work. */
export type WorkSide = Pick<SpanSummary, 'source' | 'kind' | 'service' | 'name' | 'isSubsegment'>;

/**
 * Whether a span and its parent are one piece of work that X-Ray and OTel both reported: one is a segment, the other a server (or
 * consumer) span of the same service. A segment is named after its service, so its name counts as one too; letter case does not matter.
 *
 * Invariant: such a pair is one request in rows, counts, map, statistics and filters, though the tree shows both.
 */
export function isSameWork(child: WorkSide, parent: WorkSide): boolean {
  if (child.source === parent.source || !receives(child) || !receives(parent)) {
    return false;
  }
  const segment = child.source === 'xray' ? child : parent;
  const service = (child.source === 'xray' ? parent : child).service.toLowerCase();
  return segment.service.toLowerCase() === service || segment.name.toLowerCase() === service;
}

/** Whether the span is work that somebody asked for: a segment, or OTel's server and consumer kinds. */
export function receives(span: WorkSide): boolean {
  return span.isSubsegment !== true && (span.kind === 'server' || span.kind === 'consumer');
}
