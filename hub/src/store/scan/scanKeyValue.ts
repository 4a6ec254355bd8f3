import type { ProtobufReader } from '@sightline/telemetry/decode/protobufReader';
import type { SegmentWriter } from '../memory/segmentWriter.ts';
import { cutAtCharacter } from '../memory/textTable.ts';
import { valueType } from '../memory/segment.ts';
import { hashOfText, oddWord, otherWord, typeOfNumber, wordOfFlag, wordOfNumber } from './attributeHash.ts';
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

/** Where the part of a text that counts ends. */
export function hashedTo(bytes: Uint8Array, from: number, to: number): number {
  return to - from > hashedBytes ? cutAtCharacter(bytes, from, from + hashedBytes) : to;
}

/** Indexes one attribute; `http` is told where its key has a role there. */
export function scanKeyValue(reader: ProtobufReader, writer: SegmentWriter, http: HttpFacts): void {
  const outerEnd = reader.enter();
  let keyId = 0;
  scanned.word = otherWord;
  scanned.type = valueType.none;
  http.forgetValue();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === keyValueTag.key) {
      const length = reader.length();
      keyId = writer.internKey(reader.bytes, reader.pos, reader.pos + length);
      http.checkText(reader.bytes, reader.pos, reader.pos + length);
      reader.pos += length;
    } else if (tag === keyValueTag.value) {
      scanAnyValue(reader, http);
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  writer.addAttribute(keyId, scanned.word, scanned.type);
  const role = writer.roleOf(keyId);
  if (role !== 0) {
    http.keepValue(role);
  }
}

/** What the value read last has become. One for all: an object for each attribute is what scanning cannot afford. */
const scanned = { word: 0, type: 0 };

function scanAnyValue(reader: ProtobufReader, http: HttpFacts): void {
  const outerEnd = reader.enter();
  let word: number = otherWord;
  let type: number = valueType.none;
  http.forgetValue();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case valueTag.string: {
        const length = reader.length();
        const from = reader.pos;
        word = hashOfText(reader.bytes, from, hashedTo(reader.bytes, from, from + length));
        type = valueType.text;
        http.checkText(reader.bytes, from, from + length);
        reader.pos = from + length;
        http.setText(from, from + length, word);
        break;
      }
      case valueTag.int: {
        const value = reader.int64();
        const isNumber = typeof value === 'number';
        word = isNumber ? wordOfNumber(value) : oddWord.big;
        type = isNumber ? typeOfNumber(value) : valueType.odd;
        http.setNumber(isNumber ? value : Number.NaN);
        break;
      }
      case valueTag.double: {
        const value = reader.double();
        word = wordOfNumber(value);
        type = typeOfNumber(value);
        http.setNumber(value);
        break;
      }
      case valueTag.bool:
        word = wordOfFlag(reader.bool());
        type = valueType.odd;
        http.forgetValue();
        break;
      case valueTag.array:
      case valueTag.map:
        word = otherWord;
        type = valueType.none;
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
  scanned.word = word;
  scanned.type = type;
}
