import type { FilterableService } from '../language/filterExpressionMatch.ts';
import type { FilterableRootCause, RootCauseEntity, RootCauseService } from '../language/filterExpressionRootCause.ts';
import { toXRayTraceId, type TraceId } from '../model/ids.ts';
import type { EpochNanos } from '../model/units.ts';
import type { TraceAnnotation } from './traceAnnotations.ts';
import type { TraceRequest, TraceRequests } from './traceRequests.ts';

/** A trace as GetTraceSummaries gives it (X-Ray API reference, TraceSummary): times in epoch seconds, lengths of time in seconds. */
export interface XRayTraceSummary {
  readonly Id: string;
  readonly StartTime: number;
  readonly Duration: number;
  /** Absent while the root has no response. */
  readonly ResponseTime?: number;
  readonly HasFault: boolean;
  readonly HasError: boolean;
  readonly HasThrottle: boolean;
  readonly IsPartial: boolean;
  readonly Http: XRayHttp;
  readonly Annotations: Readonly<Record<string, readonly XRayAnnotation[]>>;
  readonly Users: readonly { readonly UserName: string; readonly ServiceIds: readonly XRayServiceId[] }[];
  readonly ServiceIds: readonly XRayServiceId[];
  readonly ResourceARNs: readonly { readonly ARN: string }[];
  readonly InstanceIds: readonly { readonly Id: string }[];
  readonly AvailabilityZones: readonly { readonly Name: string }[];
  readonly EntryPoint?: XRayServiceId;
  readonly FaultRootCauses: readonly XRayRootCause[];
  readonly ErrorRootCauses: readonly XRayRootCause[];
  readonly ResponseTimeRootCauses: readonly XRayRootCause[];
  readonly Revision: number;
  readonly MatchedEventTime?: number;
}

export interface XRayServiceId {
  readonly Name: string;
  readonly Names: readonly string[];
  readonly AccountId?: string;
  readonly Type?: string;
}

interface XRayHttp {
  readonly HttpURL?: string;
  readonly HttpStatus?: number;
  readonly HttpMethod?: string;
  readonly UserAgent?: string;
  readonly ClientIp?: string;
}

interface XRayAnnotation {
  readonly AnnotationValue:
    | { readonly StringValue: string }
    | { readonly NumberValue: number }
    | { readonly BooleanValue: boolean };
  readonly ServiceIds: readonly XRayServiceId[];
}

interface XRayRootCause {
  readonly ClientImpacting?: boolean;
  readonly Services: readonly XRayRootCauseService[];
}

interface XRayRootCauseService extends XRayServiceId {
  readonly Inferred: boolean;
  readonly EntityPath: readonly {
    readonly Name: string;
    readonly Coverage?: number;
    readonly Remote: boolean;
    readonly Exceptions?: readonly { readonly Name?: string; readonly Message?: string }[];
  }[];
}

/** As many as X-Ray indexes of a trace ("AWS X-Ray endpoints and quotas"); filters see all of them. */
const mostAnnotations = 50;

/**
 * The summary of a trace. Fault, error and HTTP facts are those of its root, throttling and being in progress of any segment (API
 * reference). Annotations that the sender named as such come before the other attributes of OTel spans.
 */
export function toTraceSummary(
  traceId: TraceId,
  trace: TraceRequests,
  found: { readonly revision: number; readonly matchedEventTime?: EpochNanos },
): XRayTraceSummary {
  const root = trace.requests[trace.entryPoint ?? -1];
  const serviceIds = trace.requests.map(({ service }) => toServiceId(service));
  return {
    Id: toXRayTraceId(traceId),
    StartTime: toEpochSeconds(trace.startTime),
    Duration: toSeconds(trace.duration),
    ...(root?.responseTime === undefined ? {} : { ResponseTime: toSeconds(root.responseTime) }),
    HasFault: root?.isFault === true,
    HasError: root?.isError === true,
    HasThrottle: trace.requests.some(({ isThrottle }) => isThrottle),
    IsPartial: trace.requests.some(({ isPartial }) => isPartial),
    Http: toHttp(root?.http),
    Annotations: toAnnotations(trace.annotations, serviceIds),
    Users: toUsers(trace.requests, serviceIds),
    ServiceIds: distinct(serviceIds),
    ResourceARNs: texts(trace.requests, ({ resourceArn }) => resourceArn).map((ARN) => ({ ARN })),
    InstanceIds: texts(trace.requests, ({ instanceId }) => instanceId).map((Id) => ({ Id })),
    AvailabilityZones: texts(trace.requests, ({ availabilityZone }) => availabilityZone).map((Name) => ({ Name })),
    ...(root === undefined ? {} : { EntryPoint: toServiceId(root.service) }),
    FaultRootCauses: trace.rootCauses.fault.map(toRootCause),
    ErrorRootCauses: trace.rootCauses.error.map(toRootCause),
    ResponseTimeRootCauses: trace.rootCauses.responsetime.map(toRootCause),
    Revision: found.revision,
    ...(found.matchedEventTime === undefined ? {} : { MatchedEventTime: toEpochSeconds(found.matchedEventTime) }),
  };
}

/** A service as X-Ray's API names it; `Names` begins with its own. */
export function toServiceId({ name, otherNames = [], accountId, type }: FilterableService): XRayServiceId {
  return {
    Name: name,
    Names: [...new Set([name, ...otherNames])],
    ...(accountId === undefined ? {} : { AccountId: accountId }),
    ...(type === undefined ? {} : { Type: type }),
  };
}

/** Seconds since 1970, to the microsecond: more digits than a double has for today's times would only be noise. */
export function toEpochSeconds(time: EpochNanos): number {
  return Number(time / 1000n) / 1e6;
}

function toSeconds(nanos: bigint): number {
  return Math.round(Number(nanos) / 1e3) / 1e6;
}

function toHttp(http: TraceRequest['http']): XRayHttp {
  const { url, status, method, userAgent, clientIp } = http ?? {};
  return {
    ...(url === undefined ? {} : { HttpURL: url }),
    ...(status === undefined ? {} : { HttpStatus: status }),
    ...(method === undefined ? {} : { HttpMethod: method }),
    ...(userAgent === undefined ? {} : { UserAgent: userAgent }),
    ...(clientIp === undefined ? {} : { ClientIp: clientIp }),
  };
}

function toAnnotations(
  annotations: readonly TraceAnnotation[],
  serviceIds: readonly XRayServiceId[],
): Record<string, readonly XRayAnnotation[]> {
  const byKey = new Map<string, XRayAnnotation[]>();
  const declaredFirst = annotations.toSorted((a, b) => Number(b.isDeclared) - Number(a.isDeclared));
  for (const { key, value, requests } of declaredFirst.slice(0, mostAnnotations)) {
    const of = byKey.get(key) ?? [];
    byKey.set(key, of);
    const services = distinct(requests.flatMap((request) => serviceIds[request] ?? []));
    of.push({ AnnotationValue: toAnnotationValue(value), ServiceIds: services });
  }
  // Not by assignment: a key may be `__proto__`.
  return Object.fromEntries(byKey);
}

function toAnnotationValue(value: string | number | boolean): XRayAnnotation['AnnotationValue'] {
  if (typeof value === 'string') {
    return { StringValue: value };
  }
  return typeof value === 'number' ? { NumberValue: value } : { BooleanValue: value };
}

function toUsers(requests: readonly TraceRequest[], serviceIds: readonly XRayServiceId[]): XRayTraceSummary['Users'] {
  const byName = new Map<string, XRayServiceId[]>();
  for (const [index, { user }] of requests.entries()) {
    if (user !== undefined) {
      const services = byName.get(user) ?? [];
      services.push(...serviceIds.slice(index, index + 1));
      byName.set(user, services);
    }
  }
  return [...byName].map(([UserName, services]) => ({ UserName, ServiceIds: distinct(services) }));
}

function texts(requests: readonly TraceRequest[], of: (request: TraceRequest) => string | undefined): string[] {
  return [...new Set(requests.flatMap((request) => of(request) ?? []))];
}

/** The services once each; one that is seen by different names is one with all of them. */
function distinct(services: readonly XRayServiceId[]): XRayServiceId[] {
  const byIdentity = new Map<string, XRayServiceId>();
  for (const service of services) {
    const key = JSON.stringify([service.Name, service.Type, service.AccountId]);
    const known = byIdentity.get(key);
    byIdentity.set(
      key,
      known === undefined ? service : { ...known, Names: [...new Set([...known.Names, ...service.Names])] },
    );
  }
  return [...byIdentity.values()];
}

function toRootCause({ clientImpacting, services }: FilterableRootCause): XRayRootCause {
  return {
    ...(clientImpacting === undefined ? {} : { ClientImpacting: clientImpacting }),
    Services: services.map(toRootCauseService),
  };
}

function toRootCauseService({ inferred, entityPath, names, ...service }: RootCauseService): XRayRootCauseService {
  return {
    ...toServiceId({ ...service, ...(names === undefined ? {} : { otherNames: names }) }),
    Inferred: inferred === true,
    EntityPath: entityPath.map(toEntity),
  };
}

function toEntity({ name, coverage, remote, exceptions }: RootCauseEntity): XRayRootCauseService['EntityPath'][number] {
  return {
    Name: name,
    ...(coverage === undefined ? {} : { Coverage: coverage }),
    Remote: remote === true,
    ...(exceptions === undefined
      ? {}
      : {
          Exceptions: exceptions.map((exception) => ({
            ...(exception.name === undefined ? {} : { Name: exception.name }),
            ...(exception.message === undefined ? {} : { Message: exception.message }),
          })),
        }),
  };
}
