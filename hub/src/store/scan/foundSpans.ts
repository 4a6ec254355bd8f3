import { statusOfHttp } from '@sightline/telemetry/decode/otlpConventions';
import type { SpanStatus } from '@sightline/telemetry/model/span';
import { maxIndexedAttributes, spanBits } from '../memory/segment.ts';
import { giveUp } from './jsonCursor.ts';
import { toStatusColumn, type SpanDraft, type SpanSink } from './spanDraft.ts';
import { kindCodes, statusCodes } from './stageSpan.ts';

/** A text by its place among the scanned bytes. */
export interface TextRange {
  from: number;
  to: number;
}

/** What the spans of one X-Ray document have in common. */
interface DocumentFacts {
  /** Four words. */
  readonly traceId: Uint32Array;
  /** Whether the outermost of them is a subsegment that came by itself, which does not name its service. */
  readonly isIndependent: boolean;
}

/** A segment or subsegment, as far as its document has been read. */
export class FoundSpan {
  /** The one that it is nested in; the outermost has only the id of its parent. */
  parent: FoundSpan | undefined;
  parentHigh = 0;
  parentLow = 0;
  idHigh = 0;
  idLow = 0;
  /** NaN as long as there is none. */
  startMicros = Number.NaN;
  /** NaN while it runs. */
  endMicros = Number.NaN;
  isInProgress = false;
  isError = false;
  isFault = false;
  isThrottled = false;
  isClient = false;
  /** NaN where there is none. */
  httpStatus = Number.NaN;
  readonly name: TextRange = { from: 0, to: 0 };
  readonly method: TextRange = { from: 0, to: 0 };
  readonly url: TextRange = { from: 0, to: 0 };
  /** Its first and last attribute; -1 while there is none. */
  firstAttribute = -1;
  lastAttribute = -1;

  reset(parent: FoundSpan | undefined): void {
    this.parent = parent;
    this.parentHigh = this.parentLow = this.idHigh = this.idLow = 0;
    this.startMicros = this.endMicros = this.httpStatus = Number.NaN;
    this.isInProgress = this.isError = this.isFault = this.isThrottled = this.isClient = false;
    this.name.from = this.name.to = this.method.from = this.method.to = this.url.from = this.url.to = 0;
    this.firstAttribute = this.lastAttribute = -1;
  }
}

/**
 * The spans of one document, in the order in which they begin there. Nested ones come in the midst of their parent's fields, whereas a
 * row's attributes lie together and parents come first: so nothing is staged before the whole document has been read.
 */
export class FoundSpans {
  readonly #spans: FoundSpan[] = [];
  #count = 0;
  readonly #keyFrom = new Uint32Array(maxIndexedAttributes);
  readonly #keyTo = new Uint32Array(maxIndexedAttributes);
  readonly #valueWord = new Uint32Array(maxIndexedAttributes);
  readonly #valueType = new Uint8Array(maxIndexedAttributes);
  /** The next attribute of the same span; -1 at the last. */
  readonly #next = new Int32Array(maxIndexedAttributes);
  #attributes = 0;

  get count(): number {
    return this.#count;
  }

  reset(): void {
    this.#count = 0;
    this.#attributes = 0;
  }

  add(parent: FoundSpan | undefined): FoundSpan {
    const span = (this.#spans[this.#count] ??= new FoundSpan());
    this.#count += 1;
    span.reset(parent);
    return span;
  }

  addAttribute(span: FoundSpan, keyFrom: number, keyTo: number, word: number, type: number): void {
    const at = this.#attributes;
    if (at === maxIndexedAttributes) {
      giveUp();
    }
    this.#attributes = at + 1;
    this.#keyFrom[at] = keyFrom;
    this.#keyTo[at] = keyTo;
    this.#valueWord[at] = word;
    this.#valueType[at] = type;
    this.#next[at] = -1;
    if (span.lastAttribute === -1) {
      span.firstAttribute = at;
    } else {
      this.#next[span.lastAttribute] = at;
    }
    span.lastAttribute = at;
  }

  /** Puts all spans into the columns; their texts lie in `bytes`. */
  stage(sink: SpanSink, bytes: Uint8Array, facts: DocumentFacts): void {
    const { traceId, isIndependent } = facts;
    const service = isIndependent ? undefined : this.#spans[0]?.name;
    for (let index = 0; index < this.#count; index += 1) {
      const span = this.#spans[index] as FoundSpan;
      const writer = sink.beginSpan();
      const { draft } = sink;
      draft.id0 = traceId[0] as number;
      draft.id1 = traceId[1] as number;
      draft.id2 = traceId[2] as number;
      draft.id3 = traceId[3] as number;
      draft.idHigh = span.idHigh;
      draft.idLow = span.idLow;
      draft.parentHigh = span.parent === undefined ? span.parentHigh : span.parent.idHigh;
      draft.parentLow = span.parent === undefined ? span.parentLow : span.parent.idLow;
      setTimes(draft, span);
      draft.bits = bitsOf(span, isIndependent);
      draft.httpStatus = toStatusColumn(span.httpStatus);
      draft.name = writer.texts.intern(bytes, span.name.from, span.name.to);
      draft.service = service === undefined ? 0 : writer.texts.intern(bytes, service.from, service.to);
      draft.method = writer.texts.intern(bytes, span.method.from, span.method.to);
      draft.url = writer.texts.intern(bytes, span.url.from, span.url.to);
      for (let at = span.firstAttribute; at !== -1; at = this.#next[at] as number) {
        const keyId = writer.internKey(bytes, this.#keyFrom[at] as number, this.#keyTo[at] as number);
        writer.addAttribute(keyId, this.#valueWord[at] as number, this.#valueType[at] as number);
      }
      sink.endSpan();
    }
  }
}

/** Microseconds, which a double holds, as two words of nanoseconds, which it does not. */
function setTimes(draft: SpanDraft, { startMicros, endMicros }: FoundSpan): void {
  const word = 0x1_0000_0000;
  const lowNanos = (startMicros % word) * 1000;
  draft.startLow = lowNanos % word;
  draft.startHigh = Math.floor(startMicros / word) * 1000 + Math.floor(lowNanos / word);
  draft.duration = Number.isNaN(endMicros) ? 0 : (endMicros - startMicros) * 1000;
}

function bitsOf(span: FoundSpan, isIndependent: boolean): number {
  const status = statusCodes[statusOf(span)] << spanBits.statusShift;
  if (span.parent !== undefined || isIndependent) {
    return spanBits.subsegment | status | (span.isClient ? kindCodes.client : kindCodes.internal);
  }
  const hasParent = (span.parentHigh | span.parentLow) !== 0;
  return kindCodes.server | status | (hasParent ? spanBits.parentKnown | spanBits.parentRemote : 0);
}

/** As telemetry's decoder decides it: the flags, the most specific first, else the HTTP status. */
function statusOf(span: FoundSpan): SpanStatus {
  if (Number.isNaN(span.endMicros)) {
    return 'running';
  }
  if (span.isThrottled) {
    return 'throttled';
  }
  if (span.isFault) {
    return 'fault';
  }
  if (span.isError) {
    return 'error';
  }
  return Number.isNaN(span.httpStatus) ? 'ok' : statusOfHttp(span.httpStatus);
}
