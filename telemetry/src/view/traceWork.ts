import type { Span } from '../model/span.ts';
import { calledService, type CalledService } from './calledService.ts';
import { callTwins } from './callTwins.ts';
import { isSameWork, receives } from './sameWork.ts';
import { traceTree, type TreeRow } from './traceTree.ts';
import { wholeHttp } from './wholeHttp.ts';

/** The rows of a trace, shared out among the requests that they were work for and the calls that they were made in. */
export interface TraceWork {
  readonly rows: readonly TreeRow<Span>[];
  readonly requests: readonly WorkRequest[];
  readonly calls: readonly WorkCall[];
  /** Of each row the request that it is work for, in `requests`; -1 where that has not arrived. */
  readonly requestOf: Int32Array;
  /** Of each row the call that it is or lies in, in `calls`; -1 outside of calls. */
  readonly callOf: Int32Array;
  /** Of each call the one that stands for it: itself, or the same call as the other protocol reported it. */
  readonly twins: Int32Array;
  /** In `requests`. */
  readonly entryPoint?: number;
}

export interface WorkRequest {
  /** The rows that report it, the outermost first. */
  readonly reports: readonly number[];
  /** The request and the call that led to it: -1 where there is none. */
  readonly caller: number;
  readonly call: number;
  /** All its rows, the reports included, in the order of the tree. */
  readonly rows: readonly number[];
}

export interface WorkCall {
  /** The outermost of the rows that are this call: an AWS SDK's span, say, around that of the HTTP client. */
  readonly row: number;
  readonly request: number;
  readonly called: CalledService;
  /** Other calls in it are told by their own names, and it has none: it only groups them. */
  readonly isOnlyAround: boolean;
}

export function spanAt({ rows }: Pick<TraceWork, 'rows'>, row: number): Span {
  return (rows[row] as TreeRow<Span>).span;
}

/** Says of each row of a trace to which request and call it belongs. */
export function assignWork(spans: readonly Span[]): TraceWork {
  const { rows } = traceTree(spans);
  const assignment = new Assignment(rows);
  for (const index of rows.keys()) {
    assignment.add(index);
  }
  const entryPoint = entryPointOf(rows, assignment);
  const { requests, calls, requestOf, callOf } = assignment;
  const twins = callTwins(calls, (row) => rows[row]?.span as Span);
  return { rows, requests, calls, requestOf, callOf, twins, ...(entryPoint === undefined ? {} : { entryPoint }) };
}

/** Takes rows in the order of the tree, so that what lies above is known. */
class Assignment {
  readonly requests: { reports: number[]; caller: number; call: number; rows: number[] }[] = [];
  readonly calls: { row: number; request: number; called: CalledService; isOnlyAround: boolean }[] = [];
  readonly requestOf: Int32Array;
  readonly callOf: Int32Array;

  readonly #rows: readonly TreeRow<Span>[];

  constructor(rows: readonly TreeRow<Span>[]) {
    this.#rows = rows;
    this.requestOf = new Int32Array(rows.length).fill(-1);
    this.callOf = new Int32Array(rows.length).fill(-1);
  }

  add(index: number): void {
    const { span, parent, isOrphan } = this.#rows[index] as TreeRow<Span>;
    const request = parent === -1 ? -1 : (this.requestOf[parent] as number);
    const call = parent === -1 ? -1 : (this.callOf[parent] as number);
    if (this.#isReportOf(index, request, call)) {
      this.requestOf[index] = request;
      this.requests[request]?.reports.push(index);
    } else if (receives(span) || (parent === -1 && !isOrphan)) {
      this.requestOf[index] = this.requests.push({ reports: [index], caller: request, call, rows: [] }) - 1;
    } else {
      this.requestOf[index] = request;
      this.callOf[index] = call;
    }
    this.requests[this.requestOf[index] ?? -1]?.rows.push(index);
    if (isCall(span)) {
      this.#addCall(index, span);
    }
  }

  /** Whether a row is the request above it, by the other protocol; spans of a framework's layers may lie between the two. */
  #isReportOf(index: number, request: number, call: number): boolean {
    const { span, isSameWork: isOfParent } = this.#rows[index] as TreeRow<Span>;
    const above = this.requests[request]?.reports[0];
    if (above === undefined || call !== -1) {
      return false;
    }
    const aboveSpan = (this.#rows[above] as TreeRow<Span>).span;
    return isOfParent || isSameWork(span, aboveSpan) || hasSameUrl(span, aboveSpan);
  }

  #addCall(index: number, span: Span): void {
    const called = calledService(span);
    const outer = this.calls[this.callOf[index] ?? -1];
    if (outer !== undefined) {
      if (isTransport(called, outer.called)) {
        return;
      }
      outer.isOnlyAround ||= outer.called.knownBy === 'name';
    }
    const request = this.requestOf[index] as number;
    this.callOf[index] = this.calls.push({ row: index, request, called, isOnlyAround: false }) - 1;
  }
}

/**
 * A segment has the name that AWS_XRAY_TRACING_NAME or the Host gives it, which need not be OTel's `service.name`. Where nobody reported a
 * call between the two, the same method on the same whole URL, port included, tells that one server took the request.
 */
function hasSameUrl(span: Span, above: Span): boolean {
  if (span.source === above.source || !receives(span) || !receives(above)) {
    return false;
  }
  const [one, other] = [wholeHttp(span), wholeHttp(above)];
  return one?.url?.includes('://') === true && one.url === other?.url && one.method === other.method;
}

function isCall({ kind }: Span): boolean {
  return kind === 'client' || kind === 'producer';
}

/** Whether a call inside another one only carries it: the same service again, or the HTTP request under an AWS, database or RPC client. */
function isTransport(inner: CalledService, outer: CalledService): boolean {
  if (inner.name === outer.name && inner.type === outer.type) {
    return true;
  }
  const isPlain = inner.knownBy === 'host' || inner.knownBy === 'name';
  return isPlain && outer.knownBy !== 'host' && outer.knownBy !== 'name';
}

/** The first request without a parent, else the first from outside, else the first of what has arrived: what a trace is named after. */
function entryPointOf(
  rows: readonly TreeRow<Span>[],
  { requests, requestOf }: Pick<Assignment, 'requests' | 'requestOf'>,
): number | undefined {
  const tops = rows.flatMap((row, index) => (row.parent === -1 && requestOf[index] !== -1 ? [{ row, index }] : []));
  const top =
    tops.find(({ row }) => row.span.parentId === undefined) ?? tops.find(({ row }) => !row.isOrphan) ?? tops[0];
  return top === undefined ? (requests.length > 0 ? 0 : undefined) : requestOf[top.index];
}
