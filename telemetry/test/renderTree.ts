import type { SpanSummary } from '../src/model/span.ts';
import type { TraceTree } from '../src/view/traceTree.ts';

/** A tree as text, a line a row, for comparing: `  (ok) name [service] same work`. */
export function renderTree({ rows }: TraceTree<SpanSummary>): string {
  return rows
    .map(({ span, depth, service, isFromOutside, isOrphan, isSameWork }) => {
      const flags = [
        isFromOutside ? ' from outside' : '',
        isOrphan ? ' orphan' : '',
        isSameWork ? ' same work' : '',
        span.isSubsegment === true ? ' subsegment' : '',
      ];
      return `${'  '.repeat(depth)}(${span.status}) ${span.name} [${service}]${flags.join('')}`;
    })
    .join('\n');
}
