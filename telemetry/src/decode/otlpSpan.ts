import { parseSpanId, parseTraceId } from '../model/ids.ts';
import type { Attributes, AttributeValue, Span, SpanEvent, SpanKind, SpanLink } from '../model/span.ts';
import { durationNanos, epochNanos } from '../model/units.ts';
import type { Problem } from './decoded.ts';
import { setField, type Draft } from './draft.ts';
import { httpOf, statusOf } from './otlpConventions.ts';
import { exceptionsOf } from './otlpExceptions.ts';
import { timeTrouble } from './times.ts';

/** A span in OTLP's own terms, out of either encoding. Ids are lower-case hex, or whatever was sent in their place. */
export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState: string;
  flags: number;
  name: string;
  kind: number;
  start: bigint;
  end: bigint;
  attributes: Record<string, AttributeValue>;
  events: OtlpEvent[];
  links: OtlpLink[];
  droppedAttributes: number;
  droppedEvents: number;
  droppedLinks: number;
  statusCode: number;
  statusMessage: string;
}

export interface OtlpEvent {
  time: bigint;
  name: string;
  attributes: Record<string, AttributeValue>;
}

export interface OtlpLink {
  traceId: string;
  spanId: string;
  traceState: string;
  attributes: Record<string, AttributeValue>;
}

export const unknownService = 'unknown_service';

/** SpanKind by number (opentelemetry/proto/trace/v1/trace.proto). */
const kinds: readonly SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
/** SpanFlags: whether the sender knows where the parent is, and whether it is in another process. */
const parentIsKnown = 0x1_00;
const parentIsRemote = 0x2_00;

export function emptyOtlpSpan(): OtlpSpan {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: '',
    kind: 0,
    start: 0n,
    end: 0n,
    attributes: {},
    events: [],
    links: [],
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
    statusCode: 0,
    statusMessage: '',
  };
}

/** The resource's `service.name`; `unknown_service` where it has none (OTel resource semantic conventions). */
export function serviceOf(resource: Attributes): string {
  const name = resource['service.name'];
  return typeof name === 'string' && name !== '' ? name : unknownService;
}

/**
 * OTLP's span in our words. Without a valid trace or span id there is no span, only a problem; odd times, a bad parent or a bad link
 * are a problem beside the span. A parent of zeros is how some exporters spell a root, so it is none.
 */
export function toSpan(
  otlp: OtlpSpan,
  resource: Attributes,
  scope: Span['scope'],
  place: () => string,
  problems: Problem[],
): Span | undefined {
  const traceId = parseTraceId(otlp.traceId);
  const id = parseSpanId(otlp.spanId);
  if (traceId === undefined) {
    problems.push({ place: `${place()}.traceId`, message: idTrouble('a trace id', 32, otlp.traceId) });
    return undefined;
  }
  if (id === undefined) {
    problems.push({ place: `${place()}.spanId`, message: idTrouble('a span id', 16, otlp.spanId) });
    return undefined;
  }
  const trouble = timeTrouble(otlp.start, otlp.end);
  if (trouble !== undefined) {
    problems.push({ place: place(), message: trouble });
  }
  const kind = kinds[otlp.kind] ?? 'internal';
  const http = httpOf(otlp.attributes);
  const span: Draft<Span> = {
    id,
    traceId,
    name: otlp.name,
    service: serviceOf(resource),
    kind,
    source: 'otlp',
    status: statusOf(otlp.statusCode, kind, http?.status),
    startTime: epochNanos(otlp.start),
    duration: durationNanos(otlp.end - otlp.start),
    attributes: otlp.attributes,
    annotations: annotationsOf(otlp.attributes),
    metadata: {},
    resource,
    events: otlp.events.map(toEvent),
    links: otlp.links.length === 0 ? [] : toLinks(otlp.links, place, problems),
    exceptions: exceptionsOf(otlp.events),
  };
  setOptional(span, otlp, http, scope, place, problems);
  return span;
}

function setOptional(
  span: Draft<Span>,
  otlp: OtlpSpan,
  http: Span['http'],
  scope: Span['scope'],
  place: () => string,
  problems: Problem[],
): void {
  const parentId = parseSpanId(otlp.parentSpanId);
  if (parentId !== undefined) {
    span.parentId = parentId;
    if ((otlp.flags & parentIsKnown) !== 0) {
      span.isParentRemote = (otlp.flags & parentIsRemote) !== 0;
    }
  } else if (!/^0*$/.test(otlp.parentSpanId)) {
    problems.push({ place: `${place()}.parentSpanId`, message: idTrouble('a span id', 16, otlp.parentSpanId) });
  }
  if (http !== undefined) {
    span.http = http;
  }
  if (scope !== undefined) {
    span.scope = scope;
  }
  if (otlp.statusMessage !== '') {
    span.statusMessage = otlp.statusMessage;
  }
  if (otlp.traceState !== '') {
    span.traceState = otlp.traceState;
  }
  if (otlp.droppedAttributes + otlp.droppedEvents + otlp.droppedLinks > 0) {
    span.dropped = { attributes: otlp.droppedAttributes, events: otlp.droppedEvents, links: otlp.droppedLinks };
  }
}

/** X-Ray indexes the attributes that `aws.xray.annotations` names (AWS X-Ray, "OpenTelemetry Protocol (OTLP) endpoint"). */
function annotationsOf(attributes: Attributes): Record<string, string | number | boolean> {
  const annotations: Record<string, string | number | boolean> = {};
  const keys = attributes['aws.xray.annotations'];
  if (!Array.isArray(keys)) {
    return annotations;
  }
  for (const key of keys) {
    const value: unknown = typeof key === 'string' && Object.hasOwn(attributes, key) ? attributes[key] : undefined;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      setField(annotations, key as string, value);
    } else if (typeof value === 'bigint') {
      setField(annotations, key as string, String(value));
    }
  }
  return annotations;
}

function toEvent(event: OtlpEvent): SpanEvent {
  return { name: event.name, time: epochNanos(event.time), attributes: event.attributes };
}

function toLinks(otlpLinks: readonly OtlpLink[], place: () => string, problems: Problem[]): SpanLink[] {
  const links: SpanLink[] = [];
  for (const [index, { traceId: sentTraceId, spanId: sentSpanId, traceState, attributes }] of otlpLinks.entries()) {
    const traceId = parseTraceId(sentTraceId);
    if (traceId === undefined) {
      problems.push({ place: `${place()}.links[${index}].traceId`, message: idTrouble('a trace id', 32, sentTraceId) });
      continue;
    }
    const link: Draft<SpanLink> = { traceId, attributes };
    const spanId = parseSpanId(sentSpanId);
    if (spanId !== undefined) {
      link.spanId = spanId;
    }
    if (traceState !== '') {
      link.traceState = traceState;
    }
    links.push(link);
  }
  return links;
}

/** Says what is wrong with an id of `digits` hex digits. */
export function idTrouble(what: string, digits: number, sent: string): string {
  if (sent === '') {
    return `${what} is missing`;
  }
  if (/^(?:1-)?[0-]+$/.test(sent)) {
    return `${what} is all zeros, which means "none"`;
  }
  return `${what} is ${digits} hex digits, not ${JSON.stringify(sent.slice(0, 40))}`;
}
