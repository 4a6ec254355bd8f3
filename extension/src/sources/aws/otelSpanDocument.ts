import { decodeOtlpTraces } from '@sightline/telemetry/decode/otlpTraces';
import type { Span } from '@sightline/telemetry/model/span';

/** A JSON object whose members are not known. */
type Fields = Readonly<Record<string, unknown>>;

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const codes = ['UNSET', 'OK', 'ERROR'];

/**
 * Decodes a span as Transaction Search keeps it (log group `aws/spans`): OTLP's names, but attributes as plain members and words for numbers. It is put into
 * OTLP's own form, so that telemetry's decoder reads it. Never throws; gives nothing for what is no span.
 */
export function decodeOtelSpanDocument(text: string): readonly Span[] {
  const document = fieldsOf(parse(text));
  if (document === undefined) {
    return [];
  }
  const { resource, scope, ...span } = document;
  const request = {
    resourceSpans: [
      {
        resource: { attributes: toKeyValues(fieldsOf(resource)?.['attributes']) },
        scopeSpans: [
          { ...(fieldsOf(scope) !== undefined && { scope: withAttributes(scope) }), spans: [toOtlpSpan(span)] },
        ],
      },
    ],
  };
  return decodeOtlpTraces(new TextEncoder().encode(JSON.stringify(request)), 'json').records;
}

function toOtlpSpan(span: Fields): Fields {
  const status = fieldsOf(span['status']);
  return {
    ...withAttributes(span),
    kind: numberOf(span['kind'], kinds, 'SPAN_KIND_'),
    events: listOf(span['events']).map(withAttributes),
    links: listOf(span['links']).map(withAttributes),
    ...(status !== undefined && { status: { ...status, code: numberOf(status['code'], codes, 'STATUS_CODE_') } }),
  };
}

function withAttributes(given: unknown): Fields {
  const fields = fieldsOf(given) ?? {};
  return { ...fields, attributes: toKeyValues(fields['attributes']) };
}

function toKeyValues(attributes: unknown): unknown {
  // Where they already are in OTLP's form, they stay so.
  return Array.isArray(attributes)
    ? attributes
    : Object.entries(fieldsOf(attributes) ?? {}).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

function toAnyValue(value: unknown): Fields {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      if (Array.isArray(value)) {
        return { arrayValue: { values: value.map(toAnyValue) } };
      }
      return value === null || value === undefined ? {} : { kvlistValue: { values: toKeyValues(value) } };
  }
}

function numberOf(word: unknown, words: readonly string[], prefix: string): unknown {
  const index = typeof word === 'string' ? words.indexOf(word.replace(prefix, '')) : -1;
  return index === -1 ? word : index;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not a document, so there is no span in it.
    return undefined;
  }
}
