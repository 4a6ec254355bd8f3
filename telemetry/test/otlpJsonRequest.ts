import type { SentAttributes, SentResourceSpans, SentScope, SentSpan, SentValue } from './otlpRequest.ts';

/** The same request as `encodeTraceRequest` writes, as OTLP/JSON would carry it. */
export function toJsonTraceRequest(sent: readonly SentResourceSpans[]): object {
  return {
    resourceSpans: sent.map(({ resource, scope, spans }) => ({
      ...(resource === undefined ? {} : { resource: { attributes: keyValues(resource) } }),
      scopeSpans: [{ ...(scope === undefined ? {} : { scope: toScope(scope) }), spans: spans.map(toJsonSpan) }],
    })),
  };
}

function toJsonSpan({ attributes, events, links, start, end, statusCode, statusMessage, ...rest }: SentSpan): object {
  const { droppedAttributes, droppedEvents, droppedLinks, ...same } = rest;
  return {
    ...same,
    startTimeUnixNano: String(start ?? 0n),
    endTimeUnixNano: String(end ?? 0n),
    attributes: keyValues(attributes),
    droppedAttributesCount: droppedAttributes,
    events: events?.map(({ time, name, attributes: inner }) => ({
      timeUnixNano: String(time),
      name,
      attributes: keyValues(inner),
    })),
    droppedEventsCount: droppedEvents,
    links: links?.map((link) => ({ ...link, attributes: keyValues(link.attributes) })),
    droppedLinksCount: droppedLinks,
    status: { code: statusCode, message: statusMessage },
  };
}

function toScope({ attributes, ...scope }: SentScope): object {
  return { ...scope, attributes: keyValues(attributes) };
}

function keyValues(attributes: SentAttributes = {}): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toJsonValue(value) }));
}

function toJsonValue(value: SentValue): object {
  if (typeof value === 'string') {
    return { stringValue: value };
  }
  if (typeof value === 'boolean') {
    return { boolValue: value };
  }
  if (typeof value === 'bigint') {
    return { intValue: String(value) };
  }
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? { intValue: value }
      : { doubleValue: Number.isFinite(value) ? value : String(value) };
  }
  if (value instanceof Uint8Array) {
    return { bytesValue: Buffer.from(value).toString('base64') };
  }
  if (isList(value)) {
    return { arrayValue: { values: value.map(toJsonValue) } };
  }
  return value === null ? {} : { kvlistValue: { values: keyValues(value) } };
}

/** `Array.isArray` does not narrow a readonly array out of a union. */
function isList(value: SentValue): value is readonly SentValue[] {
  return Array.isArray(value);
}
