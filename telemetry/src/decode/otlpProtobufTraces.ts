import type { TraceId } from '../model/ids.ts';
import type { Attributes, AttributeValue, Span } from '../model/span.ts';
import { emptyOutcome, noteMalformed, type OtlpOutcome } from './decodedOtlp.ts';
import { noteFailure } from './otlpProtobufFailure.ts';
import { readResource, readScope } from './otlpProtobufResource.ts';
import { readSpan, spanIdTag, traceIdTag } from './otlpProtobufSpan.ts';
import { toSpan } from './otlpSpan.ts';
import { ProtobufReader } from './protobufReader.ts';

/** Tags of opentelemetry/proto/trace/v1/trace.proto and the request around it. */
const requestTag = { resourceSpans: 0x0a } as const;
const resourceSpansTag = { resource: 0x0a, scopeSpans: 0x12 } as const;
const scopeSpansTag = { scope: 0x0a, spans: 0x12 } as const;

/** Reads an ExportTraceServiceRequest; with `only`, just that trace's spans, and problems of no others. */
export function decodeProtobufTraces(body: Uint8Array, only: TraceId | undefined): OtlpOutcome<Span> {
  const outcome = emptyOutcome<Span>();
  const reader = new ProtobufReader(body);
  const wanted = only === undefined ? undefined : idBytes(only);
  let index = 0;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === requestTag.resourceSpans) {
      readResourceSpans(reader, `resourceSpans[${index++}]`, wanted, outcome);
    } else {
      reader.skip(tag);
    }
  }
  const failure = reader.takeFailure();
  if (failure !== undefined) {
    noteMalformed(outcome, 'body', failure);
  }
  return outcome;
}

/** The resource may follow the spans on the wire, so the message is passed over once for it and once for them. */
function readResourceSpans(
  reader: ProtobufReader,
  place: string,
  wanted: Uint8Array | undefined,
  outcome: OtlpOutcome<Span>,
): void {
  const outerEnd = reader.enter();
  const start = reader.pos;
  const resource: Record<string, AttributeValue> = {};
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === resourceSpansTag.resource) {
      readResource(reader, resource);
    } else {
      reader.skip(tag);
    }
  }
  noteFailure(reader, () => place, outcome);
  reader.pos = start;
  let index = 0;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === resourceSpansTag.scopeSpans) {
      readScopeSpans(reader, `${place}.scopeSpans[${index++}]`, resource, wanted, outcome);
    } else {
      reader.skip(tag);
    }
  }
  // The first pass has already told of a failure at this level.
  reader.takeFailure();
  reader.leave(outerEnd);
}

function readScopeSpans(
  reader: ProtobufReader,
  place: string,
  resource: Attributes,
  wanted: Uint8Array | undefined,
  outcome: OtlpOutcome<Span>,
): void {
  const outerEnd = reader.enter();
  const start = reader.pos;
  let scope: Span['scope'];
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === scopeSpansTag.scope) {
      scope = readScope(reader);
    } else {
      reader.skip(tag);
    }
  }
  noteFailure(reader, () => place, outcome);
  reader.pos = start;
  let index = -1;
  const spanPlace = (): string => `${place}.spans[${index}]`;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag !== scopeSpansTag.spans) {
      reader.skip(tag);
      continue;
    }
    index++;
    const spansEnd = reader.enter();
    if (!reader.isCutOff && (wanted === undefined || isOfTrace(reader, wanted))) {
      keepSpan(reader, resource, scope, spanPlace, outcome);
    }
    reader.leave(spansEnd);
  }
  reader.takeFailure();
  reader.leave(outerEnd);
}

function keepSpan(
  reader: ProtobufReader,
  resource: Attributes,
  scope: Span['scope'],
  place: () => string,
  outcome: OtlpOutcome<Span>,
): void {
  // Where nobody reads why, a span that cannot be kept is not read: a body may be made of millions of them.
  if (outcome.problems.isFull && !hasIds(reader)) {
    outcome.problems.omit();
    outcome.rejected++;
    return;
  }
  const otlp = readSpan(reader);
  noteFailure(reader, place, outcome);
  const span = toSpan(otlp, resource, scope, place, outcome.problems);
  if (span === undefined) {
    outcome.rejected++;
  } else {
    outcome.records.push(span);
  }
}

/** Whether both ids have their length; leaves the reader at the span's start. */
function hasIds(reader: ProtobufReader): boolean {
  const start = reader.pos;
  let hasTraceId = false;
  let hasSpanId = false;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    const from = reader.pos;
    if (tag === traceIdTag) {
      hasTraceId = reader.length() === 16;
      reader.pos = from;
    } else if (tag === spanIdTag) {
      hasSpanId = reader.length() === 8;
      reader.pos = from;
    }
    reader.skip(tag);
  }
  reader.takeFailure();
  reader.pos = start;
  return hasTraceId && hasSpanId;
}

/** Looks for the trace id without reading the rest; leaves the reader at the span's start. */
function isOfTrace(reader: ProtobufReader, wanted: Uint8Array): boolean {
  const start = reader.pos;
  let isWanted = false;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === traceIdTag) {
      isWanted = matches(reader, wanted);
      break;
    }
    reader.skip(tag);
  }
  reader.takeFailure();
  reader.pos = start;
  return isWanted;
}

function matches(reader: ProtobufReader, wanted: Uint8Array): boolean {
  if (reader.length() !== wanted.length) {
    return false;
  }
  for (let at = 0; at < wanted.length; at++) {
    if (reader.bytes[reader.pos + at] !== wanted[at]) {
      return false;
    }
  }
  return true;
}

function idBytes(traceId: TraceId): Uint8Array {
  return Uint8Array.from({ length: traceId.length / 2 }, (_, at) =>
    Number.parseInt(traceId.slice(2 * at, 2 * at + 2), 16),
  );
}
