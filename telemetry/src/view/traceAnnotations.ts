import type { AttributeValue, Attributes } from '../model/span.ts';
import type { TraceWork } from './traceWork.ts';

export interface TraceAnnotation {
  readonly key: string;
  readonly value: string | number | boolean;
  /** The requests whose segments carry it, in `TraceRequests.requests`. */
  readonly requests: readonly number[];
}

/** Each annotation of a trace once; a 64-bit integer that a double cannot hold is text. */
export function collectAnnotations({ rows, requestOf }: TraceWork): TraceAnnotation[] {
  const found = new Map<string, Map<string | number | boolean, Set<number>>>();
  const add = (key: string, value: AttributeValue, request: number): void => {
    const scalar = typeof value === 'bigint' ? String(value) : value;
    if (typeof scalar === 'object') {
      return;
    }
    const values = found.get(key) ?? new Map<string | number | boolean, Set<number>>();
    const requests = values.get(scalar) ?? new Set();
    found.set(key, values.set(scalar, requests));
    if (request !== -1) {
      requests.add(request);
    }
  };
  const seen = new Map<Attributes, Set<number>>();
  for (const [index, { span }] of rows.entries()) {
    const request = requestOf[index] as number;
    addAll(span.annotations, '', request, add);
    if (span.source === 'otlp') {
      addAll(span.attributes, '', request, add);
      addNamedOfResource(span.attributes, span.resource, request, add);
      // A resource has one object for all its spans.
      const requests = seen.get(span.resource) ?? new Set();
      if (!requests.has(request)) {
        seen.set(span.resource, requests.add(request));
        addAll(span.resource, 'otel.resource.', request, add);
      }
    }
  }
  return [...found].flatMap(([key, values]) =>
    [...values].map(([value, requests]) => ({ key, value, requests: [...requests] })),
  );
}

type Add = (key: string, value: AttributeValue, request: number) => void;

function addAll(fields: Attributes, prefix: string, request: number, add: Add): void {
  for (const [key, value] of Object.entries(fields)) {
    add(`${prefix}${key}`, value, request);
  }
}

function addNamedOfResource(attributes: Attributes, resource: Attributes, request: number, add: Add): void {
  const named = attributes['aws.xray.annotations'];
  for (const key of Array.isArray(named) ? named : []) {
    if (typeof key === 'string' && Object.hasOwn(resource, key)) {
      add(key, resource[key] as AttributeValue, request);
    }
  }
}
