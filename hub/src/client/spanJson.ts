import type { LogEvent } from '@sightline/telemetry/model/logEvent';
import type { AttributeValue, Attributes, Span } from '@sightline/telemetry/model/span';
import type { JsonValue, LogEventJson, SpanJson } from './api.ts';

/** A span as the API gives it: nanoseconds and 64-bit integers as decimal text. */
export function toSpanJson(span: Span, service: string): SpanJson {
  return {
    id: span.id,
    ...(span.parentId === undefined ? {} : { parentId: span.parentId }),
    name: span.name,
    service,
    kind: span.kind,
    startTime: String(span.startTime),
    durationNanos: String(span.duration),
    status: span.status,
    ...(span.statusMessage === undefined ? {} : { statusMessage: span.statusMessage }),
    ...(span.http === undefined ? {} : { http: span.http }),
    attributes: toJsonFields(span.attributes),
    annotations: span.annotations,
    metadata: toJsonFields(span.metadata),
    resource: toJsonFields(span.resource),
    ...(span.scope === undefined ? {} : { scope: scopeOf(span.scope) }),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      time: String(time),
      attributes: toJsonFields(attributes),
    })),
    links: span.links.map(({ traceId, spanId }) => ({ traceId, ...(spanId === undefined ? {} : { spanId }) })),
    exceptions: span.exceptions.map(({ type, message, remote, stack, stackText }) => ({
      ...(type === undefined ? {} : { type }),
      ...(message === undefined ? {} : { message }),
      ...(remote === undefined ? {} : { remote }),
      stack,
      ...(stackText === undefined ? {} : { stackText }),
    })),
    source: span.source,
  };
}

export function toLogEventJson(event: LogEvent): LogEventJson {
  return {
    time: String(event.time),
    level: event.level,
    message: event.message,
    ...(event.service === undefined ? {} : { service: event.service }),
    ...(event.spanId === undefined ? {} : { spanId: event.spanId }),
    attributes: toJsonFields(event.attributes),
  };
}

function scopeOf({ name, version }: NonNullable<Span['scope']>): { name: string; version?: string } {
  return { name, ...(version === undefined ? {} : { version }) };
}

function toJsonFields(attributes: Attributes): Record<string, JsonValue> {
  for (const key in attributes) {
    if (!isPlain(attributes[key] as AttributeValue)) {
      return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, toJsonValue(value)]));
    }
  }
  return attributes as Record<string, JsonValue>;
}

function isPlain(value: AttributeValue): boolean {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}

function toJsonValue(value: AttributeValue): JsonValue {
  if (typeof value === 'bigint') {
    return String(value);
  }
  if (typeof value === 'number') {
    // JSON has no word for these.
    return Number.isFinite(value) ? value : String(value);
  }
  if (Array.isArray(value)) {
    return value.map((item: AttributeValue) => toJsonValue(item));
  }
  if (typeof value === 'object' && value !== null) {
    return toJsonFields(value as Attributes);
  }
  return value;
}
