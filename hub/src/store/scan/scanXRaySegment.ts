import { isUtf8 } from 'node:buffer';
import { hashBytes } from '../memory/hashBytes.ts';
import { valueType } from '../memory/segment.ts';
import { hashOfText, otherWord, typeOfNumber, wordOfFlag, wordOfNumber } from './attributeHash.ts';
import { FoundSpans, type FoundSpan, type TextRange } from './foundSpans.ts';
import { hiddenKey } from './hiddenKeys.ts';
import { giveUp, JsonCursor, LeftToDecoder } from './jsonCursor.ts';
import { JsonFieldNames } from './jsonFieldNames.ts';
import type { ScanResult, SpanSink } from './spanDraft.ts';

/** Keys that mean something, numbered from 1 (AWS X-Ray developer guide, "X-Ray segment documents"). */
const field = {
  name: 1,
  id: 2,
  trace_id: 3,
  parent_id: 4,
  type: 5,
  start_time: 6,
  end_time: 7,
  in_progress: 8,
  http: 9,
  error: 10,
  throttle: 11,
  fault: 12,
  cause: 13,
  annotations: 14,
  metadata: 15,
  subsegments: 16,
  links: 17,
  namespace: 18,
  request: 19,
  response: 20,
  method: 21,
  url: 22,
  status: 23,
  x_forwarded_for: 24,
  traced: 25,
  working_directory: 26,
  paths: 27,
  exceptions: 28,
  user_agent: 29,
  client_ip: 30,
} as const;

/** What X-Ray itself takes at most; the texts in it are then all short enough to be hashed whole. */
const maxDocumentBytes = 65_536;
/** Room for dotted keys. */
const dottedBytes = 65_536;
/** Keys of the objects around one place that are held against each other. */
const maxKeys = 512;
const maxDepth = 64;

const quote = 0x22;
const dash = 0x2d;
const dot = 0x2e;
const one = 0x31;
const openBracket = 0x5b;
const letterF = 0x66;
const letterN = 0x6e;
const letterT = 0x74;
const openBrace = 0x7b;

/** Microseconds since 1970; times outside these years are odd to the decoder. */
const year2000 = 946_684_800e6;
const year2100 = 4_102_444_800e6;

/**
 * Finds the spans of an X-Ray segment document and puts them into the columns without making a string or an object. What is out of the
 * ordinary is left to telemetry's decoder, and nothing of it has been staged then; else the rows are those that the decoder would give.
 */
export class XRaySegmentScanner {
  readonly #sink: SpanSink;
  readonly #spans = new FoundSpans();
  readonly #names = new JsonFieldNames(Object.keys(field));
  /** The fixed keys, the document, a NUL, then the dotted keys that are made on the way: all texts lie in one place. */
  readonly #bytes: Uint8Array;
  readonly #cursor: JsonCursor;
  readonly #documentAt: number;
  #used = 0;
  readonly #keyHashes = new Uint32Array(maxKeys);
  #keys = 0;
  readonly #traceId = new Uint32Array(4);
  #hasTraceId = false;
  #isIndependent = false;
  /** Of the value read last. */
  #valueType = 0;
  readonly #workingDirectory: TextRange;
  readonly #paths: TextRange;
  readonly #forwardedFor: TextRange;
  readonly #traced: TextRange;
  readonly #message: TextRange;
  readonly #userAgent: TextRange;
  readonly #clientIp: TextRange;

  constructor(sink: SpanSink) {
    this.#sink = sink;
    this.#bytes = new Uint8Array(maxDocumentBytes + dottedBytes);
    this.#cursor = new JsonCursor(this.#bytes);
    this.#workingDirectory = this.#putKey('cause.working_directory');
    this.#paths = this.#putKey('cause.paths');
    this.#forwardedFor = this.#putKey('http.request.x_forwarded_for');
    this.#traced = this.#putKey('http.request.traced');
    this.#message = this.#putKey(hiddenKey.message);
    this.#userAgent = this.#putKey(hiddenKey.userAgent);
    this.#clientIp = this.#putKey(hiddenKey.clientIp);
    this.#documentAt = this.#used;
  }

  scan(body: Uint8Array): ScanResult {
    if (body.length > maxDocumentBytes || !isUtf8(body)) {
      return { spans: 0, isPlain: false };
    }
    try {
      this.#readDocument(body);
    } catch (error) {
      if (error instanceof LeftToDecoder) {
        return { spans: 0, isPlain: false };
      }
      throw error;
    }
    this.#spans.stage(this.#sink, this.#bytes, { traceId: this.#traceId, isIndependent: this.#isIndependent });
    return { spans: this.#spans.count, isPlain: true };
  }

  #readDocument(body: Uint8Array): void {
    const end = this.#documentAt + body.length;
    this.#bytes.set(body, this.#documentAt);
    this.#bytes[end] = 0;
    this.#used = end + 1;
    this.#keys = 0;
    this.#hasTraceId = false;
    this.#isIndependent = false;
    this.#spans.reset();
    const cursor = this.#cursor;
    cursor.pos = this.#documentAt;
    const outermost = this.#readSpan(undefined, 0);
    cursor.next();
    const hasParent = (outermost.parentHigh | outermost.parentLow) !== 0;
    if (cursor.pos !== end || !this.#hasTraceId || (this.#isIndependent && !hasParent)) {
      giveUp();
    }
  }

  #readSpan(parent: FoundSpan | undefined, depth: number): FoundSpan {
    const cursor = this.#cursor;
    const span = this.#spans.add(parent);
    const outerKeys = this.#keys;
    for (let more = cursor.firstKey(); more; more = cursor.nextKey()) {
      const number = this.#fieldNumber(outerKeys);
      if (number === 0 || number >= field.namespace) {
        this.#readOther(span, number);
      } else if (number === field.subsegments) {
        this.#readSubsegments(span, depth);
      } else {
        this.#readField(span, number);
      }
    }
    this.#keys = outerKeys;
    const hasId = (span.idHigh | span.idLow) !== 0;
    const hasEnd = span.endMicros >= span.startMicros || (Number.isNaN(span.endMicros) && span.isInProgress);
    if (!hasId || Number.isNaN(span.startMicros) || !hasEnd || span.name.from === span.name.to) {
      giveUp();
    }
    return span;
  }

  #readSubsegments(span: FoundSpan, depth: number): void {
    if (depth >= maxDepth) {
      giveUp();
    }
    const cursor = this.#cursor;
    for (let more = cursor.firstItem(); more; more = cursor.nextItem()) {
      this.#readSpan(span, depth + 1);
    }
  }

  #readField(span: FoundSpan, number: number): void {
    const cursor = this.#cursor;
    switch (number) {
      case field.name:
        this.#readText(span.name);
        return;
      case field.id:
        cursor.plainString();
        span.idHigh = this.#idWord(0);
        span.idLow = this.#idWord(8);
        return;
      case field.start_time:
        span.startMicros = this.#readMicros();
        return;
      case field.end_time:
        span.endMicros = this.#readMicros();
        return;
      case field.in_progress:
        span.isInProgress = cursor.flag();
        return;
      case field.error:
        span.isError = cursor.flag();
        return;
      case field.throttle:
        span.isThrottled = cursor.flag();
        return;
      case field.fault:
        span.isFault = cursor.flag();
        return;
      case field.http:
        this.#readHttp(span);
        return;
      case field.cause:
        this.#readCause(span);
        return;
      case field.annotations:
        this.#readAnnotations(span);
        return;
      case field.metadata:
        cursor.skip();
        return;
      case field.links:
        // Links are rare, and what is wrong about one is for the decoder to say.
        if (cursor.firstItem()) {
          giveUp();
        }
        return;
      default:
        this.#readPlaceInTrace(span, number);
    }
  }

  /** `trace_id`, `parent_id` and `type` count at the outermost only; within it, nesting says the same. */
  #readPlaceInTrace(span: FoundSpan, number: number): void {
    const cursor = this.#cursor;
    if (span.parent !== undefined) {
      cursor.skip();
      return;
    }
    cursor.plainString();
    if (number === field.trace_id) {
      this.#takeTraceId();
    } else if (number === field.type) {
      this.#isIndependent = this.#isText('subsegment');
    } else if (cursor.to > cursor.from) {
      span.parentHigh = this.#idWord(0);
      span.parentLow = this.#idWord(8);
      if ((span.parentHigh | span.parentLow) === 0) {
        giveUp();
      }
    }
  }

  /** Either spelling: X-Ray's `1-<8 hex>-<24 hex>` or 32 hex digits. */
  #takeTraceId(): void {
    const { from, to } = this.#cursor;
    const bytes = this.#bytes;
    const isXRay = to - from === 35 && bytes[from] === one && bytes[from + 1] === dash && bytes[from + 10] === dash;
    if (!isXRay && to - from !== 32) {
      giveUp();
    }
    const rest = isXRay ? from + 11 : from + 8;
    const words = this.#traceId;
    words[0] = this.#cursor.hexWord(isXRay ? from + 2 : from);
    words[1] = this.#cursor.hexWord(rest);
    words[2] = this.#cursor.hexWord(rest + 8);
    words[3] = this.#cursor.hexWord(rest + 16);
    this.#hasTraceId = (words[0] | words[1] | words[2] | words[3]) !== 0;
  }

  /** A field without a place of its own: attributes under its name. */
  #readOther(span: FoundSpan, number: number): void {
    const { from, to } = this.#cursor;
    if (number === field.namespace) {
      this.#checkNext(quote);
      this.#flatten(span, from, to, 0);
      span.isClient = this.#isText('aws') || this.#isText('remote');
      return;
    }
    this.#checkUndotted();
    this.#flatten(span, from, to, 0);
  }

  /** Nested objects as dotted keys. No key within holds a dot itself, so each dotted key comes once. */

  #flatten(span: FoundSpan, keyFrom: number, keyTo: number, depth: number): void {
    const cursor = this.#cursor;
    if (cursor.next() !== openBrace) {
      this.#spans.addAttribute(span, keyFrom, keyTo, this.#readValue(), valueType.none);
      return;
    }
    if (depth >= maxDepth) {
      giveUp();
    }
    const outerKeys = this.#keys;
    for (let more = cursor.firstKey(); more; more = cursor.nextKey()) {
      this.#keyHash(outerKeys);
      this.#checkUndotted();
      const from = this.#join(keyFrom, keyTo);
      this.#flatten(span, from, this.#used, depth + 1);
    }
    this.#keys = outerKeys;
  }

  #readCause(span: FoundSpan): void {
    const cursor = this.#cursor;
    if (cursor.next() !== openBrace) {
      if (cursor.next() === quote) {
        // The id of an exception that another subsegment has.
        this.#spans.addAttribute(span, this.#message.from, this.#message.to, otherWord, valueType.none);
      }
      cursor.skip();
      return;
    }
    const outerKeys = this.#keys;
    for (let more = cursor.firstKey(); more; more = cursor.nextKey()) {
      switch (this.#fieldNumber(outerKeys)) {
        case field.exceptions:
          this.#readExceptions(span);
          break;
        case field.working_directory:
          this.#flatten(span, this.#workingDirectory.from, this.#workingDirectory.to, 0);
          break;
        case field.paths:
          this.#flatten(span, this.#paths.from, this.#paths.to, 0);
          break;
        default:
          cursor.skip();
      }
    }
    this.#keys = outerKeys;
  }

  #readExceptions(span: FoundSpan): void {
    const cursor = this.#cursor;
    if (cursor.next() !== openBracket) {
      cursor.skip();
      return;
    }
    let hasOne = false;
    for (let more = cursor.firstItem(); more; more = cursor.nextItem()) {
      hasOne ||= cursor.next() === openBrace;
      cursor.skip();
    }
    if (hasOne) {
      this.#spans.addAttribute(span, this.#message.from, this.#message.to, otherWord, valueType.none);
    }
  }

  #readHttp(span: FoundSpan): void {
    const cursor = this.#cursor;
    const outerKeys = this.#keys;
    for (let more = cursor.firstKey(); more; more = cursor.nextKey()) {
      switch (this.#fieldNumber(outerKeys)) {
        case field.request:
          this.#readRequest(span);
          break;
        case field.response:
          this.#readResponse(span);
          break;
        default:
          cursor.skip();
      }
    }
    this.#keys = outerKeys;
  }

  #readRequest(span: FoundSpan): void {
    const cursor = this.#cursor;
    const outerKeys = this.#keys;
    for (let more = cursor.firstKey(); more; more = cursor.nextKey()) {
      switch (this.#fieldNumber(outerKeys)) {
        case field.method:
          this.#readText(span.method);
          break;
        case field.url:
          this.#readText(span.url);
          break;
        case field.user_agent:
          this.#addHidden(span, this.#userAgent);
          break;
        case field.client_ip:
          this.#addHidden(span, this.#clientIp);
          break;
        case field.x_forwarded_for:
          this.#addFlag(span, this.#forwardedFor);
          break;
        case field.traced:
          this.#addFlag(span, this.#traced);
          break;
        default:
          cursor.skip();
      }
    }
    this.#keys = outerKeys;
  }

  #readResponse(span: FoundSpan): void {
    const cursor = this.#cursor;
    const outerKeys = this.#keys;
    for (let more = cursor.firstKey(); more; more = cursor.nextKey()) {
      if (this.#fieldNumber(outerKeys) === field.status) {
        span.httpStatus = cursor.number();
      } else {
        cursor.skip();
      }
    }
    this.#keys = outerKeys;
  }

  #readAnnotations(span: FoundSpan): void {
    const cursor = this.#cursor;
    const outerKeys = this.#keys;
    for (let more = cursor.firstKey(); more; more = cursor.nextKey()) {
      this.#keyHash(outerKeys);
      const { from, to } = cursor;
      const first = cursor.next();
      if (first === openBrace || first === openBracket || first === letterN) {
        // X-Ray takes no such annotation, and the decoder says so.
        giveUp();
      }
      const word = this.#readValue();
      this.#spans.addAttribute(span, from, to, word, this.#valueType);
    }
    this.#keys = outerKeys;
  }

  /** The word for an attribute's value; its type is then in `#valueType`. */
  #readValue(): number {
    const cursor = this.#cursor;
    switch (cursor.next()) {
      case quote:
        cursor.plainString();
        this.#valueType = valueType.text;
        return hashOfText(this.#bytes, cursor.from, cursor.to);
      case letterT:
      case letterF:
        this.#valueType = valueType.odd;
        return wordOfFlag(cursor.flag());
      case openBracket:
      case letterN:
        cursor.skip();
        this.#valueType = valueType.none;
        return otherWord;
      default: {
        const value = cursor.number();
        this.#valueType = typeOfNumber(value);
        return wordOfNumber(value);
      }
    }
  }

  #addFlag(span: FoundSpan, key: TextRange): void {
    this.#spans.addAttribute(span, key.from, key.to, wordOfFlag(this.#cursor.flag()), valueType.none);
  }

  #addHidden(span: FoundSpan, key: TextRange): void {
    const cursor = this.#cursor;
    if (cursor.next() !== quote) {
      cursor.skip();
      return;
    }
    cursor.plainString();
    const word = hashOfText(this.#bytes, cursor.from, cursor.to);
    this.#spans.addAttribute(span, key.from, key.to, word, valueType.none);
  }

  #readText(text: TextRange): void {
    const cursor = this.#cursor;
    cursor.plainString();
    text.from = cursor.from;
    text.to = cursor.to;
  }

  /** Seconds since 1970 as microseconds: a double holds no more of today's time. */
  #readMicros(): number {
    const micros = Math.round(this.#cursor.number() * 1e6);
    if (micros < year2000 || micros >= year2100) {
      giveUp();
    }
    return micros;
  }

  /** Eight of the sixteen digits of the id that was read last. */
  #idWord(at: number): number {
    const { from, to } = this.#cursor;
    if (to - from !== 16) {
      giveUp();
    }
    return this.#cursor.hexWord(from + at);
  }

  /** Whether the string read last is this one, of ASCII. */
  #isText(text: string): boolean {
    const { from, to } = this.#cursor;
    if (to - from !== text.length) {
      return false;
    }
    for (let at = 0; at < text.length; at += 1) {
      if (this.#bytes[from + at] !== text.charCodeAt(at)) {
        return false;
      }
    }
    return true;
  }

  /** The number that the key read last has in `field`, else 0. */
  #fieldNumber(outerKeys: number): number {
    const { from, to } = this.#cursor;
    return this.#names.numberOf(this.#keyHash(outerKeys), this.#bytes, from, to);
  }

  /** Notes the key read last; gives up where its object seems to have had it before, since of those the last counts. */
  #keyHash(outerKeys: number): number {
    const { from, to, isEscaped } = this.#cursor;
    const hash = hashBytes(this.#bytes, from, to, 0);
    const hashes = this.#keyHashes;
    for (let at = outerKeys; at < this.#keys; at += 1) {
      if (hashes[at] === hash) {
        giveUp();
      }
    }
    if (isEscaped || this.#keys === maxKeys) {
      giveUp();
    }
    hashes[this.#keys] = hash;
    this.#keys += 1;
    return hash;
  }

  #checkNext(byte: number): void {
    if (this.#cursor.next() !== byte) {
      giveUp();
    }
  }

  #checkUndotted(): void {
    for (let at = this.#cursor.from; at < this.#cursor.to; at += 1) {
      if (this.#bytes[at] === dot) {
        giveUp();
      }
    }
  }

  /** Puts `bytes[from..to)`, a dot and the key read last behind what is in use; answers where. */
  #join(from: number, to: number): number {
    const { from: keyFrom, to: keyTo } = this.#cursor;
    const start = this.#used;
    const end = start + (to - from) + 1 + (keyTo - keyFrom);
    if (end > this.#bytes.length) {
      giveUp();
    }
    const bytes = this.#bytes;
    let put = start;
    for (let at = from; at < to; at += 1) {
      bytes[put++] = bytes[at] as number;
    }
    bytes[put++] = dot;
    for (let at = keyFrom; at < keyTo; at += 1) {
      bytes[put++] = bytes[at] as number;
    }
    this.#used = end;
    return start;
  }

  #putKey(key: string): TextRange {
    const from = this.#used;
    this.#bytes.set(Buffer.from(key), from);
    this.#used = from + key.length;
    return { from, to: this.#used };
  }
}
