import type { RecordedSegment, RecordedSpan, Recorder } from './recorder.ts';

interface Row {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly start: number;
  readonly text: string;
}

const kinds = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** Everything that was recorded of a trace, as one tree: spans and segments hang below the part that their parent id names. */
export function renderTrace({ spans, segments }: Pick<Recorder, 'spans' | 'segments'>, traceId: string): string {
  const rows: Row[] = [
    ...spans.filter((span) => span.traceId === traceId).map(rowOfSpan),
    ...segments
      .filter((segment) => segment.trace_id === `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`)
      .flatMap((segment) => rowsOfSegment(segment, segment.parent_id, 'segment')),
  ];
  const ids = new Set(rows.map(({ id }) => id));
  const isRoot = ({ parentId }: Row): boolean => parentId === undefined || !ids.has(parentId);
  return renderRows(rows, rows.filter(isRoot), '');
}

function renderRows(all: readonly Row[], rows: readonly Row[], indent: string): string {
  return rows
    .toSorted((one, other) => one.start - other.start)
    .map(({ id, text }) => {
      const children = all.filter(({ parentId }) => parentId === id);
      return `${indent}${text}\n${renderRows(all, children, `${indent}  `)}`;
    })
    .join('');
}

function rowOfSpan(span: RecordedSpan): Row {
  const { attributes } = span;
  const facts = [
    attributes['http.response.status_code'],
    ...Object.keys(attributes)
      .filter((key) => key.startsWith('app.'))
      .map((key) => `${key}=${shown(attributes[key])}`),
    ...span.events,
  ].filter((fact) => fact !== undefined);
  return {
    id: span.spanId,
    parentId: span.parentSpanId === '' ? undefined : span.parentSpanId,
    start: Number(BigInt(span.startTimeUnixNano) / 1000n),
    text: [`${kinds[span.kind]} ${span.service}: ${span.name}`, ...facts].join(' '),
  };
}

function rowsOfSegment(segment: RecordedSegment, parentId: string | undefined, kind: string): Row[] {
  const facts = [
    segment.http?.response?.status,
    segment.error && 'error',
    segment.fault && 'fault',
    ...(segment.cause?.exceptions ?? []).map(({ type }) => type),
    ...Object.entries(segment.annotations ?? {}).map(([key, value]) => `@${key}=${String(value)}`),
    ...Object.entries(segment.metadata?.['default'] ?? {}).map(([key, value]) => `${key}=${shown(value)}`),
  ].filter((fact) => fact !== undefined && fact !== false);
  return [
    {
      id: segment.id,
      parentId,
      // Segments are shown behind spans that began in the same millisecond or so: only the shape is of interest.
      start: segment.start_time * 1e6 + 1e9,
      text: [`${kind} ${segment.name}`, ...facts].join(' '),
    },
    ...(segment.subsegments ?? []).flatMap((child) => rowsOfSegment(child, segment.id, 'subsegment')),
  ];
}

/** Times differ in every run. */
function shown(value: unknown): string {
  return String(value).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, '<time>');
}
