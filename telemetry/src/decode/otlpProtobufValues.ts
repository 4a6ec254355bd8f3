import type { AttributeValue } from '../model/span.ts';
import { toBase64 } from './base64.ts';
import { setField } from './draft.ts';
import type { ProtobufReader } from './protobufReader.ts';

/** Deeper values are cut: our own code and JSON.stringify recurse over what decoders give. */
export const maxValueDepth = 128;

/** AnyValue's and KeyValue's tags (opentelemetry/proto/common/v1/common.proto). */
const valueTag = { string: 0x0a, bool: 0x10, int: 0x18, double: 0x21, array: 0x2a, map: 0x32, bytes: 0x3a } as const;
const listTag = { values: 0x0a } as const;
const keyValueTag = { key: 0x0a, value: 0x12 } as const;

/** Reads one KeyValue into `attributes`; of a key sent twice the last one counts. */
export function readKeyValue(reader: ProtobufReader, attributes: Record<string, AttributeValue>, depth = 0): void {
  const outerEnd = reader.enter();
  let key = '';
  let value: AttributeValue = null;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === keyValueTag.key) {
      key = reader.repeatedText();
    } else if (tag === keyValueTag.value) {
      value = readAnyValue(reader, depth);
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  setField(attributes, key, value);
}

/** Reads one AnyValue; an empty one is `null`, bytes are base64 text. */
export function readAnyValue(reader: ProtobufReader, depth = 0): AttributeValue {
  const outerEnd = reader.enter();
  let value: AttributeValue = null;
  if (depth > maxValueDepth) {
    reader.fail(`a value is nested deeper than ${maxValueDepth} levels`);
  }
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case valueTag.string:
        value = reader.text();
        break;
      case valueTag.bool:
        value = reader.bool();
        break;
      case valueTag.int:
        value = reader.int64();
        break;
      case valueTag.double:
        value = reader.double();
        break;
      case valueTag.array:
        value = readArray(reader, depth + 1);
        break;
      case valueTag.map:
        value = readMap(reader, depth + 1);
        break;
      case valueTag.bytes:
        value = toBase64(reader.bytesField());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return value;
}

function readArray(reader: ProtobufReader, depth: number): AttributeValue {
  const outerEnd = reader.enter();
  const values: AttributeValue[] = [];
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === listTag.values) {
      values.push(readAnyValue(reader, depth));
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return values;
}

function readMap(reader: ProtobufReader, depth: number): AttributeValue {
  const outerEnd = reader.enter();
  const fields: Record<string, AttributeValue> = {};
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === listTag.values) {
      readKeyValue(reader, fields, depth);
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return fields;
}
