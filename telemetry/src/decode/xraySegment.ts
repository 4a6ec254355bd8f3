import { parseSpanId, parseTraceId, type SpanId, type TraceId } from '../model/ids.ts';
import type { AttributeValue, Span, SpanException, SpanLink } from '../model/span.ts';
import { durationNanos, epochNanos } from '../model/units.ts';
import { ProblemList, type Decoded, type Problem } from './decoded.ts';
import { setField, type Draft } from './draft.ts';
import { parseArray, parseFields, parseJson, type JsonFields } from './json.ts';
import { idTrouble } from './otlpSpan.ts';
import { timeTrouble } from './times.ts';
import { exceptionsOf, resolveException } from './xrayCause.ts';
import { annotationsOf, flattenInto, parseSeconds, toAttributeValue } from './xrayFields.ts';
import { httpOf, setHttpFlags, statusOf } from './xrayHttp.ts';

/** Fields with a place of their own in the model; every other one becomes attributes under its own name. */
const modelled = new Set(
  'name id trace_id parent_id type start_time end_time in_progress http error throttle fault cause annotations metadata subsegments links'.split(
    ' ',
  ),
);

/** What a part of the document takes from the document around it. */
interface Around {
  readonly traceId: TraceId;
  readonly service: string;
  readonly parentId: SpanId | undefined;
}

/** A daemon takes documents of 64 KB; this is what some 2 MB could hold. */
const maxContainers = 200_000;

/**
 * Decodes one X-Ray segment document (developer guide, "X-Ray segment documents") into its segment or independent subsegment, and after
 * each its nested subsegments, parents first. Never throws.
 *
 * What lacks a valid id or start time is left out, its subsegments then hang under the nearest one above; other oddities are problems
 * beside the span. An independent subsegment does not know its service: it is `''`, and the tree takes it from the segment above.
 */
export function decodeXRaySegment(document: string): Decoded<Span> {
  const problems = new ProblemList();
  const json = parseJson(document, maxContainers);
  const fields = 'value' in json ? parseFields(json.value) : undefined;
  if (fields === undefined) {
    const message = 'message' in json ? json.message : 'not a JSON object';
    return { records: [], problems: [{ place: 'document', message }] };
  }
  const traceId = parseTraceId(textOf(fields['trace_id']));
  if (traceId === undefined) {
    problems.push({ place: 'trace_id', message: idTrouble('a trace id 1-<8>-<24>', 32, textOf(fields['trace_id'])) });
    return { records: [], problems };
  }
  const records = decodeAll(fields, traceId, problems);
  return { records: resolveExceptions(records), problems };
}

/** Walks the nested subsegments with a stack of its own, so that no depth of them costs the call stack. */
function decodeAll(document: JsonFields, traceId: TraceId, problems: Problem[]): Span[] {
  const spans: Span[] = [];
  const isIndependent = document['type'] === 'subsegment';
  const outermost: Around = {
    traceId,
    service: isIndependent ? '' : textOf(document['name']),
    parentId: parentOf(document, isIndependent, problems),
  };
  const waiting = [{ document, place: '', around: outermost, isSubsegment: isIndependent }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const span = toSpan(next.document, next.place, next.around, next.isSubsegment, problems);
    if (span !== undefined) {
      spans.push(span);
    }
    const around: Around = { ...outermost, parentId: span?.id ?? next.around.parentId };
    const subsegments = parseArray(next.document['subsegments']) ?? [];
    for (let index = subsegments.length - 1; index >= 0; index--) {
      const subsegment = parseFields(subsegments[index]);
      const place = `${next.place}subsegments[${index}].`;
      if (subsegment === undefined) {
        problems.push({ place: place.slice(0, -1), message: 'a subsegment is a JSON object' });
      } else {
        waiting.push({ document: subsegment, place, around, isSubsegment: true });
      }
    }
  }
  return spans;
}

function parentOf(document: JsonFields, isIndependent: boolean, problems: Problem[]): SpanId | undefined {
  const sent = textOf(document['parent_id']);
  const parentId = parseSpanId(sent);
  if (parentId === undefined && (isIndependent || !/^0*$/.test(sent))) {
    problems.push({ place: 'parent_id', message: idTrouble('a segment id', 16, sent) });
  }
  return parentId;
}

function toSpan(
  document: JsonFields,
  place: string,
  around: Around,
  isSubsegment: boolean,
  problems: Problem[],
): Span | undefined {
  const id = parseSpanId(textOf(document['id']));
  if (id === undefined) {
    problems.push({ place: `${place}id`, message: idTrouble('a segment id', 16, textOf(document['id'])) });
    return undefined;
  }
  const start = parseSeconds(document['start_time']);
  if (start === undefined) {
    problems.push({ place: `${place}start_time`, message: 'a start time is a number of seconds since 1970' });
    return undefined;
  }
  const end = endOf(document, place, problems);
  const trouble = timeTrouble(start, end);
  if (trouble !== undefined) {
    problems.push({ place: `${place}start_time`, message: trouble });
  }
  const http = httpOf(document);
  const span: Draft<Span> = {
    id,
    traceId: around.traceId,
    name: nameOf(document, place, problems),
    service: around.service,
    kind: kindOf(document, isSubsegment),
    source: 'xray',
    status: statusOf(document, end === undefined, http),
    startTime: epochNanos(start),
    duration: durationNanos(end === undefined ? 0n : end - start),
    attributes: attributesOf(document, place, problems),
    annotations: annotationsOf(document, place, problems),
    metadata: metadataOf(document, place, problems),
    resource: {},
    events: [],
    links: linksOf(document, place, problems),
    exceptions: exceptionsOf(document),
  };
  if (around.parentId !== undefined) {
    span.parentId = around.parentId;
  }
  if (isSubsegment) {
    span.isSubsegment = true;
  } else if (around.parentId !== undefined) {
    span.isParentRemote = true;
  }
  if (http !== undefined) {
    span.http = http;
  }
  return span;
}

function endOf(document: JsonFields, place: string, problems: Problem[]): bigint | undefined {
  const end = parseSeconds(document['end_time']);
  if (end === undefined && document['in_progress'] !== true) {
    const message = 'neither end_time, a number of seconds since 1970, nor "in_progress": true; taken as in progress';
    problems.push({ place: `${place}end_time`, message });
  }
  return end;
}

function nameOf(document: JsonFields, place: string, problems: Problem[]): string {
  const name = textOf(document['name']);
  if (name === '') {
    problems.push({ place: `${place}name`, message: 'a segment has a name' });
  }
  return name;
}

function kindOf(document: JsonFields, isSubsegment: boolean): Span['kind'] {
  if (!isSubsegment) {
    return 'server';
  }
  return document['namespace'] === 'aws' || document['namespace'] === 'remote' ? 'client' : 'internal';
}

function attributesOf(document: JsonFields, place: string, problems: Problem[]): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const [key, value] of Object.entries(document)) {
    if (!modelled.has(key)) {
      flattenInto(attributes, key, value, `${place}${key}`, problems);
    }
  }
  const cause = parseFields(document['cause']) ?? {};
  for (const key of ['working_directory', 'paths']) {
    if (cause[key] !== undefined) {
      flattenInto(attributes, `cause.${key}`, cause[key], `${place}cause.${key}`, problems);
    }
  }
  setHttpFlags(attributes, document);
  return attributes;
}

function metadataOf(document: JsonFields, place: string, problems: Problem[]): Record<string, AttributeValue> {
  const metadata: Record<string, AttributeValue> = {};
  for (const [namespace, value] of Object.entries(parseFields(document['metadata']) ?? {})) {
    setField(metadata, namespace, toAttributeValue(value, `${place}metadata.${namespace}`, problems));
  }
  return metadata;
}

function linksOf(document: JsonFields, place: string, problems: Problem[]): SpanLink[] {
  const links: SpanLink[] = [];
  for (const [index, sent] of (parseArray(document['links']) ?? []).entries()) {
    const fields = parseFields(sent) ?? {};
    const traceId = parseTraceId(textOf(fields['trace_id']));
    const linkPlace = `${place}links[${index}]`;
    if (traceId === undefined) {
      const message = idTrouble('a trace id 1-<8>-<24>', 32, textOf(fields['trace_id']));
      problems.push({ place: `${linkPlace}.trace_id`, message });
      continue;
    }
    const spanId = parseSpanId(textOf(fields['id']));
    const attributes: Record<string, AttributeValue> = {};
    for (const [key, value] of Object.entries(parseFields(fields['attributes']) ?? {})) {
      setField(attributes, key, toAttributeValue(value, `${linkPlace}.attributes`, problems));
    }
    links.push({ traceId, ...(spanId === undefined ? {} : { spanId }), attributes });
  }
  return links;
}

function resolveExceptions(spans: readonly Span[]): readonly Span[] {
  const known = new Map<string, SpanException>();
  for (const { exceptions } of spans) {
    for (const exception of exceptions) {
      if (exception.id !== undefined && (exception.type !== undefined || exception.message !== undefined)) {
        known.set(exception.id, exception);
      }
    }
  }
  if (known.size === 0) {
    return spans;
  }
  return spans.map((span) => {
    const exceptions = span.exceptions.map((exception) => resolveException(exception, known));
    return exceptions.every((exception, at) => exception === span.exceptions[at]) ? span : { ...span, exceptions };
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
