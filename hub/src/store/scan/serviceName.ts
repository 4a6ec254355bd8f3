import { unknownService } from '@sightline/telemetry/decode/otlpSpan';
import type { ProtobufReader } from '@sightline/telemetry/decode/protobufReader';
import type { SegmentWriter } from '../memory/segmentWriter.ts';
import { hashOfResourceBytes } from './resourceHash.ts';
import type { HttpFacts } from './httpFacts.ts';
import { keyValueTag, valueTag } from './scanKeyValue.ts';

const key = Buffer.from('service.name');
const unknown = Buffer.from(unknownService);
const resourceTag = { attributes: 0x0a } as const;

/** The resource being scanned: a hash of it, and its `service.name`, interned once per segment and resource. */
export class ServiceName {
  #bytes: Uint8Array = unknown;
  #from = 0;
  #to = unknown.length;
  #writer: SegmentWriter | undefined;
  #id = 0;
  /** Of all that the resource says; 0 where there is none. */
  hash = 0;

  reset(): void {
    this.hash = 0;
    this.#forgetName();
  }

  #forgetName(): void {
    this.#bytes = unknown;
    this.#from = 0;
    this.#to = unknown.length;
    this.#writer = undefined;
  }

  intern(writer: SegmentWriter, http: HttpFacts): number {
    if (this.#writer !== writer) {
      this.#writer = writer;
      this.#id = writer.texts.intern(this.#bytes, this.#from, this.#to);
      http.checkText(this.#bytes, this.#from, this.#to);
    }
    return this.#id;
  }

  readResource(reader: ProtobufReader, http: HttpFacts): void {
    const outerEnd = reader.enter();
    this.hash = hashOfResourceBytes(reader.bytes, reader.pos, reader.end, this.hash);
    for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
      if (tag === resourceTag.attributes) {
        this.#readKeyValue(reader, http);
      } else {
        reader.skip(tag);
      }
    }
    reader.leave(outerEnd);
  }

  #readKeyValue(reader: ProtobufReader, http: HttpFacts): void {
    const outerEnd = reader.enter();
    let isServiceName = false;
    let isOdd = false;
    let from = 0;
    let to = 0;
    for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
      if (tag === keyValueTag.key) {
        const length = reader.length();
        isServiceName = isKey(reader.bytes, reader.pos, length);
        reader.pos += length;
      } else if (tag === keyValueTag.value) {
        const valueEnd = reader.enter();
        from = to = 0;
        for (let inner = reader.nextTag(); inner !== 0; inner = reader.nextTag()) {
          if (inner === valueTag.string) {
            const length = reader.length();
            from = reader.pos;
            reader.pos += length;
            to = reader.pos;
          } else {
            isOdd = true;
            reader.skip(inner);
          }
        }
        reader.leave(valueEnd);
      } else {
        reader.skip(tag);
      }
    }
    reader.leave(outerEnd);
    if (isServiceName) {
      http.needsDecoder ||= isOdd;
      this.#set(reader.bytes, from, to);
    }
  }

  /** Of a key sent twice the last one counts, also where that is no text. */
  #set(bytes: Uint8Array, from: number, to: number): void {
    this.#forgetName();
    if (to > from) {
      this.#bytes = bytes;
      this.#from = from;
      this.#to = to;
    }
  }
}

function isKey(bytes: Uint8Array, from: number, length: number): boolean {
  if (length !== key.length) {
    return false;
  }
  for (let at = 0; at < length; at += 1) {
    if (bytes[from + at] !== key[at]) {
      return false;
    }
  }
  return true;
}
