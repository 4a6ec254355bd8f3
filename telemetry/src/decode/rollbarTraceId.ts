import { parseSpanId, parseTraceId, type SpanId, type TraceId } from '../model/ids.ts';
import { parseArray, parseFields, type JsonFields } from './json.ts';

export interface RollbarTraceIds {
  readonly traceId?: TraceId;
  readonly spanId?: SpanId;
}

/** Field names without punctuation and case: `trace_id`, `traceId` and `otel.trace_id` are found alike. */
const traceFields = new Set(['traceid', 'oteltraceid', 'xraytraceid', 'awsxraytraceid', 'xamzntraceid', 'traceparent']);
const spanFields = new Set(['spanid', 'otelspanid', 'segmentid', 'xraysegmentid']);

/**
 * The trace in which an item was reported: what the app itself said (in `said`, the first that says so wins), else what the headers of
 * the request say, else the ids that the SDK's own tracer made. Rollbar has no field for it, so apps and SDKs each use their own.
 */
export function traceIdsOf(
  said: readonly JsonFields[],
  headers: Readonly<Record<string, string>>,
  sdkAttributes: unknown,
): RollbarTraceIds {
  for (const fields of said) {
    const ids = idsAmong(Object.entries(fields));
    if (ids.traceId !== undefined) {
      return ids;
    }
  }
  // The span that headers name is the caller's, and seldom in the trace at all: a load balancer's, a browser's.
  const { traceId } = idsAmong(Object.entries(headers));
  return traceId === undefined ? idsAmong(sdkEntries(sdkAttributes)) : { traceId };
}

function idsAmong(entries: readonly (readonly [string, unknown])[]): RollbarTraceIds {
  let traceId: TraceId | undefined;
  let spanId: SpanId | undefined;
  for (const [name, value] of entries) {
    if (typeof value !== 'string' || name.length > 40) {
      continue;
    }
    const key = name.toLowerCase().replaceAll(/[^a-z]/g, '');
    if (traceFields.has(key)) {
      traceId ??= parseTraceIdWithin(value.trim());
      spanId ??= parseSpanIdWithin(value.trim());
    } else if (spanFields.has(key)) {
      spanId = parseSpanId(value.trim()) ?? spanId;
    }
  }
  return traceId === undefined ? {} : { traceId, ...(spanId === undefined ? {} : { spanId }) };
}

/** X-Ray's header is `Root=1-…;Parent=…;Sampled=1` in any order; W3C's is `00-<trace>-<span>-01`. */
const xrayRoot = /(?:^|;) ?Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/i;
const xrayParent = /(?:^|;) ?Parent=([0-9a-f]{16})(?:;|$)/i;
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/;

function parseTraceIdWithin(text: string): TraceId | undefined {
  return parseTraceId(xrayRoot.exec(text)?.[1] ?? traceparent.exec(text)?.[1] ?? text);
}

function parseSpanIdWithin(text: string): SpanId | undefined {
  return parseSpanId(xrayParent.exec(text)?.[1] ?? traceparent.exec(text)?.[2] ?? '');
}

/** The SDK for JavaScript sends `attributes: [{key: 'trace_id', value: …}]` while its tracing is on. */
function sdkEntries(attributes: unknown): (readonly [string, unknown])[] {
  return (parseArray(attributes) ?? []).flatMap((item) => {
    const fields = parseFields(item);
    return typeof fields?.['key'] === 'string' ? [[fields['key'], fields['value']] as const] : [];
  });
}
