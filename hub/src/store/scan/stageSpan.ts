import type { AttributeValue, Span, SpanKind, SpanStatus } from '@sightline/telemetry/model/span';
import type { SegmentWriter } from '../memory/segmentWriter.ts';
import { spanBits, valueType } from '../memory/segment.ts';
import { hashOfText, oddWord, otherWord, typeOfNumber, wordOfFlag, wordOfNumber } from './attributeHash.ts';
import { hiddenKey } from './hiddenKeys.ts';
import { hashOfResource } from './resourceHash.ts';
import { toStatusColumn, type SpanDraft, type SpanSink } from './spanDraft.ts';

export const kindCodes: Record<SpanKind, number> = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 };
export const statusCodes: Record<SpanStatus, number> = { running: 0, ok: 1, error: 2, fault: 3, throttled: 4 };

const scratch = Buffer.allocUnsafeSlow(65_536);

/** Puts a decoded span into the columns. What the scanners do without decoding must come to the same row; a test holds them together. */
export function stageSpan(sink: SpanSink, span: Span): void {
  const writer = sink.beginSpan();
  const { draft } = sink;
  draft.id0 = wordOf(span.traceId, 0);
  draft.id1 = wordOf(span.traceId, 8);
  draft.id2 = wordOf(span.traceId, 16);
  draft.id3 = wordOf(span.traceId, 24);
  draft.idHigh = wordOf(span.id, 0);
  draft.idLow = wordOf(span.id, 8);
  if (span.parentId !== undefined) {
    draft.parentHigh = wordOf(span.parentId, 0);
    draft.parentLow = wordOf(span.parentId, 8);
  }
  draft.startHigh = Number((span.startTime >> 32n) & 0xffff_ffffn);
  draft.startLow = Number(span.startTime & 0xffff_ffffn);
  draft.duration = Number(span.duration);
  draft.name = internText(writer, span.name);
  draft.service = internText(writer, span.service);
  setHttp(writer, draft, span);
  draft.bits |= bitsOf(span);
  draft.resource = hashOfResource(span.resource);
  stageAttributes(writer, span);
  stageHidden(writer, span);
  sink.endSpan();
}

function setHttp(writer: SegmentWriter, draft: SpanDraft, { http }: Span): void {
  if (http === undefined) {
    return;
  }
  draft.method = internText(writer, http.method ?? '');
  draft.url = internText(writer, http.url ?? '');
  draft.route = internText(writer, http.route ?? '');
  draft.httpStatus = toStatusColumn(http.status);
}

function bitsOf(span: Span): number {
  let bits = kindCodes[span.kind] | (statusCodes[span.status] << spanBits.statusShift);
  if (span.source === 'otlp') {
    bits |= spanBits.otlp;
  }
  if (span.isSubsegment === true) {
    bits |= spanBits.subsegment;
  }
  if (span.isParentRemote !== undefined) {
    bits |= spanBits.parentKnown | (span.isParentRemote ? spanBits.parentRemote : 0);
  }
  return bits;
}

function stageAttributes(writer: SegmentWriter, span: Span): void {
  if (span.source === 'otlp') {
    for (const [key, value] of Object.entries(span.attributes)) {
      stageAttribute(writer, key, value, typeOfValue(value));
    }
    return;
  }
  // X-Ray tells apart what can be asked for.
  for (const [key, value] of Object.entries(span.attributes)) {
    stageAttribute(writer, key, value, valueType.none);
  }
  for (const [key, value] of Object.entries(span.annotations)) {
    stageAttribute(writer, key, value, typeOfValue(value));
  }
}

function stageHidden(writer: SegmentWriter, { source, http, exceptions, statusMessage }: Span): void {
  if (source === 'xray' && http?.userAgent !== undefined) {
    stageAttribute(writer, hiddenKey.userAgent, http.userAgent, valueType.none);
  }
  if (source === 'xray' && http?.clientIp !== undefined) {
    stageAttribute(writer, hiddenKey.clientIp, http.clientIp, valueType.none);
  }
  // Of exceptions only that there is one: most of them say something new.
  const message = exceptions.length > 0 ? [] : statusMessage;
  if (message !== undefined) {
    stageAttribute(writer, hiddenKey.message, message, valueType.none);
  }
}

function stageAttribute(writer: SegmentWriter, key: string, value: AttributeValue, type: number): void {
  const length = encode(key);
  writer.addAttribute(writer.internKey(scratch, 0, length), wordOfValue(value), type);
}

/** The word for a value, the same whichever encoding brought it. */
export function wordOfValue(value: AttributeValue): number {
  switch (typeof value) {
    case 'string':
      return hashOfText(scratch, 0, encode(value));
    case 'number':
      return wordOfNumber(value);
    case 'bigint':
      return oddWord.big;
    case 'boolean':
      return wordOfFlag(value);
    default:
      return otherWord;
  }
}

function typeOfValue(value: AttributeValue): number {
  switch (typeof value) {
    case 'string':
      return valueType.text;
    case 'number':
      return typeOfNumber(value);
    case 'bigint':
    case 'boolean':
      return valueType.odd;
    default:
      return valueType.none;
  }
}

/** Interns a JavaScript string. */
export function internText(writer: SegmentWriter, text: string): number {
  return text === '' ? 0 : writer.texts.intern(scratch, 0, encode(text));
}

/** UTF-8 bytes of `text` in the scratch buffer; a text over 64 KiB counts by its beginning, in every encoding. */
function encode(text: string): number {
  return scratch.write(text, 0, 'utf8');
}

function wordOf(hex: string, from: number): number {
  return Number.parseInt(hex.slice(from, from + 8), 16) | 0;
}
