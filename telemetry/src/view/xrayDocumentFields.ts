import { setField } from '../decode/draft.ts';
import { parseFields } from '../decode/json.ts';
import { toXRayTraceId } from '../model/ids.ts';
import type { AttributeValue, Span, SpanException, SpanLink } from '../model/span.ts';
import { toEpochSeconds } from './xraySummary.ts';

/** A segment document, or a part of one, in X-Ray's words. */
export type DocumentFields = Readonly<Record<string, unknown>>;

/** An X-Ray span as the document it was decoded from, but for what decoding leaves out. */
export function fieldsOfXRay(span: Span): DocumentFields {
  return {
    id: span.id,
    name: span.name,
    ...timeFields(span),
    ...withAttributes(
      { ...commonFields(span), ...causeField(span, (exception, index) => exception.id ?? exceptionId(span, index)) },
      span.attributes,
    ),
    ...(isEmpty(span.annotations) ? {} : { annotations: span.annotations }),
    ...(isEmpty(span.metadata) ? {} : { metadata: span.metadata }),
    ...linksField(span.links),
  };
}

export function timeFields({ status, startTime, duration }: Span): DocumentFields {
  const start_time = toEpochSeconds(startTime);
  return status === 'running'
    ? { start_time, in_progress: true }
    : { start_time, end_time: toEpochSeconds((startTime + duration) as Span['startTime']) };
}

/** How it ended, and the `http` block. */
export function commonFields({ status, http }: Pick<Span, 'status' | 'http'>): DocumentFields {
  return {
    ...(status === 'fault' ? { fault: true } : {}),
    ...(status === 'error' || status === 'throttled' ? { error: true } : {}),
    ...(status === 'throttled' ? { throttle: true } : {}),
    ...(http === undefined ? {} : httpField(http)),
  };
}

function httpField(http: NonNullable<Span['http']>): DocumentFields {
  const request = withoutAbsent({
    method: http.method,
    url: http.url,
    user_agent: http.userAgent,
    client_ip: http.clientIp,
  });
  const response = withoutAbsent({ status: http.status, content_length: http.contentLength });
  const block = {
    ...(isEmpty(request) ? {} : { request }),
    ...(isEmpty(response) ? {} : { response }),
  };
  return isEmpty(block) ? {} : { http: block };
}

/** `cause` with the exceptions of a span. */
export function causeField(
  { exceptions }: Span,
  idOf: (exception: SpanException, index: number) => string,
): DocumentFields {
  if (exceptions.length === 0) {
    return {};
  }
  return {
    cause: {
      exceptions: exceptions.map((exception, index) => ({
        id: idOf(exception, index),
        ...withoutAbsent({
          type: exception.type,
          message: exception.message,
          remote: exception.remote,
          cause: exception.causeId,
          truncated: exception.truncatedFrames,
        }),
        stack: exception.stack.map(({ path, line, label }) => ({ path, ...withoutAbsent({ line, label }) })),
      })),
    },
  };
}

/** An id of 16 hex digits for an exception that has none, the same each time. */
export function exceptionId({ id }: Span, index: number): string {
  const step = 0x9e37_79b9_7f4a_7c15n;
  return BigInt.asUintN(64, BigInt(`0x${id}`) + step * BigInt(index + 1))
    .toString(16)
    .padStart(16, '0');
}

export function linksField(links: readonly SpanLink[]): DocumentFields {
  return links.length === 0
    ? {}
    : {
        links: links.map(({ traceId, spanId, attributes }) => ({
          trace_id: toXRayTraceId(traceId),
          ...withoutAbsent({ id: spanId }),
          ...(isEmpty(attributes) ? {} : { attributes }),
        })),
      };
}

export function withoutAbsent(fields: DocumentFields): DocumentFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export function isEmpty(fields: object): boolean {
  return Object.keys(fields).length === 0;
}

/** Dotted keys as the nested objects that they were decoded from, beside what is there already; one that cannot be (`a` and `a.b`) stays as it is. */
function withAttributes(fields: Record<string, unknown>, attributes: Span['attributes']): DocumentFields {
  for (const [key, value] of Object.entries(attributes)) {
    if (!put(fields, key.split('.'), value)) {
      setField<unknown>(fields, key, value);
    }
  }
  return fields;
}

function put(root: Record<string, unknown>, path: readonly string[], value: AttributeValue): boolean {
  let fields: Record<string, unknown> = root;
  for (const name of path.slice(0, -1)) {
    if (!Object.hasOwn(fields, name)) {
      setField(fields, name, {});
    }
    const inner = parseFields(fields[name]);
    if (inner === undefined) {
      return false;
    }
    fields = inner;
  }
  const last = path.at(-1) ?? '';
  if (Object.hasOwn(fields, last)) {
    return false;
  }
  setField(fields, last, value);
  return true;
}
