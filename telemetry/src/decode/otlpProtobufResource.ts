import type { AttributeValue, Span } from '../model/span.ts';
import type { Draft } from './draft.ts';
import { readKeyValue } from './otlpProtobufValues.ts';
import type { ProtobufReader } from './protobufReader.ts';

/** Tags of opentelemetry/proto/resource/v1/resource.proto and of InstrumentationScope. */
const resourceTag = { attributes: 0x0a } as const;
const scopeTag = { name: 0x0a, version: 0x12, attributes: 0x1a } as const;

/** Adds a Resource's attributes to `resource`: protobuf merges a message that is sent twice. */
export function readResource(reader: ProtobufReader, resource: Record<string, AttributeValue>): void {
  const outerEnd = reader.enter();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === resourceTag.attributes) {
      readKeyValue(reader, resource);
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
}

export function readScope(reader: ProtobufReader): NonNullable<Span['scope']> {
  const attributes: Record<string, AttributeValue> = {};
  const scope: Draft<NonNullable<Span['scope']>> = { name: '', attributes };
  const outerEnd = reader.enter();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === scopeTag.name) {
      scope.name = reader.text();
    } else if (tag === scopeTag.version) {
      scope.version = reader.text();
    } else if (tag === scopeTag.attributes) {
      readKeyValue(reader, attributes);
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return scope;
}
