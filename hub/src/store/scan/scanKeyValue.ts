import type { ProtobufReader } from '@sightline/telemetry/decode/protobufReader';
import type { SegmentWriter } from '../memory/segmentWriter.ts';
import { cutAtCharacter } from '../memory/textTable.ts';
import { hashOfFlag, hashOfNumber, hashOfText, otherValueHash } from './attributeHash.ts';
import type { HttpFacts } from './httpFacts.ts';

/** AnyValue's and KeyValue's tags (opentelemetry/proto/common/v1/common.proto). */
export const keyValueTag = { key: 0x0a, value: 0x12 } as const;
export const valueTag = {
  string: 0x0a,
  bool: 0x10,
  int: 0x18,
  double: 0x21,
  array: 0x2a,
  map: 0x32,
  bytes: 0x3a,
} as const;

/** Longer texts count by their beginning, as in stageSpan. */
const hashedBytes = 65_536;

/** Indexes one attribute; `http` is told where its key has a role there. */
export function scanKeyValue(reader: ProtobufReader, writer: SegmentWriter, http: HttpFacts): void {
  const outerEnd = reader.enter();
  let keyId = 0;
  let valueHash = otherValueHash;
  http.forgetValue();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === keyValueTag.key) {
      const length = reader.length();
      keyId = writer.internKey(reader.bytes, reader.pos, reader.pos + length);
      http.checkText(reader.bytes, reader.pos, reader.pos + length);
      reader.pos += length;
    } else if (tag === keyValueTag.value) {
      valueHash = scanAnyValue(reader, http);
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  writer.addAttribute(keyId, valueHash);
  const role = writer.roleOf(keyId);
  if (role !== 0) {
    http.keepValue(role);
  }
}

function scanAnyValue(reader: ProtobufReader, http: HttpFacts): number {
  const outerEnd = reader.enter();
  let hash = otherValueHash;
  http.forgetValue();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case valueTag.string: {
        const length = reader.length();
        const from = reader.pos;
        const hashedTo = length > hashedBytes ? cutAtCharacter(reader.bytes, from, from + hashedBytes) : from + length;
        hash = hashOfText(reader.bytes, from, hashedTo);
        http.checkText(reader.bytes, from, from + length);
        reader.pos = from + length;
        http.setText(from, from + length, hash);
        break;
      }
      case valueTag.int: {
        const value = reader.int64();
        hash = hashOfNumber(Number(value));
        http.setNumber(typeof value === 'number' ? value : Number.NaN);
        break;
      }
      case valueTag.double: {
        const value = reader.double();
        hash = hashOfNumber(value);
        http.setNumber(value);
        break;
      }
      case valueTag.bool:
        hash = hashOfFlag(reader.bool());
        http.forgetValue();
        break;
      case valueTag.array:
      case valueTag.map:
        hash = otherValueHash;
        http.forgetValue();
        reader.skip(tag);
        break;
      default:
        // Bytes, of which the decoder makes text, or a kind of value that came after this was written.
        http.needsDecoder = true;
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return hash;
}
