import type {
  FilterableRootCause,
  RootCauseEntity,
  RootCauseException,
  RootCauseService,
} from '../language/filterExpressionRootCause.ts';
import type { FilterableTrace } from '../language/filterExpressionMatch.ts';
import type { Span, SpanStatus } from '../model/span.ts';
import { messagesOf } from './requestFacts.ts';
import type { TraceCall, TraceRequest } from './traceRequests.ts';
import { spanAt, type TraceWork } from './traceWork.ts';

/** Causes with more entities than this together are left out: a trace of thousands of failures has its first ones. */
const mostEntities = 2000;

/**
 * Why a trace failed or was slow, as X-Ray's trace analytics say it: for faults and errors one path from the entry point down to each
 * span that failed while nothing below it did; for the response time the path along which each step takes at least half of the one above.
 */
export function rootCausesOf(
  work: TraceWork,
  requests: readonly TraceRequest[],
  calls: readonly TraceCall[],
): FilterableTrace['rootCauses'] {
  const paths = new Paths(work, requests, calls);
  return {
    fault: failuresOf(
      paths,
      ({ status }) => status === 'fault',
      ({ isFault }) => isFault,
    ),
    error: failuresOf(paths, isError, (request) => request.isError),
    responsetime: slownessOf(paths),
  };
}

function isError({ status }: { readonly status: SpanStatus }): boolean {
  return status === 'error' || status === 'throttled';
}

/** The rows of a trace as steps on the way to a cause. The reports of one request are one step. */
class Paths {
  readonly work: TraceWork;
  readonly requests: readonly TraceRequest[];
  /** Of each row the step that it is; a row itself, the outermost report for the reports of a request. */
  readonly stepOf: Int32Array;
  /** Of each step the one above, -1 for the first. */
  readonly above: Int32Array;
  readonly #inferred = new Map<string, number>();

  constructor(work: TraceWork, requests: readonly TraceRequest[], calls: readonly TraceCall[]) {
    this.work = work;
    this.requests = requests;
    this.stepOf = Int32Array.from(work.rows.keys());
    for (const { reports } of work.requests) {
      for (const report of reports) {
        this.stepOf[report] = reports[0] as number;
      }
    }
    this.above = this.stepOf.map((step) => this.stepOf[work.rows[step]?.parent ?? -1] ?? -1);
    for (const call of calls) {
      if (requests[call.target]?.isInferred === true) {
        this.#inferred.set(call.id, call.target);
      }
    }
  }

  /** A step's rows: of a request all reports. */
  spansAt(step: number): readonly Span[] {
    const reports = this.work.requests[this.work.requestOf[step] ?? -1]?.reports ?? [];
    return reports[0] === step ? reports.map((row) => spanAt(this.work, row)) : [spanAt(this.work, step)];
  }

  /** From the first step of the work that has reported down to `last`. */
  to(last: number): number[] {
    const steps: number[] = [];
    for (let step = last; step !== -1 && this.work.requestOf[step] !== -1; step = this.above[step] ?? -1) {
      steps.push(step);
    }
    return steps.toReversed();
  }

  /** The services along a path, each with its steps; and behind a call that nobody answered the service that it went to. */
  services(steps: readonly number[], entityAt: (step: number) => RootCauseEntity): RootCauseService[] {
    const services: { request: number; entityPath: RootCauseEntity[] }[] = [];
    for (const step of steps) {
      const request = this.work.requestOf[step] as number;
      const entity = entityAt(step);
      if (services.at(-1)?.request === request) {
        services.at(-1)?.entityPath.push(entity);
      } else {
        services.push({ request, entityPath: [entity] });
      }
    }
    const last = steps.at(-1) ?? -1;
    const call = this.work.calls[this.work.callOf[last] ?? -1];
    const inferred = call === undefined ? undefined : this.#inferred.get(spanAt(this.work, call.row).id);
    if (inferred !== undefined) {
      const { name: _, remote: _remote, ...entity } = entityAt(last);
      services.push({ request: inferred, entityPath: [{ name: this.#nameOf(inferred), ...entity }] });
    }
    return services.map(({ request, entityPath }) => this.#toService(request, entityPath));
  }

  /** As X-Ray names it: a segment after its service, a call after what it goes to. */
  entityAt(step: number): RootCauseEntity {
    const span = spanAt(this.work, step);
    const request = this.work.requestOf[step] ?? -1;
    const call = this.work.calls[this.work.callOf[step] ?? -1];
    if (this.work.requests[request]?.reports[0] === step) {
      return { name: this.#nameOf(request), remote: false };
    }
    return call?.row === step
      ? { name: span.source === 'xray' ? span.name : call.called.name, remote: true }
      : { name: span.name, remote: false };
  }

  #nameOf(request: number): string {
    return this.requests[request]?.service.name ?? '';
  }

  #toService(index: number, entityPath: readonly RootCauseEntity[]): RootCauseService {
    const { service, isInferred } = this.requests[index] as TraceRequest;
    const { otherNames = [], ...identity } = service;
    return { ...identity, names: [service.name, ...otherNames], inferred: isInferred, entityPath };
  }
}

function failuresOf(
  paths: Paths,
  hasFailed: (span: Span) => boolean,
  isFailed: (request: TraceRequest) => boolean,
): FilterableRootCause[] {
  const causes: FilterableRootCause[] = [];
  let entities = 0;
  for (const last of deepestFailures(paths, hasFailed)) {
    const steps = paths.to(last);
    entities += steps.length;
    if (steps.length === 0 || (causes.length > 0 && entities > mostEntities)) {
      continue;
    }
    const { requestOf, entryPoint } = paths.work;
    const passed = new Set(steps.map((step) => requestOf[step] as number));
    const reachesClient = [...passed].every((request) => isFailed(paths.requests[request] as TraceRequest));
    const services = paths.services(steps, (step) => ({
      ...paths.entityAt(step),
      ...exceptionsAt(paths.spansAt(step)),
    }));
    causes.push({ clientImpacting: reachesClient && requestOf[steps[0] as number] === entryPoint, services });
  }
  return causes;
}

/** The steps that failed though none below them did, in the order of the rows. The second report of a call is no failure of its own. */
function deepestFailures(paths: Paths, hasFailed: (span: Span) => boolean): number[] {
  const { work, stepOf, above } = paths;
  const hasFailureBelow = new Uint8Array(stepOf.length);
  const found: number[] = [];
  for (let row = stepOf.length - 1; row >= 0; row--) {
    const call = work.callOf[row] ?? -1;
    if (stepOf[row] !== row || (call !== -1 && work.twins[call] !== call)) {
      continue;
    }
    const isFailure = paths.spansAt(row).some(hasFailed);
    if (isFailure && hasFailureBelow[row] === 0) {
      found.push(row);
    }
    const parent = above[row] as number;
    if (parent !== -1 && (isFailure || hasFailureBelow[row] === 1)) {
      hasFailureBelow[parent] = 1;
    }
  }
  return found.toReversed();
}

function exceptionsAt(spans: readonly Span[]): { readonly exceptions?: readonly RootCauseException[] } {
  const exceptions = spans.flatMap((span): RootCauseException[] =>
    span.exceptions.length === 0
      ? messagesOf(span).map((message) => ({ message }))
      : span.exceptions.map(({ type, message }) => ({
          ...(type === undefined ? {} : { name: type }),
          ...(message === undefined ? {} : { message }),
        })),
  );
  return exceptions.length === 0 ? {} : { exceptions };
}

function slownessOf(paths: Paths): FilterableRootCause[] {
  const { work, above, stepOf } = paths;
  const first = work.requests[work.entryPoint ?? -1]?.reports[0];
  const whole = first === undefined ? 0 : Number(spanAt(work, first).duration);
  if (first === undefined || whole <= 0) {
    return [];
  }
  const longestBelow = new Int32Array(stepOf.length).fill(-1);
  const durationOf = (row: number): bigint => (row === -1 ? -1n : spanAt(work, row).duration);
  for (const [row, parent] of above.entries()) {
    if (stepOf[row] === row && parent !== -1 && durationOf(row) > durationOf(longestBelow[parent] as number)) {
      longestBelow[parent] = row;
    }
  }
  const steps = [first];
  for (let step = first; ;) {
    const next = longestBelow[step] as number;
    if (next === -1 || durationOf(next) * 2n < durationOf(step) || work.requestOf[next] === -1) {
      break;
    }
    steps.push(next);
    step = next;
  }
  const entityAt = (step: number): RootCauseEntity => {
    const share = Math.min(1, Number(durationOf(step)) / whole);
    return { ...paths.entityAt(step), coverage: Math.round(share * 1000) / 1000 };
  };
  return [{ services: paths.services(steps, entityAt) }];
}
