import { AsyncLocalStorage } from 'node:async_hooks';
import { isSpanContextValid, trace } from '@opentelemetry/api';

const ofSegment = new AsyncLocalStorage<string>();

/** Runs what a request does as part of its segment's trace, for when OpenTelemetry is switched off. */
export function withSegmentTrace(traceId: string, work: () => void): void {
  ofSegment.run(traceId, work);
}

/** The trace of whatever is being done, in X-Ray's spelling, which is rare enough to be found in any text; undefined outside of one. */
export function currentTraceId(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span) ? xrayTraceId(span.traceId) : ofSegment.getStore();
}

/** `1-<8 hex>-<24 hex>` of a W3C trace id. */
export function xrayTraceId(traceId: string): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}
