import type { FilterableRequest } from '../language/filterExpressionMatch.ts';
import type { Span, SpanException } from '../model/span.ts';
import { durationNanos, epochNanos, type EpochNanos } from '../model/units.ts';
import { textOf } from './calledService.ts';
import { inferredId } from './inferredId.ts';
import { serviceOf } from './requestService.ts';
import { mergedHttp, wholeHttp } from './wholeHttp.ts';
import { traceName } from './traceName.ts';
import type { TraceRequest } from './traceRequests.ts';
import { spanAt, type TraceWork, type WorkCall, type WorkRequest } from './traceWork.ts';

type Seen = Omit<FilterableRequest, 'service' | 'isRoot' | 'isInferred'>;

/** A request as its own segment and spans tell it. */
export function reportedRequest(request: WorkRequest, index: number, work: TraceWork): TraceRequest {
  const spans = request.reports.map((row) => spanAt(work, row));
  // X-Ray's report first: it has the URL whole and the status as it was sent.
  const reports = spans.toSorted((a, b) => Number(b.source === 'xray') - Number(a.source === 'xray'));
  const outermost = spans[0] as Span;
  const { endTime, isPartial, messages } = extentOf(request, work);
  const http = mergedHttp(reports);
  const isRunning = spans.some(({ status }) => status === 'running');
  return {
    id: reports[0]?.id ?? outermost.id,
    spanIds: spans.map(({ id }) => id),
    name: traceName({ name: outermost.name, ...(http === undefined ? {} : { http }) }),
    sources: [...new Set(reports.map(({ source }) => source))],
    startTime: outermost.startTime,
    endTime,
    service: serviceOf(reports, work.rows[request.reports[0] as number]?.service ?? ''),
    ...flagsOf(spans),
    isPartial,
    isInferred: false,
    isRoot: index === work.entryPoint || isXRayRoot(request, work),
    ...(isRunning ? {} : { responseTime: outermost.duration, duration: durationNanos(endTime - outermost.startTime) }),
    ...(http === undefined ? {} : { http }),
    ...whereabouts(reports),
    messages,
  };
}

/** The request that a call led to, as the caller saw it: X-Ray's inferred segment. */
export function inferredRequest({ row, called }: WorkCall, work: TraceWork): TraceRequest {
  const span = spanAt(work, row);
  const { knownBy: _, ...service } = called;
  return {
    id: inferredId(span.id),
    spanIds: [],
    name: called.name,
    sources: [span.source],
    startTime: span.startTime,
    endTime: endOf(span),
    service,
    ...seenByCaller(span),
    isInferred: true,
    isRoot: false,
  };
}

/** What a caller knows of a call. */
export function seenByCaller(span: Span): Seen {
  const http = wholeHttp(span);
  return {
    ...flagsOf([span]),
    isPartial: span.status === 'running',
    ...(span.status === 'running' ? {} : { responseTime: span.duration, duration: span.duration }),
    ...(http === undefined ? {} : { http }),
    messages: messagesOf(span),
  };
}

export function endOf({ startTime, duration }: Span): EpochNanos {
  return epochNanos(startTime + (duration > 0n ? duration : 0n));
}

/** What the exceptions of a span say, or its status where it has none. */
export function messagesOf({ exceptions, statusMessage }: Span): string[] {
  const messages = exceptions.flatMap(({ message }: SpanException) => message ?? []);
  return messages.length === 0 && statusMessage !== undefined ? [statusMessage] : messages;
}

/** X-Ray knows nothing of OTel's spans: a segment below one of another service is a root there, as it is where its parent never reported. */
function isXRayRoot({ reports }: WorkRequest, work: TraceWork): boolean {
  const parent = work.rows[reports[0] as number]?.parent ?? -1;
  return (
    reports.some((row) => spanAt(work, row).source === 'xray') &&
    (parent === -1 || spanAt(work, parent).source !== 'xray')
  );
}

function extentOf(
  request: WorkRequest,
  work: TraceWork,
): { endTime: EpochNanos; isPartial: boolean; messages: string[] } {
  const messages = new Set<string>();
  let endTime = 0n as EpochNanos;
  let isPartial = false;
  for (const row of request.rows) {
    const span = spanAt(work, row);
    const end = endOf(span);
    endTime = end > endTime ? end : endTime;
    isPartial ||= span.status === 'running';
    for (const message of messagesOf(span)) {
      messages.add(message);
    }
  }
  return { endTime, isPartial, messages: [...messages] };
}

function flagsOf(spans: readonly Span[]): Pick<FilterableRequest, 'isError' | 'isFault' | 'isThrottle'> {
  const has = (status: Span['status']): boolean => spans.some((span) => span.status === status);
  const isThrottle = has('throttled');
  return { isError: isThrottle || has('error'), isFault: has('fault'), isThrottle };
}

function whereabouts(
  reports: readonly Span[],
): Pick<FilterableRequest, 'user' | 'availabilityZone' | 'instanceId' | 'resourceArn'> {
  const first = (...keys: readonly string[]): string | undefined => {
    for (const { attributes, resource } of reports) {
      const text = textOf(attributes, ...keys) ?? textOf(resource, ...keys);
      if (text !== undefined) {
        return text;
      }
    }
    return undefined;
  };
  const user = first('user', 'enduser.id', 'user.id');
  const availabilityZone = first('aws.ec2.availability_zone', 'cloud.availability_zone');
  const isOnEc2 = first('cloud.platform') === 'aws_ec2';
  const instanceId = first('aws.ec2.instance_id', ...(isOnEc2 ? ['host.id'] : []));
  const resourceArn = first('resource_arn', 'aws.ecs.container_arn', 'aws.ecs.container.arn', 'cloud.resource_id');
  return {
    ...(user === undefined ? {} : { user }),
    ...(availabilityZone === undefined ? {} : { availabilityZone }),
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(resourceArn === undefined ? {} : { resourceArn }),
  };
}
