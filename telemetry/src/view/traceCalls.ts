import type { FilterableService } from '../language/filterExpressionMatch.ts';
import type { Span } from '../model/span.ts';
import { endOf, inferredRequest, seenByCaller } from './requestFacts.ts';
import type { TraceCall, TraceRequest } from './traceRequests.ts';
import { spanAt, type TraceWork, type WorkRequest } from './traceWork.ts';

/** The calls that led to the requests which were reported, and the requests behind the other calls, inferred. */
export function callsOf(
  work: TraceWork,
  reported: readonly TraceRequest[],
): { readonly calls: TraceCall[]; readonly inferred: TraceRequest[] } {
  const { twins } = work;
  const answered = new Set<number>();
  const calls: TraceCall[] = [];
  for (const [target, request] of work.requests.entries()) {
    if (request.call !== -1) {
      answered.add(twins[request.call] as number);
    }
    const call = toReported(target, request, work, reported);
    if (call !== undefined) {
      calls.push(call);
    }
  }
  const inferred: TraceRequest[] = [];
  for (const [index, call] of work.calls.entries()) {
    const source = sourceOf(call.request, call.row, work, reported);
    if (twins[index] === index && !answered.has(index) && !call.isOnlyAround && source !== undefined) {
      const target = reported.length + inferred.push(inferredRequest(call, work)) - 1;
      const service = (inferred.at(-1) as TraceRequest).service;
      calls.push({ ...toCall(call.request, target, source, service, spanAt(work, call.row)), isInferred: true });
    }
  }
  return { calls, inferred };
}

function toReported(
  target: number,
  { call, caller, reports }: WorkRequest,
  work: TraceWork,
  reported: readonly TraceRequest[],
): TraceCall | undefined {
  const request = reported[target] as TraceRequest;
  const { parent, isOrphan } = work.rows[reports[0] as number] as TraceWork['rows'][number];
  if (parent === -1) {
    return isOrphan ? undefined : asSeenByItself(request, target, { name: request.service.name, type: 'client' }, -1);
  }
  const source = sourceOf(caller, parent, work, reported);
  if (source === undefined) {
    return undefined;
  }
  const made = work.calls[work.twins[call] ?? -1];
  return made === undefined
    ? asSeenByItself(request, target, source, caller)
    : toCall(caller, target, source, request.service, spanAt(work, made.row));
}

/** The service of the calling request; where that has not arrived, the one that its row names. */
function sourceOf(
  caller: number,
  row: number,
  { rows }: TraceWork,
  reported: readonly TraceRequest[],
): FilterableService | undefined {
  const service = rows[row]?.service ?? '';
  return reported[caller]?.service ?? (service === '' ? undefined : { name: service });
}

function toCall(
  caller: number,
  target: number,
  source: FilterableService,
  service: FilterableService,
  span: Span,
): TraceCall {
  return {
    ...seenByCaller(span),
    id: span.id,
    source,
    service,
    ...(caller === -1 ? {} : { caller }),
    target,
    startTime: span.startTime,
    endTime: endOf(span),
    isInferred: false,
    isRoot: false,
  };
}

/** Nobody reported the call itself: the request knows best. */
function asSeenByItself(request: TraceRequest, target: number, source: FilterableService, caller: number): TraceCall {
  const { spanIds: _ids, name: _name, sources: _sources, ...facts } = request;
  return { ...facts, source, ...(caller === -1 ? {} : { caller }), target, isRoot: false };
}
