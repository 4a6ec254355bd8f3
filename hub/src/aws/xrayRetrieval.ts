import { randomBytes } from 'node:crypto';
import { parseTraceId, toXRayTraceId, type TraceId } from '@sightline/telemetry/model/ids';
import type { Span } from '@sightline/telemetry/model/span';
import { toOtelSpanDocument } from '@sightline/telemetry/view/otelSpanDocument';
import { requestsOfTrace } from '@sightline/telemetry/view/traceRequests';
import type { ServiceMap } from '@sightline/telemetry/view/serviceMap';
import { invalidRequest, resourceMissing, type XRayContext, type XRayOperations } from './xrayCall.ts';
import { required, requiredText, textIn, textsIn, wordIn, type XRayInput } from './xrayParameters.ts';
import { loadSegments } from './xraySegments.ts';
import { toServices } from './xrayServiceGraph.ts';
import { secondsOf, windowIn, type XRayWindow } from './xrayWindow.ts';

interface Retrieval {
  readonly traceIds: readonly TraceId[];
  readonly window: XRayWindow;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  isCancelled: boolean;
}

/** X-Ray API, StartTraceRetrieval: "Retrievals will time out after 60 minutes." */
const lifeMillis = 3_600_000;
/** The oldest leave first; they cost only their ids. */
const mostRetrievals = 1_000;
/** The X-Ray model's bounds of a page and of a trace in it. */
const tracesPerPage = 5;
const spansPerTrace = 100;
const mostLinks = 100;
const formats = ['XRAY', 'OTEL'] as const;

interface RetrievedSpan {
  readonly id: string;
  readonly document: string;
}

/** Where a page begins. */
interface Place {
  readonly trace: number;
  readonly span: number;
}

/**
 * AWS reads traces out of CloudWatch Logs, which takes a while. The hub has them at hand: a retrieval is complete when it has started, and what
 * it gives is read when it is asked for.
 */
export function retrievalOperations(): XRayOperations {
  const retrievals = new Map<string, Retrieval>();
  return {
    '/StartTraceRetrieval': (input, { now }) => {
      const ids = required(textsIn(input, 'TraceIds', { most: 100 }, { least: 1, most: 35 }), 'TraceIds');
      const window = windowIn(input, now);
      const traceIds = ids.map((text) => {
        const traceId = parseTraceId(text);
        if (traceId === undefined) {
          throw invalidRequest(`"${text}" is not a trace id.`);
        }
        return traceId;
      });
      const token = randomBytes(24).toString('base64url');
      retrievals.set(token, { traceIds: [...new Set(traceIds)], window, startedAt: now, isCancelled: false });
      forgetOld(retrievals, now);
      return { RetrievalToken: token };
    },
    '/ListRetrievedTraces': async (input, context) => {
      const { token, retrieval } = retrievalIn(input, retrievals, context.now);
      const format = wordIn(input, 'TraceFormat', formats) ?? 'XRAY';
      const call = ['ListRetrievedTraces', token, format];
      const start = placeIn(input, call, context);
      if (retrieval.isCancelled) {
        return { RetrievalStatus: 'CANCELLED', TraceFormat: format, Traces: [] };
      }
      const { traces, next } = await readPage(retrieval, format, start, context);
      return {
        RetrievalStatus: 'COMPLETE',
        TraceFormat: format,
        Traces: traces,
        ...(next && { NextToken: context.tokens.make(call, `${next.trace} ${next.span}`) }),
      };
    },
    '/GetRetrievedTracesGraph': async (input, context) => {
      const { retrieval } = retrievalIn(input, retrievals, context.now);
      if (textIn(input, 'NextToken') !== undefined) {
        throw invalidRequest('The specified NextToken is invalid.');
      }
      if (retrieval.isCancelled) {
        return { RetrievalStatus: 'CANCELLED', Services: [] };
      }
      return { RetrievalStatus: 'COMPLETE', Services: await readGraph(retrieval, context) };
    },
    '/CancelTraceRetrieval': (input, { now }) => {
      retrievalIn(input, retrievals, now).retrieval.isCancelled = true;
      return {};
    },
  };
}

function forgetOld(retrievals: Map<string, Retrieval>, now: number): void {
  for (const [token, { startedAt }] of retrievals) {
    if (startedAt > now - lifeMillis && retrievals.size <= mostRetrievals) {
      return;
    }
    retrievals.delete(token);
  }
}

function retrievalIn(
  input: XRayInput,
  retrievals: ReadonlyMap<string, Retrieval>,
  now: number,
): { readonly token: string; readonly retrieval: Retrieval } {
  const token = requiredText(input, 'RetrievalToken', { most: 1020 });
  const retrieval = retrievals.get(token);
  if (retrieval === undefined || retrieval.startedAt <= now - lifeMillis) {
    throw resourceMissing('There is no retrieval with this token, or it was started more than an hour ago.', token);
  }
  return { token, retrieval };
}

function placeIn(input: XRayInput, call: readonly unknown[], { tokens }: XRayContext): Place {
  const given = textIn(input, 'NextToken');
  const place = given === undefined ? '0 0' : tokens.parse(call, given);
  if (place === undefined) {
    throw invalidRequest('The specified NextToken is invalid.');
  }
  const [trace = 0, span = 0] = place.split(' ').map(Number);
  return { trace, span };
}

/** Up to five pieces of traces; one with more than a hundred spans comes in several. */
async function readPage(
  { traceIds, window }: Retrieval,
  format: (typeof formats)[number],
  start: Place,
  context: XRayContext,
): Promise<{ readonly traces: object[]; readonly next?: Place }> {
  const traces: object[] = [];
  for (let trace = start.trace; trace < traceIds.length; trace++) {
    const traceId = traceIds[trace] as TraceId;
    // oxlint-disable-next-line no-await-in-loop -- a page is full after five, and how many spans each has is known only when it is read.
    const loaded = await loadRetrieved(traceId, window, format, context);
    const { spans, durationSeconds } = loaded ?? { spans: [], durationSeconds: 0 };
    for (let at = trace === start.trace ? start.span : 0; at < spans.length; at += spansPerTrace) {
      if (traces.length === tracesPerPage) {
        return { traces, next: { trace, span: at } };
      }
      traces.push({
        Id: toXRayTraceId(traceId),
        Duration: durationSeconds,
        Spans: spans.slice(at, at + spansPerTrace).map(({ id, document }) => ({ Id: id, Document: document })),
      });
    }
  }
  return { traces };
}

async function loadRetrieved(
  traceId: TraceId,
  { from, to }: XRayWindow,
  format: (typeof formats)[number],
  context: XRayContext,
): Promise<{ readonly spans: readonly RetrievedSpan[]; readonly durationSeconds: number } | undefined> {
  const spans = await context.store.analysis.loadSpans(traceId, context.signal);
  if (spans === undefined || !startsWithin(spans, from, to)) {
    return undefined;
  }
  if (format === 'XRAY') {
    const trace = await loadSegments(traceId, context);
    return trace && { spans: trace.segments, durationSeconds: trace.durationSeconds };
  }
  const documents = spans.map((span) => ({ id: span.id, document: JSON.stringify(toOtelSpanDocument(span)) }));
  return { spans: documents, durationSeconds: durationOf(spans) };
}

function startsWithin(spans: readonly Span[], from: bigint, to: bigint): boolean {
  return spans.some(({ startTime }) => startTime >= from && startTime <= to);
}

function durationOf(spans: readonly Span[]): number {
  return secondsOf(requestsOfTrace(spans).duration);
}

async function readGraph({ traceIds, window }: Retrieval, context: XRayContext): Promise<object[]> {
  const { analysis } = context.store;
  const found: TraceId[] = [];
  const linked: Span[] = [];
  for (const traceId of traceIds) {
    // oxlint-disable-next-line no-await-in-loop -- one trace at a time is held, however many were asked for.
    const spans = await analysis.loadSpans(traceId, context.signal);
    if (spans !== undefined && startsWithin(spans, window.from, window.to)) {
      found.push(traceId);
      linked.push(...spans.filter(({ links }) => links.length > 0));
    }
  }
  const map = await analysis.serviceMapOfTraces(found, context.signal);
  return toServices(map).map((service, index) => ({ Service: service, Links: linksOf(map, index, linked) }));
}

/** The links of a service's spans to other traces. */
function linksOf({ nodes }: ServiceMap, index: number, linked: readonly Span[]): object[] {
  const node = nodes[index];
  if (node === undefined || node.isInferred || node.statistics === undefined) {
    return [];
  }
  const own = linked.filter(({ service }) => node.names.includes(service));
  return own.flatMap(toGraphLinks).slice(0, mostLinks);
}

/** One link of a graph for each way in which a span refers to other traces; X-Ray's SDKs name it `reference_type`. */
function toGraphLinks({ traceId, links }: Span): object[] {
  const byType = Map.groupBy(links, ({ attributes: { reference_type: type } }) =>
    typeof type === 'string' ? type : 'parent',
  );
  return [...byType].map(([ReferenceType, linked]) => ({
    ReferenceType,
    SourceTraceId: toXRayTraceId(traceId),
    DestinationTraceIds: [...new Set(linked.map((link) => toXRayTraceId(link.traceId)))],
  }));
}
