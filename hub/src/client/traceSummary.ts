import type { TraceId } from '@sightline/telemetry/model/ids';
import { toXRayTraceId } from '@sightline/telemetry/model/ids';
import type { HttpSummary, SpanSource, SpanStatus, SpanSummary } from '@sightline/telemetry/model/span';
import { isHealthCheckPath, traceName } from '@sightline/telemetry/view/traceName';
import { requestsOf, traceTree, type Request, type TraceTree } from '@sightline/telemetry/view/traceTree';
import type { TraceRow } from './api.ts';

export interface TraceSummary<S extends SpanSummary> {
  readonly row: TraceRow;
  readonly tree: TraceTree<S>;
  readonly isHealthCheck: boolean;
}

/** From bad to worse. */
const severity: Record<SpanStatus, number> = { running: 0, ok: 1, error: 2, throttled: 3, fault: 4 };

/** A trace's row and tree out of its spans, of which there is at least one. */
export function summarizeTrace<S extends SpanSummary>(
  traceId: TraceId,
  spans: readonly S[],
  kept: { readonly logCount: number; readonly pinned: boolean },
): TraceSummary<S> {
  const tree = traceTree(spans);
  const root = rootOf(tree);
  const reports = [root.row, ...root.sameWork];
  const http = httpOf(reports.map(({ span }) => span));
  const { start, end } = extentOf(spans);
  const row: TraceRow = {
    id: traceId,
    xrayId: toXRayTraceId(traceId),
    name: traceName({ name: root.row.span.name, ...(http === undefined ? {} : { http }) }),
    service: root.row.service,
    startTime: String(start),
    durationNanos: String(end - start),
    spanCount: tree.rows.length,
    errorCount: countErrors(tree),
    logCount: kept.logCount,
    status: statusOf(
      reports.map(({ span }) => span.status),
      spans,
    ),
    sources: sourcesOf(spans),
    ...(http?.status === undefined ? {} : { httpStatus: http.status }),
    ...(http?.method === undefined ? {} : { httpMethod: http.method }),
    ...(http?.route === undefined ? {} : { route: http.route }),
    pinned: kept.pinned,
    rootMissing: root.row.isOrphan,
  };
  return { row, tree, isHealthCheck: isHealthCheck(http) };
}

/**
 * The piece of work that the trace is named after: a span without a parent, else one whose parent is outside, else the first of what has
 * arrived so far. Rows are sorted by start time, so the first of a kind is the earliest.
 */
function rootOf<S extends SpanSummary>(tree: TraceTree<S>): Request<S> {
  const roots = tree.rows.filter((row) => row.parent === -1);
  const row =
    roots.find((candidate) => candidate.span.parentId === undefined) ??
    roots.find((candidate) => !candidate.isOrphan) ??
    roots[0];
  if (row === undefined) {
    throw new Error('a trace without spans has no root');
  }
  return requestsOf(tree).find((request) => request.row === row) ?? { row, sameWork: [] };
}

/** The facts of one request out of all reports of it; the first that has a fact gives it. */
function httpOf(reports: readonly SpanSummary[]): HttpSummary | undefined {
  let http: HttpSummary | undefined;
  for (const report of reports) {
    if (report.http !== undefined) {
      http = { ...report.http, ...http };
    }
  }
  return http;
}

/** Running while any segment is; else the root's, the worse of its reports; a trace throttled further down is throttled too. */
function statusOf(rootReports: readonly SpanStatus[], spans: readonly SpanSummary[]): SpanStatus {
  if (spans.some(({ status }) => status === 'running')) {
    return 'running';
  }
  const worst = rootReports.reduce((a, b) => (severity[a] >= severity[b] ? a : b));
  return worst === 'ok' && spans.some(({ status }) => status === 'throttled') ? 'throttled' : worst;
}

/** Pieces of work that failed: two reports of one count once. */
function countErrors({ rows }: TraceTree<SpanSummary>): number {
  let count = 0;
  for (const row of rows) {
    const parent = row.isSameWork ? rows[row.parent] : undefined;
    if (isFailure(row.span) && !(parent !== undefined && isFailure(parent.span))) {
      count += 1;
    }
  }
  return count;
}

function isFailure({ status }: SpanSummary): boolean {
  return severity[status] > severity.ok;
}

function extentOf(spans: readonly SpanSummary[]): { start: bigint; end: bigint } {
  let [start, end] = [spans[0]?.startTime ?? 0n, 0n] as [bigint, bigint];
  for (const span of spans) {
    const spanEnd = span.startTime + (span.duration > 0n ? span.duration : 0n);
    start = span.startTime < start ? span.startTime : start;
    end = spanEnd > end ? spanEnd : end;
  }
  return { start, end };
}

function sourcesOf(spans: readonly SpanSummary[]): SpanSource[] {
  return (['xray', 'otlp'] as const).filter((source) => spans.some((span) => span.source === source));
}

function isHealthCheck(http: HttpSummary | undefined): boolean {
  const path = http?.route ?? http?.url;
  return path !== undefined && isHealthCheckPath(path);
}
