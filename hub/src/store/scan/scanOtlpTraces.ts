import { statusOf } from '@sightline/telemetry/decode/otlpConventions';
import { ProtobufReader } from '@sightline/telemetry/decode/protobufReader';
import { spanBits, valueType } from '../memory/segment.ts';
import type { SegmentWriter } from '../memory/segmentWriter.ts';
import { seen } from '../memory/hashBytes.ts';
import { hashOfText, otherWord } from './attributeHash.ts';
import { hiddenKey } from './hiddenKeys.ts';
import { HttpFacts } from './httpFacts.ts';
import { scanPlainAttributes } from './plainAttributes.ts';
import { statusCodes } from './stageSpan.ts';
import { toStatusColumn, type ScanResult, type SpanDraft, type SpanSink } from './spanDraft.ts';
import { ServiceName } from './serviceName.ts';
import { hashedTo, scanKeyValue } from './scanKeyValue.ts';

/** Tags of opentelemetry/proto/trace/v1/trace.proto and the request around it. */
const requestTag = { resourceSpans: 0x0a } as const;
const resourceSpansTag = { resource: 0x0a, scopeSpans: 0x12 } as const;
const scopeSpansTag = { spans: 0x12 } as const;
const spanTag = {
  traceId: 0x0a,
  spanId: 0x12,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attributes: 0x4a,
  events: 0x5a,
  status: 0x7a,
  flags: 0x85,
} as const;
const eventTag = { name: 0x12 } as const;
const statusTag = { message: 0x12, code: 0x18 } as const;

const messageKey = Buffer.from(hiddenKey.message);
const exceptionName = Buffer.from('exception');

/** SpanKind by number, as telemetry's decoder maps it. */
const kindCodesByNumber = [0, 0, 1, 2, 3, 4];
const kindNames = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
const serverKind = 1;

/** High words of the years 2000 and 2100 in nanoseconds, rounded outward: what lies between is never odd. */
const oddBefore = Math.ceil(946_684_800e9 / 2 ** 32);
const oddFrom = Math.floor(4_102_444_800e9 / 2 ** 32);

/**
 * Finds the spans of an ExportTraceServiceRequest and puts them into the columns without making a string or an object per span. It reads
 * with the decoder's own reader, and where it says that a payload is plain the rows are those that the decoder would give.
 */
export class OtlpTraceScanner {
  readonly #sink: SpanSink;
  readonly #http = new HttpFacts();
  readonly #service = new ServiceName();
  #spans = 0;
  #isOdd = false;
  /** Of the span's status; an empty text is none. */
  #messageFrom = 0;
  #messageTo = 0;

  constructor(sink: SpanSink) {
    this.#sink = sink;
  }

  scan(body: Uint8Array): ScanResult {
    this.#spans = 0;
    this.#isOdd = false;
    this.#http.needsDecoder = false;
    seen.nonAscii = 0;
    const reader = new ProtobufReader(body);
    for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
      if (tag === requestTag.resourceSpans) {
        this.#scanResourceSpans(reader);
      } else {
        reader.skip(tag);
      }
    }
    return {
      spans: this.#spans,
      isPlain: !this.#isOdd && !this.#http.needsDecoder && reader.takeFailure() === undefined,
    };
  }

  /** The resource may follow the spans on the wire, so the message is passed over once for it and once for them. */
  #scanResourceSpans(reader: ProtobufReader): void {
    const outerEnd = reader.enter();
    const start = reader.pos;
    this.#service.reset();
    for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
      if (tag === resourceSpansTag.resource) {
        this.#service.readResource(reader, this.#http);
      } else {
        reader.skip(tag);
      }
    }
    this.#noteFailure(reader);
    reader.pos = start;
    for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
      if (tag === resourceSpansTag.scopeSpans) {
        this.#scanScopeSpans(reader);
      } else {
        reader.skip(tag);
      }
    }
    reader.takeFailure();
    reader.leave(outerEnd);
  }

  #scanScopeSpans(reader: ProtobufReader): void {
    const outerEnd = reader.enter();
    for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
      if (tag !== scopeSpansTag.spans) {
        reader.skip(tag);
        continue;
      }
      const spansEnd = reader.enter();
      if (!reader.isCutOff) {
        this.#scanSpan(reader);
      }
      reader.leave(spansEnd);
    }
    this.#noteFailure(reader);
    reader.leave(outerEnd);
  }

  #scanSpan(reader: ProtobufReader): void {
    const writer = this.#sink.beginSpan();
    const { draft } = this.#sink;
    const { bytes } = reader;
    const http = this.#http;
    http.reset();
    let kind = 0;
    let statusCode = 0;
    let hasException = false;
    this.#messageFrom = this.#messageTo = 0;
    let flags = 0;
    let endHigh = 0;
    let endLow = 0;
    let traceIdLength = 0;
    let spanIdLength = 0;
    let parentIdLength = 0;
    let nameFrom = 0;
    let nameTo = 0;
    for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
      switch (tag) {
        case spanTag.traceId:
          traceIdLength = reader.length();
          if (traceIdLength === 16) {
            draft.id0 = wordAt(bytes, reader.pos);
            draft.id1 = wordAt(bytes, reader.pos + 4);
            draft.id2 = wordAt(bytes, reader.pos + 8);
            draft.id3 = wordAt(bytes, reader.pos + 12);
          }
          reader.pos += traceIdLength;
          break;
        case spanTag.spanId:
          spanIdLength = reader.length();
          if (spanIdLength === 8) {
            draft.idHigh = wordAt(bytes, reader.pos);
            draft.idLow = wordAt(bytes, reader.pos + 4);
          }
          reader.pos += spanIdLength;
          break;
        case spanTag.parentSpanId:
          parentIdLength = reader.length();
          draft.parentHigh = parentIdLength === 8 ? wordAt(bytes, reader.pos) : 0;
          draft.parentLow = parentIdLength === 8 ? wordAt(bytes, reader.pos + 4) : 0;
          reader.pos += parentIdLength;
          break;
        case spanTag.name: {
          const length = reader.length();
          nameFrom = reader.pos;
          reader.pos += length;
          nameTo = reader.pos;
          break;
        }
        case spanTag.kind:
          kind = reader.uint32();
          break;
        case spanTag.start: {
          const isWhole = reader.end - reader.pos >= 8;
          draft.startHigh = isWhole ? littleWordAt(bytes, reader.pos + 4) : 0;
          draft.startLow = isWhole ? littleWordAt(bytes, reader.pos) : 0;
          reader.skip(tag);
          break;
        }
        case spanTag.end: {
          const isWhole = reader.end - reader.pos >= 8;
          endHigh = isWhole ? littleWordAt(bytes, reader.pos + 4) : 0;
          endLow = isWhole ? littleWordAt(bytes, reader.pos) : 0;
          reader.skip(tag);
          break;
        }
        case spanTag.attributes:
          this.#scanAttributes(reader, writer);
          break;
        case spanTag.events:
          hasException = isException(reader) || hasException;
          break;
        case spanTag.status:
          statusCode = this.#readStatus(reader, statusCode);
          break;
        case spanTag.flags:
          flags = reader.fixed32();
          break;
        default:
          reader.skip(tag);
      }
    }
    this.#noteFailure(reader);
    const hasTrace = traceIdLength === 16 && (draft.id0 | draft.id1 | draft.id2 | draft.id3) !== 0;
    if (!hasTrace || spanIdLength !== 8 || (draft.idHigh | draft.idLow) === 0) {
      this.#isOdd = true;
      this.#sink.dropSpan();
      return;
    }
    draft.duration = (endHigh - draft.startHigh) * 0x1_0000_0000 + ((endLow >>> 0) - (draft.startLow >>> 0));
    draft.name = writer.texts.intern(bytes, nameFrom, nameTo);
    http.checkText(bytes, nameFrom, nameTo);
    draft.service = this.#service.intern(writer, http);
    draft.resource = this.#service.hash;
    this.#stageMessage(writer, bytes, hasException);
    http.fill(draft, writer, bytes);
    setBits(draft, kindCodesByNumber[kind] ?? 0, statusCode, flags, http.status);
    this.#noteOddities(draft, parentIdLength);
    this.#spans += 1;
    this.#sink.endSpan();
  }

  #scanAttributes(reader: ProtobufReader, writer: SegmentWriter): void {
    const behind = scanPlainAttributes(reader.bytes, reader.pos, reader.end, spanTag.attributes, writer, this.#http);
    if (behind === reader.pos) {
      scanKeyValue(reader, writer, this.#http);
    } else {
      reader.pos = behind;
    }
  }

  #readStatus(reader: ProtobufReader, before: number): number {
    const outerEnd = reader.enter();
    let code = before;
    for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
      if (tag === statusTag.code) {
        code = reader.uint32();
      } else if (tag === statusTag.message) {
        const length = reader.length();
        this.#messageFrom = reader.pos;
        reader.pos += length;
        this.#messageTo = reader.pos;
      } else {
        reader.skip(tag);
      }
    }
    reader.leave(outerEnd);
    return code;
  }

  /** As stageSpan does it. */
  #stageMessage(writer: SegmentWriter, bytes: Uint8Array, hasException: boolean): void {
    const from = this.#messageFrom;
    const to = this.#messageTo;
    let word: number = otherWord;
    if (to > from) {
      word = hashOfText(bytes, from, hashedTo(bytes, from, to));
      this.#http.checkText(bytes, from, to);
    }
    if (hasException || to > from) {
      const key = writer.internKey(messageKey, 0, messageKey.length);
      writer.addAttribute(key, hasException ? otherWord : word, valueType.none);
    }
  }

  #noteFailure(reader: ProtobufReader): void {
    if (reader.takeFailure() !== undefined) {
      this.#isOdd = true;
    }
  }

  #noteOddities(draft: SpanDraft, parentIdLength: number): void {
    const isOddTime = draft.startHigh < oddBefore || draft.startHigh >= oddFrom || draft.duration < 0;
    if (isOddTime || (parentIdLength !== 0 && parentIdLength !== 8)) {
      this.#isOdd = true;
    }
  }
}

function setBits(
  draft: SpanDraft,
  kind: number,
  statusCode: number,
  flags: number,
  httpStatus: number | undefined,
): void {
  // The usual case first: asking telemetry means naming the kind.
  const status =
    statusCode !== 2 && (kind !== serverKind || httpStatus === undefined)
      ? 'ok'
      : statusOf(statusCode, kindNames[kind] ?? 'internal', httpStatus);
  draft.bits = spanBits.otlp | kind | (statusCodes[status] << spanBits.statusShift);
  if ((draft.parentHigh | draft.parentLow) !== 0 && (flags & 0x1_00) !== 0) {
    draft.bits |= spanBits.parentKnown | ((flags & 0x2_00) !== 0 ? spanBits.parentRemote : 0);
  }
  draft.httpStatus = toStatusColumn(httpStatus);
}

/** Whether the event that comes next tells of an exception. */
function isException(reader: ProtobufReader): boolean {
  const outerEnd = reader.enter();
  let isOne = false;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === eventTag.name) {
      const length = reader.length();
      isOne = exceptionName.compare(reader.bytes, reader.pos, reader.pos + length) === 0;
      reader.pos += length;
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return isOne;
}

/** Four bytes, most significant first, as ids are written; signed, since V8 makes objects of larger numbers. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

/** Four bytes, least significant first, as protobuf's fixed numbers are written; signed. */
function littleWordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
