import { decodeOtlpLogs } from '@sightline/telemetry/decode/otlpLogs';
import { decodeOtlpTraces } from '@sightline/telemetry/decode/otlpTraces';
import { toUtf8 } from '@sightline/telemetry/decode/utf8';
import { decodeXRaySegment } from '@sightline/telemetry/decode/xraySegment';
import type { TraceId } from '@sightline/telemetry/model/ids';
import type { LogEvent } from '@sightline/telemetry/model/logEvent';
import type { Span } from '@sightline/telemetry/model/span';
import type { StoredPayload } from '../rawGroup.ts';
import type { SpanPlace } from './sharedIndex.ts';

/** One payload that holds spans of a trace, and which of its spans count: others of it were repeated or replaced. */
export interface PayloadPart {
  readonly group: number;
  readonly payload: number;
  readonly spanIds: ReadonlySet<string>;
}

/** The payloads that hold these spans, in the order of arrival. */
export function payloadPartsOf(spans: readonly SpanPlace[]): PayloadPart[] {
  const parts = new Map<string, { group: number; payload: number; spanIds: Set<string> }>();
  for (const { id, group, payload } of spans) {
    const key = `${group}.${payload}`;
    const part = parts.get(key);
    if (part === undefined) {
      parts.set(key, { group, payload, spanIds: new Set([id]) });
    } else {
      part.spanIds.add(id);
    }
  }
  return [...parts.values()].toSorted((a, b) => a.group - b.group || a.payload - b.payload);
}

/** Decodes the spans of one trace that count in this payload, each once. */
export function decodeTracePart({ format, body }: StoredPayload, traceId: TraceId, part: PayloadPart): Span[] {
  const wanted = new Set(part.spanIds);
  // A span sent twice in one payload counts once: the first time it is seen it is no longer wanted.
  return decodeSpans(format, body, traceId).filter(({ id }) => wanted.delete(id));
}

/** Decodes the log records with these numbers. */
export function decodeLogs({ format, body }: StoredPayload, ordinals: readonly number[]): LogEvent[] {
  if (format !== 'otlp-logs-protobuf' && format !== 'otlp-logs-json') {
    return [];
  }
  const { records } = decodeOtlpLogs(body, format === 'otlp-logs-json' ? 'json' : 'protobuf');
  return ordinals.flatMap((ordinal) => records[ordinal] ?? []);
}

/** Decodes every span of a payload. */
export function decodePayload({ format, body }: StoredPayload): readonly Span[] {
  return decodeSpans(format, body);
}

function decodeSpans(format: StoredPayload['format'], body: Uint8Array, trace?: TraceId): readonly Span[] {
  const only = trace === undefined ? {} : { only: trace };
  switch (format) {
    case 'otlp-traces-protobuf':
      return decodeOtlpTraces(body, 'protobuf', only).records;
    case 'otlp-traces-json':
      return decodeOtlpTraces(body, 'json', only).records;
    case 'xray-segment':
      return decodeXRaySegment(toUtf8(body)).records;
    case 'otlp-logs-protobuf':
    case 'otlp-logs-json':
      return [];
  }
}
