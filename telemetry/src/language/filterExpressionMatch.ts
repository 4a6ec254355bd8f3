import type { DurationNanos } from '../model/units.ts';
import type { RootCauseKind, ServiceSelector } from './filterExpression.ts';
import { holds, passesNumber, passesText } from './filterExpressionLogic.ts';
import type {
  AnnotationTest,
  RequestLeaf,
  RequestNumber,
  RequestPlan,
  RequestString,
  TraceLeaf,
  TracePlan,
} from './filterExpressionPlan.ts';
import { matchesElement, matchesShape, type FilterableRootCause } from './filterExpressionRootCause.ts';

/** What a filter expression can see of a trace. */
export interface FilterableTrace {
  /** From the first start to the last end. */
  readonly duration: DurationNanos;
  /** One for each request that a service took: reported by itself, or inferred from its caller. */
  readonly requests: readonly FilterableRequest[];
  /** One for each call between two of them, and one for each request from outside, whose source has the type `client`. */
  readonly calls: readonly FilterableCall[];
  /** Of all segments and subsegments. */
  readonly annotations: readonly { readonly key: string; readonly value: string | number | boolean }[];
  readonly rootCauses: Readonly<Record<RootCauseKind, readonly FilterableRootCause[]>>;
}

/** What is absent passes no test, `!=` included. */
export interface FilterableRequest {
  readonly service: FilterableService;
  /** Of any 4xx, so beside `isThrottle` too, as X-Ray's SDKs set them. */
  readonly isError: boolean;
  readonly isFault: boolean;
  readonly isThrottle: boolean;
  /** It, or a subsegment in it, is still in progress. */
  readonly isPartial: boolean;
  readonly isInferred: boolean;
  /** The entry point of the trace, or a segment whose parent is no X-Ray segment: what keywords outside of `service()` and `edge()` ask. */
  readonly isRoot: boolean;
  /** Until the response was sent; absent while there is none. */
  readonly responseTime?: DurationNanos;
  /** Until the last end of what it did, which may be after the response. */
  readonly duration?: DurationNanos;
  readonly http?: {
    readonly url?: string;
    readonly method?: string;
    readonly userAgent?: string;
    readonly clientIp?: string;
    readonly status?: number;
  };
  readonly user?: string;
  readonly availabilityZone?: string;
  readonly instanceId?: string;
  readonly resourceArn?: string;
  /** Of the exceptions in it and its subsegments. */
  readonly messages: readonly string[];
}

/** A call as the caller saw it; `service` is the one called. */
export interface FilterableCall extends FilterableRequest {
  readonly source: FilterableService;
}

export interface FilterableService {
  readonly name: string;
  /** Further names of the same service. */
  readonly otherNames?: readonly string[];
  /** `AWS::DynamoDB::Table`, `remote`, `client` … */
  readonly type?: string;
  readonly accountId?: string;
}

/** Says whether a trace is what the plan asks for. Made to be read rather than fast: an index answers the same from its columns. */
export function matchesTrace(plan: TracePlan, trace: FilterableTrace): boolean {
  return holds(plan, (leaf) => matchesLeaf(leaf, trace));
}

function matchesLeaf(leaf: TraceLeaf, trace: FilterableTrace): boolean {
  switch (leaf.kind) {
    case 'root':
      return trace.requests.some((request) => request.isRoot && matchesRequest(leaf.is, request));
    case 'some':
      return trace.requests.some((request) => matchesRequest(leaf.is, request));
    case 'duration':
      return passesNumber(leaf.test, seconds(trace.duration));
    case 'annotation':
      return trace.annotations.some(({ key, value }) => key === leaf.key && passesAnnotation(leaf.test, value));
    case 'service':
      return trace.requests.some(
        (request) => isService(request.service, leaf.service) && matchesFilter(leaf.filter, request),
      );
    case 'edge':
      return trace.calls.some(
        (call) =>
          isService(call.source, leaf.source) &&
          isService(call.service, leaf.destination) &&
          matchesFilter(leaf.filter, call),
      );
    case 'rootCause':
      return trace.rootCauses[leaf.cause].some((cause) => matchesElement(leaf, cause));
    case 'rootCauseShapes': {
      const causes = Object.values(trace.rootCauses).flat();
      return causes.length > 0 && leaf.shapes.every((shape) => causes.some((cause) => matchesShape(shape, cause)));
    }
  }
}

function matchesFilter(filter: RequestPlan | undefined, request: FilterableRequest): boolean {
  return filter === undefined || holds(filter, (leaf) => matchesRequest(leaf, request));
}

function isService(service: FilterableService, selector: ServiceSelector | undefined): boolean {
  if (selector === undefined) {
    return true;
  }
  const { name, type, accountId } = selector;
  return (
    (name === undefined || service.name === name || service.otherNames?.includes(name) === true) &&
    (type === undefined || service.type === type) &&
    (accountId === undefined || service.accountId === accountId)
  );
}

function matchesRequest(leaf: RequestLeaf, request: FilterableRequest): boolean {
  switch (leaf.kind) {
    case 'flag':
      return hasFlag(leaf.flag, request);
    case 'number':
      return passesNumber(leaf.test, numberOf(leaf.of, request));
    case 'string':
      return stringsOf(leaf.of, request).some((text) => text !== undefined && passesText(leaf.test, text));
  }
}

function hasFlag(
  flag: Extract<RequestLeaf, { readonly kind: 'flag' }>['flag'],
  { isError, isFault, isThrottle, isPartial, isInferred, isRoot }: FilterableRequest,
): boolean {
  switch (flag) {
    case 'ok':
      return !isError && !isFault && !isThrottle;
    case 'error':
      return isError;
    case 'fault':
      return isFault;
    case 'throttle':
      return isThrottle;
    case 'partial':
      return isPartial;
    case 'inferred':
      return isInferred;
    case 'root':
      return isRoot;
  }
}

function numberOf(of: RequestNumber, { responseTime, duration, http }: FilterableRequest): number | undefined {
  switch (of) {
    case 'responsetime':
      return responseTime === undefined ? undefined : seconds(responseTime);
    case 'duration':
      return duration === undefined ? undefined : seconds(duration);
    case 'http.status':
      return http?.status;
  }
}

function stringsOf(of: RequestString, request: FilterableRequest): readonly (string | undefined)[] {
  switch (of) {
    case 'http.url':
      return [request.http?.url];
    case 'http.method':
      return [request.http?.method];
    case 'http.useragent':
      return [request.http?.userAgent];
    case 'http.clientip':
      return [request.http?.clientIp];
    case 'user':
      return [request.user];
    case 'name':
      return [request.service.name, ...(request.service.otherNames ?? [])];
    case 'type':
      return [request.service.type];
    case 'message':
      return request.messages;
    case 'availabilityzone':
      return [request.availabilityZone];
    case 'instance.id':
      return [request.instanceId];
    case 'resource.arn':
      return [request.resourceArn];
  }
}

function passesAnnotation(test: AnnotationTest, value: string | number | boolean): boolean {
  switch (test.type) {
    case 'set':
      return value !== false;
    case 'string':
      return typeof value === 'string' && passesText(test.test, value);
    case 'number':
      return typeof value === 'number' && passesNumber(test.test, value);
    case 'boolean':
      return value === test.value;
  }
}

/** The nearest double, which is also what the decimal number in an expression became: equal durations compare equal. */
function seconds(duration: DurationNanos): number {
  return Number(duration) / 1e9;
}
