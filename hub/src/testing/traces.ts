import type { SpanJson, TraceDetail, TraceRow, TraceTreeRows } from '../client/api.ts';
import type { StoredTrace } from './inMemoryStore.ts';

export const traceId = '4efaaf4d1e8720b39541901950019ee5';
export const spanId = '53995c3f42cd8ad8';

const row: TraceRow = {
  id: traceId,
  xrayId: '1-4efaaf4d-1e8720b39541901950019ee5',
  name: 'GET /api/activities/home',
  service: 'backend',
  startTime: '1700000000000000000',
  durationNanos: '5000000',
  spanCount: 1,
  errorCount: 0,
  logCount: 0,
  status: 'ok',
  sources: ['otlp'],
  pinned: false,
  rootMissing: false,
};

const span: SpanJson = {
  id: spanId,
  name: 'GET',
  service: 'backend',
  kind: 'server',
  startTime: row.startTime,
  durationNanos: row.durationNanos,
  status: 'ok',
  attributes: { text: 'ü'.repeat(5_000) },
  annotations: {},
  metadata: {},
  resource: {},
  events: [],
  links: [],
  exceptions: [],
  source: 'otlp',
};

export const rows: TraceTreeRows = {
  trace: row,
  texts: ['GET', 'backend'],
  rows: [[0, spanId, 0, 1, 1, 1, 0, 5_000_000, 0, 200]],
};

export const detail: TraceDetail = { id: traceId, spans: [span], logs: [], errors: [] };

/** A trace of one span, as a store would answer it. */
export const storedTrace: StoredTrace = { rows, detail, raw: { id: traceId, documents: [] } };
