declare const id: unique symbol;

/** 32 lower-case hex digits, never all zero (W3C Trace Context, section 3.2.2.3). X-Ray's `1-<8>-<24>` is the same id with dashes. */
export type TraceId = string & { readonly [id]: 'TraceId' };

/** 16 lower-case hex digits, never all zero. An X-Ray segment id and an OTel span id have the same shape. */
export type SpanId = string & { readonly [id]: 'SpanId' };

const xrayForm = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i;
const traceForm = /^[0-9a-f]{32}$/i;
const spanForm = /^[0-9a-f]{16}$/i;

/** Reads a trace id in either spelling, X-Ray's `1-<8 hex>-<24 hex>` or W3C's 32 hex digits; `undefined` for anything else and for all zeros. */
export function parseTraceId(text: string): TraceId | undefined {
  const xray = xrayForm.exec(text);
  const hex = (xray ? `${xray[1]}${xray[2]}` : text).toLowerCase();
  return traceForm.test(hex) && !/^0+$/.test(hex) ? (hex as TraceId) : undefined;
}

/** Reads a span or segment id of 16 hex digits; `undefined` for anything else and for all zeros. */
export function parseSpanId(text: string): SpanId | undefined {
  return spanForm.test(text) && !/^0+$/.test(text) ? (text.toLowerCase() as SpanId) : undefined;
}

/** The id as AWS X-Ray spells it: `1-<8 hex>-<24 hex>` (X-Ray developer guide, "Tracing header"). */
export function toXRayTraceId(traceId: TraceId): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}
