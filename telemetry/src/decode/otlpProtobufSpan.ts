import { readKeyValue } from './otlpProtobufValues.ts';
import { emptyOtlpSpan, type OtlpEvent, type OtlpLink, type OtlpSpan } from './otlpSpan.ts';
import type { ProtobufReader } from './protobufReader.ts';

/** Tags of Span and the messages in it (opentelemetry/proto/trace/v1/trace.proto). */
const spanTag = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attributes: 0x4a,
  droppedAttributes: 0x50,
  events: 0x5a,
  droppedEvents: 0x60,
  links: 0x6a,
  droppedLinks: 0x70,
  status: 0x7a,
  flags: 0x85,
} as const;
const eventTag = { time: 0x09, name: 0x12, attributes: 0x1a } as const;
const linkTag = { traceId: 0x0a, spanId: 0x12, traceState: 0x1a, attributes: 0x22 } as const;
const statusTag = { message: 0x12, code: 0x18 } as const;

/** The tags of a Span's ids, for those who look for nothing else. */
export const traceIdTag = spanTag.traceId;
export const spanIdTag = spanTag.spanId;

/** Reads the Span that the reader has been stepped into. */
export function readSpan(reader: ProtobufReader): OtlpSpan {
  const span = emptyOtlpSpan();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case spanTag.traceId:
        span.traceId = reader.hex();
        break;
      case spanTag.spanId:
        span.spanId = reader.hex();
        break;
      case spanTag.traceState:
        span.traceState = reader.text();
        break;
      case spanTag.parentSpanId:
        span.parentSpanId = reader.hex();
        break;
      case spanTag.name:
        span.name = reader.text();
        break;
      case spanTag.kind:
        span.kind = reader.uint32();
        break;
      case spanTag.start:
        span.start = reader.fixed64();
        break;
      case spanTag.end:
        span.end = reader.fixed64();
        break;
      case spanTag.attributes:
        readKeyValue(reader, span.attributes);
        break;
      case spanTag.droppedAttributes:
        span.droppedAttributes = reader.uint32();
        break;
      case spanTag.events:
        span.events.push(readEvent(reader));
        break;
      case spanTag.droppedEvents:
        span.droppedEvents = reader.uint32();
        break;
      case spanTag.links:
        span.links.push(readLink(reader));
        break;
      case spanTag.droppedLinks:
        span.droppedLinks = reader.uint32();
        break;
      case spanTag.status:
        readStatus(reader, span);
        break;
      case spanTag.flags:
        span.flags = reader.fixed32();
        break;
      default:
        reader.skip(tag);
    }
  }
  return span;
}

function readEvent(reader: ProtobufReader): OtlpEvent {
  const event: OtlpEvent = { time: 0n, name: '', attributes: {} };
  const outerEnd = reader.enter();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === eventTag.time) {
      event.time = reader.fixed64();
    } else if (tag === eventTag.name) {
      event.name = reader.text();
    } else if (tag === eventTag.attributes) {
      readKeyValue(reader, event.attributes);
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return event;
}

function readLink(reader: ProtobufReader): OtlpLink {
  const link: OtlpLink = { traceId: '', spanId: '', traceState: '', attributes: {} };
  const outerEnd = reader.enter();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === linkTag.traceId) {
      link.traceId = reader.hex();
    } else if (tag === linkTag.spanId) {
      link.spanId = reader.hex();
    } else if (tag === linkTag.traceState) {
      link.traceState = reader.text();
    } else if (tag === linkTag.attributes) {
      readKeyValue(reader, link.attributes);
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return link;
}

function readStatus(reader: ProtobufReader, span: OtlpSpan): void {
  const outerEnd = reader.enter();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === statusTag.message) {
      span.statusMessage = reader.text();
    } else if (tag === statusTag.code) {
      span.statusCode = reader.uint32();
    } else {
      reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
}
