/** The page's own span of one request, as OTLP/JSON. Ids are hex, times nanoseconds as decimal text. */
export interface ClientSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly method: string;
  /** Path and query, on the page's own origin. */
  readonly path: string;
  readonly origin: string;
  /** What the person pressed. */
  readonly action: string;
  readonly startTime: string;
  readonly endTime: string;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
}

/** W3C Trace Context: version 00, sampled. The backend's server span becomes a child of this span. */
export function traceparentOf({ traceId, spanId }: Pick<ClientSpan, 'traceId' | 'spanId'>): string {
  return `00-${traceId}-${spanId}-01`;
}

/** A random id; `bytes` is 16 for a trace, 8 for a span. */
export function randomId(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}

/** Nanoseconds since the epoch as text: more digits than a number can hold. */
export function nowNanos(): string {
  return `${Math.round((performance.timeOrigin + performance.now()) * 1000)}000`;
}

/** The body of `POST /v1/traces`. */
export function exportRequest(span: ClientSpan): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'frontend')] },
        scopeSpans: [{ scope: { name: 'sample-page' }, spans: [otlpSpan(span)] }],
      },
    ],
  };
}

const clientKind = 3;
const errorStatus = 2;

function otlpSpan(span: ClientSpan): object {
  const path = span.path.split('?')[0];
  const isError = span.status === undefined || span.status >= 400;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    name: `${span.method} ${path}`,
    kind: clientKind,
    startTimeUnixNano: span.startTime,
    endTimeUnixNano: span.endTime,
    attributes: [
      text('http.request.method', span.method),
      text('url.full', `${span.origin}${span.path}`),
      text('app.action', span.action),
      ...(span.status === undefined
        ? [text('error.type', 'no_answer')]
        : [{ key: 'http.response.status_code', value: { intValue: span.status } }]),
    ],
    status: isError ? { code: errorStatus } : {},
  };
}

function text(key: string, value: string): object {
  return { key, value: { stringValue: value } };
}
