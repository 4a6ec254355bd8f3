import { treeRowFlags, treeRowSources, treeRowStatuses } from '@sightline/hub/client/api';
import type { TraceRow, TraceTreeRows, TreeRowTuple } from '@sightline/hub/client/api';
import type { SpanSource, SpanStatus } from '@sightline/telemetry/model/span';

/** The moment at which the tests of the Traces view look at it. */
export const testNow = new Date(2026, 10, 23, 14, 0, 0).getTime();

const milli = 1_000_000;

/** The id of the trace with a number, in the hub's spelling. */
export function testTraceId(number: number): string {
  return number.toString(16).padStart(32, '0');
}

/** What a test's trace has otherwise; `undefined` takes a property away. */
export type TraceDifferences = { readonly [K in keyof TraceRow]?: TraceRow[K] | undefined };

/** One request of `backend`: 34 ms, answered with 200, `ageSeconds` old. */
export function testTrace(number: number, ageSeconds: number, differences: TraceDifferences = {}): TraceRow {
  const id = testTraceId(number);
  const properties = {
    id,
    xrayId: `1-${id.slice(0, 8)}-${id.slice(8)}`,
    name: 'GET /api/activities/home',
    service: 'backend',
    startTime: `${testNow - ageSeconds * 1000}000000`,
    durationNanos: String(34 * milli),
    spanCount: 1,
    errorCount: 0,
    logCount: 0,
    status: 'ok',
    sources: ['otlp'],
    httpStatus: 200,
    httpMethod: 'GET',
    route: '/api/activities/home',
    pinned: false,
    rootMissing: false,
    ...differences,
  };
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as unknown as TraceRow;
}

/** A span of a test's tree. */
export interface TestSpan {
  readonly depth: number;
  readonly id: string;
  readonly name: string;
  readonly service?: string;
  readonly status?: SpanStatus;
  readonly source?: SpanSource;
  readonly millis?: number;
  readonly httpStatus?: number;
  readonly flags?: readonly (keyof typeof treeRowFlags)[];
}

/** The columns in which the hub sends a tree. */
export function testTreeRows(trace: TraceRow, spans: readonly TestSpan[]): TraceTreeRows {
  const texts = [...new Set(spans.flatMap(({ name, service = 'backend' }) => [name, service]))];
  const rows = spans.map((span): TreeRowTuple => {
    const { depth, id, name, service = 'backend', status = 'ok', source = 'otlp', millis = 1, httpStatus = 0 } = span;
    const flags = (span.flags ?? []).reduce((bits, flag) => bits | treeRowFlags[flag], 0);
    return [
      depth,
      id,
      texts.indexOf(name),
      texts.indexOf(service),
      treeRowStatuses.indexOf(status),
      treeRowSources.indexOf(source),
      depth * milli,
      millis * milli,
      flags,
      httpStatus,
    ];
  });
  return { trace, texts, rows };
}
