import type { AttributeValue, Attributes } from '../model/span.ts';
import type { TraceWork } from './traceWork.ts';

export interface TraceAnnotation {
  readonly key: string;
  readonly value: string | number | boolean;
  /** The sender named it as one; the others are attributes of OTel spans, which X-Ray would have as metadata. */
  readonly isDeclared: boolean;
  /** The requests whose segments carry it, in `TraceRequests.requests`. */
  readonly requests: readonly number[];
}

/** Each annotation of a trace once; a 64-bit integer that a double cannot hold is text. */
export function collectAnnotations({ rows, requestOf }: TraceWork): TraceAnnotation[] {
  const found = new FoundAnnotations();
  const resources = new Map<Attributes, Set<number>>();
  for (const [index, { span }] of rows.entries()) {
    const request = requestOf[index] as number;
    found.addAll(span.annotations, '', request, true);
    if (span.source === 'otlp') {
      found.addAll(span.attributes, '', request, false);
      found.addNamed(span.attributes['aws.xray.annotations'], span.resource, request);
      // A resource is one object for all its spans.
      const seenIn = resources.get(span.resource) ?? new Set();
      if (!seenIn.has(request)) {
        resources.set(span.resource, seenIn.add(request));
        found.addAll(span.resource, 'otel.resource.', request, false);
      }
    }
  }
  return found.toList();
}

class FoundAnnotations {
  readonly #byKey = new Map<string, Map<string | number | boolean, { isDeclared: boolean; requests: Set<number> }>>();

  addAll(fields: Attributes, prefix: string, request: number, isDeclared: boolean): void {
    for (const [key, value] of Object.entries(fields)) {
      this.#add(`${prefix}${key}`, value, request, isDeclared);
    }
  }

  /** X-Ray takes attributes of the resource for annotations too, where `aws.xray.annotations` names them. */
  addNamed(names: AttributeValue | undefined, resource: Attributes, request: number): void {
    for (const name of Array.isArray(names) ? names : []) {
      if (typeof name === 'string' && Object.hasOwn(resource, name)) {
        this.#add(name, resource[name] as AttributeValue, request, true);
      }
    }
  }

  toList(): TraceAnnotation[] {
    return [...this.#byKey].flatMap(([key, values]) =>
      [...values].map(([value, { isDeclared, requests }]) => ({ key, value, isDeclared, requests: [...requests] })),
    );
  }

  #add(key: string, value: AttributeValue, request: number, isDeclared: boolean): void {
    const scalar = typeof value === 'bigint' ? String(value) : value;
    if (typeof scalar === 'object') {
      return;
    }
    let values = this.#byKey.get(key);
    if (values === undefined) {
      values = new Map();
      this.#byKey.set(key, values);
    }
    let annotation = values.get(scalar);
    if (annotation === undefined) {
      annotation = { isDeclared, requests: new Set() };
      values.set(scalar, annotation);
    }
    annotation.isDeclared ||= isDeclared;
    if (request !== -1) {
      annotation.requests.add(request);
    }
  }
}
