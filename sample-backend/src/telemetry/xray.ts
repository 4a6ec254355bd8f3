/**
 * AWS X-Ray for the sample: one segment per request, in the same trace as OpenTelemetry's spans. The SDK runs in manual mode (main.ts sets
 * it before this file is loaded): the segment is handed on explicitly, which needs no `async_hooks` and can never be "missing".
 */
import { trace, isSpanContextValid } from '@opentelemetry/api';
import AWSXRay from 'aws-xray-sdk-core';
import type { Segment, Subsegment } from 'aws-xray-sdk-core';
import type { Request, RequestHandler, Response } from 'express';
import { PreciseClock } from './clock.ts';
import { causeOf, type XRayCause } from './xrayCause.ts';
import { withSegmentTrace, xrayTraceId } from './traceId.ts';

export interface XRayOptions {
  /** Used where `AWS_XRAY_TRACING_NAME` is not set. */
  readonly serviceName: string;
  /** See `Settings.xrayHostPattern`. */
  readonly hostPattern?: string;
}

/** The parts of the SDK's sampler that its types leave out. */
interface CentralizedSampler {
  start(): void;
  readonly rulePoller: { start(): void };
  readonly ruleCache: { getRules(): readonly unknown[] };
}

const segments = new WeakMap<Request, Segment>();

/** Sets names, clock and sampling. Call it once, before the first request. */
export function startXRay(options: XRayOptions): void {
  const clock = new PreciseClock();
  Object.assign(AWSXRay.SegmentUtils, { getCurrentTime: () => clock.now() / 1000 });
  AWSXRay.middleware.setDefaultName(options.serviceName);
  if (options.hostPattern !== undefined) {
    AWSXRay.middleware.enableDynamicNaming(options.hostPattern);
  }
  // What holds until the daemon's rules have arrived: the SDK's own default, and no health checks.
  AWSXRay.middleware.setSamplingRules({
    version: 2,
    default: { fixed_target: 1, rate: 0.05 },
    rules: [{ host: '*', http_method: '*', url_path: '/api/health-check*', fixed_target: 0, rate: 0 }],
  });
  fetchSamplingRules();
}

/** Opens a segment for each request and closes it when the response is over, however it ends. */
export function xrayMiddleware(): RequestHandler {
  return (request, response, next) => {
    const segment = openSegment(request, response);
    segments.set(request, segment);
    response.once('close', () => closeSegment(segment, response));
    withSegmentTrace(segment.trace_id, next);
  };
}

/** Runs `work` inside a subsegment of the request's segment. The subsegment is closed, and marked when `work` throws. */
export async function inSubsegment<T>(
  request: Request,
  name: string,
  work: (subsegment: Subsegment) => Promise<T> | T,
): Promise<T> {
  const subsegment = segmentOf(request).addNewSubsegment(name);
  try {
    return await work(subsegment);
  } catch (error) {
    markFault(subsegment, error);
    throw error;
  } finally {
    subsegment.close();
  }
}

/** Annotations are what X-Ray's filter expressions can search for. */
export function annotate(request: Request, key: string, value: string | number | boolean): void {
  segmentOf(request).addAnnotation(key, value);
}

/** Marks the request's segment as a fault and keeps the exception with its stack. */
export function recordException(request: Request, error: unknown): void {
  markFault(segmentOf(request), error);
}

/**
 * Segments leave by UDP, which acknowledges nothing, and the SDK says nothing of datagrams under way: this leaves the socket a moment to
 * hand the last ones to the system.
 */
export async function flushXRay(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
}

function segmentOf(request: Request): Segment {
  const segment = segments.get(request);
  if (segment === undefined) {
    throw new Error('The X-Ray middleware must come before the routes.');
  }
  return segment;
}

function openSegment(request: Request, response: Response): Segment {
  const header = AWSXRay.middleware.processHeaders(request);
  const server = trace.getActiveSpan()?.spanContext();
  // The same trace as OpenTelemetry's: its id in X-Ray's spelling, with the server span as parent.
  const isTraced = server !== undefined && isSpanContextValid(server);
  const root = isTraced ? xrayTraceId(server.traceId) : header['root'];
  const parent = isTraced ? server.spanId : header['parent'];
  const segment = new AWSXRay.Segment(AWSXRay.middleware.resolveName(request.headers.host), root, parent);
  AWSXRay.middleware.resolveSampling(header, segment, response);
  segment.addIncomingRequestData(new AWSXRay.middleware.IncomingRequestData(request));
  return segment;
}

function closeSegment(segment: Segment & { http?: { close(response: Response): void } }, response: Response): void {
  try {
    if (response.writableFinished) {
      segment.http?.close(response);
      flagByStatus(segment, response.statusCode);
    } else {
      // The caller went away. The status was never sent, so none is reported.
      segment.addErrorFlag();
      segment.addAnnotation('aborted', true);
    }
    segment.close();
  } catch (error) {
    // Metadata that is no JSON, for one. A request must not fail because of what watches it.
    console.error(`The X-Ray segment of a request could not be sent: ${String(error)}`);
  }
}

function flagByStatus(segment: Segment, status: number): void {
  if (status === 429) {
    segment.addThrottleFlag();
  }
  if (status >= 500) {
    segment.addFaultFlag();
  } else if (status >= 400) {
    segment.addErrorFlag();
  }
}

function markFault(part: (Segment | Subsegment) & { cause?: XRayCause }, error: unknown): void {
  part.addFaultFlag();
  part.cause = causeOf(error);
}

/**
 * The SDK asks for rules at the first request, which is then sampled without them, and waits five minutes after a failed try. So this asks
 * at once, and again every two seconds until there is an answer: the daemon may be started after the backend.
 */
function fetchSamplingRules(): void {
  const { sampler } = AWSXRay.middleware as unknown as { readonly sampler: CentralizedSampler };
  sampler.start();
  const retry = setInterval(() => {
    if (sampler.ruleCache.getRules().length > 0) {
      clearInterval(retry);
    } else {
      sampler.rulePoller.start();
    }
  }, 2000);
  retry.unref();
}
