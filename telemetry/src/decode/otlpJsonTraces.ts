import { parseSpanId, parseTraceId, type TraceId } from '../model/ids.ts';
import type { Attributes, Span } from '../model/span.ts';
import { emptyOutcome, type OtlpOutcome } from './decodedOtlp.ts';
import { parseFields, type JsonFields } from './json.ts';
import {
  attributesField,
  countField,
  enumField,
  fieldOf,
  idField,
  messagesField,
  nanosField,
  scopeOf,
  textField,
} from './otlpJsonFields.ts';
import { parseJsonBody } from './otlpJsonBody.ts';
import { toSpan, type OtlpSpan } from './otlpSpan.ts';
import type { Problem } from './decoded.ts';

const kindNames = {
  SPAN_KIND_UNSPECIFIED: 0,
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
};
const statusNames = { STATUS_CODE_UNSET: 0, STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 };

/** Reads an ExportTraceServiceRequest in OTLP/JSON; with `only`, just that trace's spans, and problems of no others. */
export function decodeJsonTraces(body: Uint8Array, only: TraceId | undefined): OtlpOutcome<Span> {
  const outcome = emptyOutcome<Span>();
  const request = parseJsonBody(body, outcome);
  for (const [index, resourceSpans] of messagesField(request, 'resourceSpans').entries()) {
    readResourceSpans(resourceSpans, `resourceSpans[${index}]`, only, outcome);
  }
  return outcome;
}

function readResourceSpans(
  resourceSpans: JsonFields,
  place: string,
  only: TraceId | undefined,
  outcome: OtlpOutcome<Span>,
): void {
  const sentResource = parseFields(fieldOf(resourceSpans, 'resource')) ?? {};
  const resource = attributesField(sentResource, () => `${place}.resource`, outcome.problems);
  for (const [index, scopeSpans] of messagesField(resourceSpans, 'scopeSpans').entries()) {
    const scopePlace = `${place}.scopeSpans[${index}]`;
    const scope = scopeOf(scopeSpans, () => scopePlace, outcome.problems);
    for (const [spanIndex, span] of messagesField(scopeSpans, 'spans').entries()) {
      if (only === undefined || idField(span, 'traceId') === only) {
        keepSpan(span, resource, scope, () => `${scopePlace}.spans[${spanIndex}]`, outcome);
      }
    }
  }
}

function keepSpan(
  sent: JsonFields,
  resource: Attributes,
  scope: Span['scope'],
  place: () => string,
  outcome: OtlpOutcome<Span>,
): void {
  // Where nobody reads why, a span that cannot be kept is not read: a body may be made of millions of them.
  if (outcome.problems.isFull && !hasIds(sent)) {
    outcome.problems.omit();
    outcome.rejected++;
    return;
  }
  const span = toSpan(readSpan(sent, place, outcome.problems), resource, scope, place, outcome.problems);
  if (span === undefined) {
    outcome.rejected++;
  } else {
    outcome.records.push(span);
  }
}

function hasIds(sent: JsonFields): boolean {
  return parseTraceId(idField(sent, 'traceId')) !== undefined && parseSpanId(idField(sent, 'spanId')) !== undefined;
}

function readSpan(span: JsonFields, place: () => string, problems: Problem[]): OtlpSpan {
  const status = parseFields(fieldOf(span, 'status')) ?? {};
  return {
    traceId: idField(span, 'traceId'),
    spanId: idField(span, 'spanId'),
    parentSpanId: idField(span, 'parentSpanId'),
    traceState: textField(span, 'traceState'),
    flags: countField(span, 'flags'),
    name: textField(span, 'name'),
    kind: enumField(span, 'kind', kindNames),
    start: nanosField(span, 'startTimeUnixNano', place, problems),
    end: nanosField(span, 'endTimeUnixNano', place, problems),
    attributes: attributesField(span, place, problems),
    events: messagesField(span, 'events').map((event, index) => ({
      time: nanosField(event, 'timeUnixNano', () => `${place()}.events[${index}]`, problems),
      name: textField(event, 'name'),
      attributes: attributesField(event, () => `${place()}.events[${index}]`, problems),
    })),
    links: messagesField(span, 'links').map((link, index) => ({
      traceId: idField(link, 'traceId'),
      spanId: idField(link, 'spanId'),
      traceState: textField(link, 'traceState'),
      attributes: attributesField(link, () => `${place()}.links[${index}]`, problems),
    })),
    droppedAttributes: countField(span, 'droppedAttributesCount'),
    droppedEvents: countField(span, 'droppedEventsCount'),
    droppedLinks: countField(span, 'droppedLinksCount'),
    statusCode: enumField(status, 'code', statusNames),
    statusMessage: textField(status, 'message'),
  };
}
