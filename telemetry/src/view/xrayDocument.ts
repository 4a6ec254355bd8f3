import { parseArray, parseFields, type JsonFields } from '../decode/json.ts';
import { parseSpanId, toXRayTraceId, type SpanId } from '../model/ids.ts';
import type { Span } from '../model/span.ts';
import { calledService } from './calledService.ts';
import { receives } from './sameWork.ts';
import { requestsOfTrace } from './traceRequests.ts';
import { traceTree, type TreeRow } from './traceTree.ts';
import { callFields, otelFields, segmentFields } from './xrayDocumentOfOtel.ts';
import { commonFields, fieldsOfXRay, timeFields, type DocumentFields } from './xrayDocumentFields.ts';

export interface XRayDocument {
  readonly id: string;
  /** JSON. X-Ray's limits (64 kB a document, 500 kB a trace) are the caller's to keep: what was sent within them may be more once it is put together. */
  readonly document: string;
}

/** Deeper subsegments get documents of their own: JSON is written and read by recursion. */
const mostNested = 100;

/**
 * The segments of a trace as BatchGetTraces gives them: one document each with its subsegments inside, whatever documents they came in.
 * X-Ray's are as they were `sent` (parsed documents, in any order), and made again from their spans where they are not among those. Of
 * OTel's spans a server, consumer or root span is a segment and any other a subsegment, as the Collector's X-Ray exporter has it. Calls
 * that nobody answered have inferred segments. Never throws.
 */
export function xrayDocuments(spans: readonly Span[], sent: readonly unknown[] = []): XRayDocument[] {
  const { rows } = traceTree(spans);
  const sentParts = partsOf(sent);
  const depths = new Int32Array(rows.length);
  const parts: Part[] = [];
  const documents: Part[] = [];
  for (const [index, row] of rows.entries()) {
    const depth = isSegment(row) || row.parent === -1 ? 0 : (depths[row.parent] as number) + 1;
    depths[index] = depth > mostNested ? 0 : depth;
    const isDocument = depths[index] === 0;
    const part: Part = { ...(isDocument ? headOf(row) : {}), ...partOf(row, sentParts.get(row.span.id)) };
    parts.push(part);
    const above = parts[row.parent];
    if (isDocument || above === undefined) {
      documents.push(part);
    } else {
      above.subsegments ??= [];
      above.subsegments.push(part);
    }
  }
  return [...documents, ...inferredDocuments(spans)].map((fields) => ({
    id: String(fields['id']),
    document: JSON.stringify(fields, (_key, value: unknown) =>
      typeof value === 'bigint' ? toJsonNumber(value) : value,
    ),
  }));
}

type Part = Record<string, unknown> & { subsegments?: Part[] };

/** What a document says of itself and its place, beside what a part of one says too. */
function headOf(row: TreeRow<Span>): DocumentFields {
  const { traceId, parentId } = row.span;
  return {
    trace_id: toXRayTraceId(traceId),
    ...(parentId === undefined ? {} : { parent_id: parentId }),
    ...(isSegment(row) ? {} : { type: 'subsegment' }),
  };
}

function isSegment({ span, parent, isOrphan }: TreeRow<Span>): boolean {
  return receives(span) || (parent === -1 && !isOrphan && span.isSubsegment !== true);
}

function partOf(row: TreeRow<Span>, sent: JsonFields | undefined): DocumentFields {
  const { span } = row;
  if (span.source === 'xray') {
    return sent ?? fieldsOfXRay(span);
  }
  return isSegment(row) ? segmentFields(span) : otelFields(span);
}

/** The segments and subsegments of X-Ray documents by id, each without those inside it; of several the first complete one. */
function partsOf(documents: readonly unknown[]): Map<SpanId, JsonFields> {
  const parts = new Map<SpanId, JsonFields>();
  const waiting = documents.toReversed();
  while (waiting.length > 0) {
    const part = parseFields(waiting.pop());
    if (part === undefined) {
      continue;
    }
    const { subsegments, trace_id: _trace, parent_id: _parent, type: _type, ...fields } = part;
    for (const subsegment of (parseArray(subsegments) ?? []).toReversed()) {
      waiting.push(subsegment);
    }
    const id = typeof fields['id'] === 'string' ? parseSpanId(fields['id']) : undefined;
    const known = id === undefined ? undefined : parts.get(id);
    if (id !== undefined && (known === undefined || (isRunning(known) && !isRunning(fields)))) {
      parts.set(id, fields);
    }
  }
  return parts;
}

function isRunning(fields: JsonFields): boolean {
  return fields['end_time'] === undefined;
}

/** X-Ray's own addition: what the caller said of a service that does not report (developer guide, "Inferred segments"). */
function inferredDocuments(spans: readonly Span[]): DocumentFields[] {
  const { requests, calls } = requestsOfTrace(spans);
  const byId = new Map(spans.map((span) => [span.id, span]));
  return calls.flatMap(({ id, target }) => {
    const request = requests[target];
    const span = byId.get(id);
    if (request?.isInferred !== true || span === undefined) {
      return [];
    }
    return {
      id: request.id,
      trace_id: toXRayTraceId(span.traceId),
      parent_id: id,
      name: span.source === 'xray' ? span.name : callFields(span).name,
      ...timeFields(span),
      inferred: true,
      ...commonFields(span),
      ...calledFields(span),
      origin: calledService(span).type,
    };
  });
}

/** The blocks about the called service alone. */
function calledFields(span: Span): DocumentFields {
  const { aws, sql } = span.source === 'xray' ? fieldsOfXRay(span) : otelFields(span);
  return { ...(aws === undefined ? {} : { aws }), ...(sql === undefined ? {} : { sql }) };
}

/** A 64-bit integer as a number where a double holds it, else as text. */
function toJsonNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
