import { isUtf8 } from 'node:buffer';
import { signedHash, seen, textSeed } from '../memory/hashBytes.ts';
import { valueType } from '../memory/segment.ts';
import type { SegmentWriter } from '../memory/segmentWriter.ts';
import type { HttpFacts } from './httpFacts.ts';
import { keyValueTag, valueTag } from './scanKeyValue.ts';

const single = new Float32Array(1);
const bits = new Int32Array(single.buffer);
/** As `wordOfNumber` marks what is not negative. */
const notNegative = 0x8000_0000 | 0;

/**
 * Indexes attributes as exporters write them: key, then a text or a small number, nothing else, one after the other under `tag`. `from` is
 * behind the first tag. Answers where the last of them ends, `from` where there is none: what looks otherwise is left to `scanKeyValue`.
 *
 * One loop over local numbers, since this is where most of a span's bytes are.
 */
export function scanPlainAttributes(
  bytes: Uint8Array,
  from: number,
  end: number,
  tag: number,
  writer: SegmentWriter,
  http: HttpFacts,
): number {
  let done = from;
  for (let at = from; at < end - 1; at += 1) {
    let length = bytes[at] as number;
    at += 1;
    if (length >= 0x80) {
      const high = bytes[at] as number;
      length = (length & 0x7f) | (high << 7);
      at += 1;
      if (high >= 0x80) {
        break;
      }
    }
    const next = at + length;
    // The shortest that is read here: a key of no bytes, a value of two.
    if (length < 6 || next > end || bytes[at] !== keyValueTag.key) {
      break;
    }
    const keyLength = bytes[at + 1] as number;
    const keyFrom = at + 2;
    const keyTo = keyFrom + keyLength;
    if (keyLength >= 0x80 || keyTo + 4 > next || bytes[keyTo] !== keyValueTag.value) {
      break;
    }
    at = keyTo + 2;
    let inner = bytes[keyTo + 1] as number;
    if (inner >= 0x80) {
      const high = bytes[at] as number;
      inner = (inner & 0x7f) | (high << 7);
      at += 1;
      if (high >= 0x80) {
        break;
      }
    }
    if (inner < 2 || at + inner !== next) {
      break;
    }
    const kind = bytes[at] as number;
    at += 1;
    let value = bytes[at] as number;
    at += 1;
    if (value >= 0x80) {
      const high = at < next ? (bytes[at] as number) : 0x80;
      value = (value & 0x7f) | (high << 7);
      at += 1;
      if (high >= 0x80) {
        break;
      }
    }
    if (kind === valueTag.string) {
      if (at + value !== next) {
        break;
      }
      const word = signedHash(bytes, at, next, textSeed);
      if (seen.nonAscii !== 0) {
        seen.nonAscii = 0;
        http.needsDecoder ||= !isUtf8(bytes.subarray(at, next));
      }
      const keyId = writer.internKey(bytes, keyFrom, keyTo);
      http.checkText(bytes, keyFrom, keyTo);
      writer.addAttribute(keyId, word, valueType.text);
      const role = writer.roleOf(keyId);
      if (role !== 0) {
        http.keepText(role, at, next, word);
      }
    } else if (kind === valueTag.int && at === next) {
      single[0] = value;
      const keyId = writer.internKey(bytes, keyFrom, keyTo);
      http.checkText(bytes, keyFrom, keyTo);
      writer.addAttribute(keyId, (bits[0] as number) | notNegative, valueType.number);
      const role = writer.roleOf(keyId);
      if (role !== 0) {
        http.keepNumber(role, value);
      }
    } else {
      break;
    }
    done = next;
    if (next >= end || bytes[next] !== tag) {
      break;
    }
    at = next;
  }
  return done;
}
