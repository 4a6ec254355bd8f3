import type { Attributes, AttributeValue, Span, SpanKind, SpanStatus } from '../model/span.ts';

/** JSON of a span; 64-bit integers as text, as OTLP's JSON has them. */
export type OtelSpanDocument = Readonly<Record<string, unknown>>;

const kinds: Readonly<Record<SpanKind, string>> = {
  internal: 'INTERNAL',
  server: 'SERVER',
  client: 'CLIENT',
  producer: 'PRODUCER',
  consumer: 'CONSUMER',
};

const codes: Readonly<Record<SpanStatus, string>> = {
  running: 'UNSET',
  ok: 'UNSET',
  error: 'UNSET',
  throttled: 'UNSET',
  fault: 'ERROR',
};

/**
 * A span as CloudWatch's Transaction Search keeps it in the log group `aws/spans`: OTLP's names, attributes as plain members. An X-Ray segment
 * gets its annotations as attributes, and its metadata under `aws.xray.metadata.`.
 */
export function toOtelSpanDocument(span: Span): OtelSpanDocument {
  const { scope, statusMessage, parentId } = span;
  return {
    resource: { attributes: toJson({ 'service.name': span.service, ...span.resource }) },
    ...(scope !== undefined && {
      scope: { name: scope.name, ...(scope.version !== undefined && { version: scope.version }) },
    }),
    traceId: span.traceId,
    spanId: span.id,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    name: span.name,
    kind: kinds[span.kind],
    startTimeUnixNano: String(span.startTime),
    endTimeUnixNano: String(span.startTime + span.duration),
    durationNano: String(span.duration),
    attributes: toJson(attributesOf(span)),
    status: { code: codes[span.status], ...(statusMessage !== undefined && { message: statusMessage }) },
    events: span.events.map(({ name, time, attributes }) => ({
      timeUnixNano: String(time),
      name,
      attributes: toJson(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId,
      ...(spanId !== undefined && { spanId }),
      attributes: toJson(attributes),
    })),
  };
}

function attributesOf({ attributes, annotations, metadata, source }: Span): Attributes {
  if (source === 'otlp') {
    return attributes;
  }
  const named = Object.entries(metadata).map(
    ([namespace, value]) => [`aws.xray.metadata.${namespace}`, value] as const,
  );
  return { ...attributes, ...annotations, ...Object.fromEntries(named) };
}

function toJson(value: AttributeValue): unknown {
  if (typeof value === 'bigint') {
    return String(value);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Array.isArray(value)
    ? value.map((each: AttributeValue) => toJson(each))
    : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]));
}
