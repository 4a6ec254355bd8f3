import { ProtobufReader, wireType } from '@sightline/telemetry/decode/protobufReader';
import type { JsonValue } from '../../client/api.ts';

/** How a field is written in OTLP/JSON (opentelemetry-proto, docs/specification.md, "JSON Protobuf Encoding"): ids in hex, 64-bit integers as text. */
type FieldKind = 'text' | 'id' | 'base64' | 'int' | 'int64' | 'bool' | 'double' | 'fixed32' | 'fixed64' | Message;

interface Message {
  readonly [number: number]: readonly [name: string, kind: FieldKind, repeated?: 'repeated'];
}

const anyValue: Record<number, readonly [string, FieldKind, 'repeated'?]> = {
  1: ['stringValue', 'text'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'int64'],
  4: ['doubleValue', 'double'],
  7: ['bytesValue', 'base64'],
};
const keyValue: Message = { 1: ['key', 'text'], 2: ['value', anyValue] };
anyValue[5] = ['arrayValue', { 1: ['values', anyValue, 'repeated'] }];
anyValue[6] = ['kvlistValue', { 1: ['values', keyValue, 'repeated'] }];

const resource: Message = { 1: ['attributes', keyValue, 'repeated'], 2: ['droppedAttributesCount', 'int'] };
const scope: Message = {
  1: ['name', 'text'],
  2: ['version', 'text'],
  3: ['attributes', keyValue, 'repeated'],
  4: ['droppedAttributesCount', 'int'],
};
const event: Message = {
  1: ['timeUnixNano', 'fixed64'],
  2: ['name', 'text'],
  3: ['attributes', keyValue, 'repeated'],
  4: ['droppedAttributesCount', 'int'],
};
const link: Message = {
  1: ['traceId', 'id'],
  2: ['spanId', 'id'],
  3: ['traceState', 'text'],
  4: ['attributes', keyValue, 'repeated'],
  5: ['droppedAttributesCount', 'int'],
  6: ['flags', 'fixed32'],
};
const span: Message = {
  1: ['traceId', 'id'],
  2: ['spanId', 'id'],
  3: ['traceState', 'text'],
  4: ['parentSpanId', 'id'],
  5: ['name', 'text'],
  6: ['kind', 'int'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes', keyValue, 'repeated'],
  10: ['droppedAttributesCount', 'int'],
  11: ['events', event, 'repeated'],
  12: ['droppedEventsCount', 'int'],
  13: ['links', link, 'repeated'],
  14: ['droppedLinksCount', 'int'],
  15: ['status', { 2: ['message', 'text'], 3: ['code', 'int'] }],
  16: ['flags', 'fixed32'],
};
const scopeSpans: Message = { 1: ['scope', scope], 2: ['spans', span, 'repeated'], 3: ['schemaUrl', 'text'] };
const resourceSpans: Message = {
  1: ['resource', resource],
  2: ['scopeSpans', scopeSpans, 'repeated'],
  3: ['schemaUrl', 'text'],
};
const request: Message = { 1: ['resourceSpans', resourceSpans, 'repeated'] };

/** The wire type of a kind's values; a field that comes with another one is passed over, as the decoder does. */
const wireTypes: Record<Exclude<FieldKind, Message>, number> = {
  text: wireType.bytes,
  id: wireType.bytes,
  base64: wireType.bytes,
  int: wireType.varint,
  int64: wireType.varint,
  bool: wireType.varint,
  double: wireType.fixed64,
  fixed64: wireType.fixed64,
  fixed32: wireType.fixed32,
};

/** An ExportTraceServiceRequest in OTLP/JSON, as it came: what cannot be read is missing. */
export function otlpTracesToJson(body: Uint8Array): JsonValue {
  return readMessage(new ProtobufReader(body), request);
}

function readMessage(reader: ProtobufReader, message: Message): Record<string, JsonValue> {
  const fields: Record<string, JsonValue> = {};
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    const field = message[tag >>> 3];
    if (field === undefined || (tag & 7) !== wireTypeOf(field[1])) {
      reader.skip(tag);
      continue;
    }
    const [name, kind, repeated] = field;
    const value = readValue(reader, kind);
    if (repeated === undefined) {
      fields[name] = value;
    } else {
      const items = (fields[name] ??= []) as JsonValue[];
      items.push(value);
    }
  }
  return fields;
}

function wireTypeOf(kind: FieldKind): number {
  return typeof kind === 'string' ? wireTypes[kind] : wireType.bytes;
}

function readValue(reader: ProtobufReader, kind: FieldKind): JsonValue {
  switch (kind) {
    case 'text':
      return reader.text();
    case 'id':
      return reader.hex();
    case 'base64':
      return Buffer.from(reader.bytesField()).toString('base64');
    case 'int':
      return reader.uint32();
    case 'int64':
      return String(reader.int64());
    case 'bool':
      return reader.bool();
    case 'double': {
      const value = reader.double();
      return Number.isFinite(value) ? value : String(value);
    }
    case 'fixed32':
      return reader.fixed32();
    case 'fixed64':
      return String(reader.fixed64());
    default: {
      const outerEnd = reader.enter();
      const value = readMessage(reader, kind);
      reader.leave(outerEnd);
      return value;
    }
  }
}
