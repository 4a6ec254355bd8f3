import { exportRequest, nowNanos, randomId, traceparentOf } from './clientSpan.ts';

export interface TracedRequest {
  /** What the person pressed; it names the span. */
  readonly action: string;
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: object;
}

export interface TracedReply {
  readonly traceId: string;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly milliseconds: number;
  /** The parsed JSON, or undefined. */
  readonly body: unknown;
}

/**
 * Makes a request and reports it as a span, so that its trace begins at the button. A few lines by hand, because that is all it takes:
 * a random trace id, a `traceparent` header for the backend, and one span to the page's own origin. Never throws.
 */
export async function tracedFetch({ action, path, method = 'GET', body }: TracedRequest): Promise<TracedReply> {
  const ids = { traceId: randomId(16), spanId: randomId(8) };
  const startTime = nowNanos();
  const started = performance.now();
  const { status, json } = await answerOf(path, {
    method,
    headers: { traceparent: traceparentOf(ids), ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const milliseconds = performance.now() - started;
  void report({ ...ids, action, method, path, origin: location.origin, startTime, endTime: nowNanos(), status });
  return { traceId: ids.traceId, status, milliseconds, body: json };
}

async function answerOf(path: string, init: RequestInit): Promise<{ status: number | undefined; json: unknown }> {
  let status: number | undefined;
  try {
    const reply = await fetch(path, init);
    status = reply.status;
    return { status, json: await reply.json() };
  } catch {
    // No connection, or an answer that is no JSON: the caller shows the status, or that there is none.
    return { status, json: undefined };
  }
}

async function report(span: Parameters<typeof exportRequest>[0]): Promise<void> {
  try {
    await fetch('/v1/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(exportRequest(span)),
      // The span still leaves when the person closes the page right after the click.
      keepalive: true,
    });
  } catch {
    // Telemetry that cannot be sent must not disturb the page.
  }
}
