import type { Json, NumberTest, RootCauseElement, RootCauseKind, ServiceSelector } from './filterExpression.ts';

/** Leaves joined by logic. An `and` of nothing is true, an `or` of nothing false; neither nests in its own kind, and no `not` in a `not`. */
export type Combined<Leaf> =
  | Leaf
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Combined<Leaf>[] }
  | { readonly kind: 'not'; readonly operand: Combined<Leaf> };

/** What a trace has to be. The words are those of the reader: whose columns are asked, and with which comparison. */
export type TracePlan = Combined<TraceLeaf>;

export type TraceLeaf =
  /** The request at the entry point of the trace, where it is known, is so. */
  | { readonly kind: 'root'; readonly is: RequestLeaf }
  /** Some request of the trace is so, inferred ones included. */
  | { readonly kind: 'some'; readonly is: RequestLeaf }
  /** Seconds from the trace's first start to its last end. */
  | { readonly kind: 'duration'; readonly test: NumberTest | { readonly op: 'set' } }
  /** An annotation of this key, on any segment or subsegment, has a value that passes. */
  | { readonly kind: 'annotation'; readonly key: string; readonly test: AnnotationTest }
  /** One and the same request, of this service, is all that the filter says. */
  | { readonly kind: 'service'; readonly service?: ServiceSelector; readonly filter?: RequestPlan }
  /** One and the same call, from the source to the destination, is all that the filter says. */
  | {
      readonly kind: 'edge';
      readonly source: ServiceSelector;
      readonly destination: ServiceSelector;
      readonly filter?: RequestPlan;
    }
  /** One and the same element of one of the trace's root causes of this kind is all that the filter says. */
  | {
      readonly kind: 'rootCause';
      readonly cause: RootCauseKind;
      readonly element: RootCauseElement;
      readonly filter?: ElementPlan;
    }
  /** The trace has, for each shape, a root cause of that shape; without shapes, a root cause at all. */
  | { readonly kind: 'rootCauseShapes'; readonly shapes: readonly Json[] };

/** What a request (a segment, inferred ones included) or a call has to be. */
export type RequestPlan = Combined<RequestLeaf>;

export type RequestLeaf =
  | { readonly kind: 'flag'; readonly flag: RequestFlag }
  /** Durations in seconds. What has no value passes no test. */
  | { readonly kind: 'number'; readonly of: RequestNumber; readonly test: NumberTest | { readonly op: 'set' } }
  /** Of several values (messages, names) one has to pass, for `!=` too. */
  | { readonly kind: 'string'; readonly of: RequestString; readonly test: TextTest };

/** `ok` is none of error, fault and throttle. */
export type RequestFlag = 'ok' | 'error' | 'fault' | 'throttle' | 'partial' | 'inferred' | 'root';
export type RequestNumber = 'responsetime' | 'duration' | 'http.status';
export type RequestString =
  | 'http.url'
  | 'http.method'
  | 'http.useragent'
  | 'http.clientip'
  | 'user'
  | 'name'
  | 'type'
  | 'message'
  | 'availabilityzone'
  | 'instance.id'
  | 'resource.arn';

/** What a service, entity or exception of a root cause has to be. */
export type ElementPlan = Combined<ElementLeaf>;

export type ElementLeaf =
  | { readonly kind: 'flag'; readonly flag: 'first' | 'last' | 'remote' | 'inferred' | 'root' }
  | {
      readonly kind: 'number';
      readonly of: 'index' | 'coverage';
      readonly test: NumberTest | { readonly op: 'set' };
    }
  | { readonly kind: 'string'; readonly of: 'name' | 'type' | 'message'; readonly test: TextTest };

/** Compared letter by letter. `set` is passed by every text; a search for the empty text has become it. */
export type TextTest =
  | { readonly op: 'set' }
  | { readonly op: '=' | '!=' | 'CONTAINS' | 'BEGINSWITH' | 'ENDSWITH'; readonly value: string };

/** A test of one type is passed by values of that type only; `set` by every value but `false`, as the guide has it for a boolean one. */
export type AnnotationTest =
  | { readonly type: 'set' }
  | { readonly type: 'string'; readonly test: TextTest }
  | { readonly type: 'number'; readonly test: NumberTest }
  | { readonly type: 'boolean'; readonly value: boolean };
