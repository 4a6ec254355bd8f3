/**
 * The hub's own API under `/sightline/v1/` as JSON. Times and durations are nanoseconds as decimal text, ids are 32 or 16 hex digits.
 * The shapes named in the contract (traces, trace, stats, changes) are stable: scripts lean on them.
 */
import type { SpanKind, SpanSource, SpanStatus } from '@sightline/telemetry/model/span';
import type { RelayStats } from './relayApi.ts';
import type { LogLevel } from '@sightline/telemetry/model/logEvent';

/** What the hub prints as one line once everything listens. An endpoint that was switched off (`none`) has no key. */
export interface ReadyLine {
  readonly event: 'ready';
  readonly version: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly tokenFile: string;
  readonly endpoints: Endpoints;
}

export interface Endpoints {
  readonly xrayUdp?: string;
  readonly xrayTcp?: string;
  readonly otlpHttp?: string;
  readonly otlpGrpc?: string;
  readonly api: string;
}

/** `GET /health`: no token, no data. */
export interface HealthReply {
  readonly status: 'ok';
  readonly version: string;
  readonly pid: number;
}

/** One row of the trace list. */
export interface TraceRow {
  readonly id: string;
  readonly xrayId: string;
  /** `GET /api/activities/home` for a request, else the root span's name. */
  readonly name: string;
  readonly service: string;
  readonly startTime: string;
  readonly durationNanos: string;
  /** Spans, segments and subsegments; a segment and the server span of one request are both counted here. */
  readonly spanCount: number;
  readonly errorCount: number;
  readonly logCount: number;
  /** Errors that an app reported in this trace, where there are any. */
  readonly errorItemCount?: number;
  readonly status: SpanStatus;
  readonly sources: readonly SpanSource[];
  readonly httpStatus?: number;
  readonly httpMethod?: string;
  readonly route?: string;
  readonly pinned: boolean;
  /** True while no span without a parent, or with a parent outside, has arrived. */
  readonly rootMissing: boolean;
}

/** `GET /sightline/v1/traces?limit=&before=&filter=&health=exclude`: newest first. */
export interface TraceList {
  readonly traces: readonly TraceRow[];
  /** Pass as `before` for the next page; absent at the end. */
  readonly next?: string;
  /** How many health-check traces `health=exclude` left out of this page's range. */
  readonly hiddenHealthChecks?: number;
}

/**
 * `GET /sightline/v1/traces/{id}/rows`: the tree of a trace in columns, depth-first as it is drawn. Numbers index into `texts`.
 * Compact on purpose: a trace of 10,000 spans stays under 3 MB and is made without decoding a payload.
 */
export interface TraceTreeRows {
  readonly trace: TraceRow;
  readonly texts: readonly string[];
  readonly rows: readonly TreeRowTuple[];
}

/** `[depth, spanId, name, service, statusCode, sourceCode, startOffsetNanos, durationNanos, flags, httpStatus]`. */
export type TreeRowTuple = readonly [
  depth: number,
  spanId: string,
  name: number,
  service: number,
  status: number,
  source: number,
  startOffsetNanos: number,
  durationNanos: number,
  flags: number,
  httpStatus: number,
];

export const treeRowStatuses: readonly SpanStatus[] = ['running', 'ok', 'error', 'fault', 'throttled'];
export const treeRowSources: readonly SpanSource[] = ['xray', 'otlp'];
/** Bits of a tree row's `flags`. */
export const treeRowFlags = {
  /** The parent is another service that has not reported here. */
  fromOutside: 1,
  /** The parent has not arrived, or never will. */
  orphan: 2,
  /** The same piece of work as its parent row, reported by the other protocol. */
  sameWork: 4,
  subsegment: 8,
} as const;

export interface StackFrameJson {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly label?: string;
}

export interface ExceptionJson {
  readonly type?: string;
  readonly message?: string;
  readonly remote?: boolean;
  readonly stack: readonly StackFrameJson[];
  readonly stackText?: string;
}

/** A span with everything its sender said; 64-bit integers that a double cannot hold are decimal text. */
export interface SpanJson {
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly service: string;
  readonly kind: SpanKind;
  readonly startTime: string;
  readonly durationNanos: string;
  readonly status: SpanStatus;
  readonly statusMessage?: string;
  readonly http?: {
    readonly method?: string;
    readonly url?: string;
    readonly route?: string;
    readonly status?: number;
    readonly userAgent?: string;
    readonly clientIp?: string;
    readonly contentLength?: number;
  };
  readonly attributes: Readonly<Record<string, JsonValue>>;
  readonly annotations: Readonly<Record<string, string | number | boolean>>;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly resource: Readonly<Record<string, JsonValue>>;
  readonly scope?: { readonly name: string; readonly version?: string };
  readonly events: readonly {
    readonly name: string;
    readonly time: string;
    readonly attributes: Readonly<Record<string, JsonValue>>;
  }[];
  readonly links: readonly { readonly traceId: string; readonly spanId?: string }[];
  readonly exceptions: readonly ExceptionJson[];
  readonly source: SpanSource;
}

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface LogEventJson {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly service?: string;
  readonly spanId?: string;
  readonly attributes: Readonly<Record<string, JsonValue>>;
}

/** `GET /sightline/v1/traces/{id}`: streamed. */
export interface TraceDetail {
  readonly id: string;
  readonly spans: readonly SpanJson[];
  /** OpenTelemetry's records of the trace, then CloudWatch's lines that carry its id, the first 1,000. */
  readonly logs: readonly LogEventJson[];
  /** `OccurrenceJson` without its `raw`, the first one first; at most 100. */
  readonly errors: readonly JsonValue[];
}

/** `GET /sightline/v1/traces/{id}/raw`: the documents as they came, JSON ones parsed, protobuf ones in OTLP/JSON form. */
export interface RawTrace {
  readonly id: string;
  readonly documents: readonly {
    readonly source: SpanSource;
    readonly format: 'xray-json' | 'otlp-json' | 'otlp-protobuf';
    /** Absent where the source does not tell. */
    readonly receivedAt?: string;
    readonly document: JsonValue;
  }[];
  /** How many more there are: an answer holds at most 16 MiB of them. */
  readonly omittedDocuments?: number;
}

/** `GET /sightline/v1/recent-traces`: traces that began in the last minute, and those of the last five whose `status` is a failure. */
export interface RecentTracesReply {
  readonly lastMinute: number;
  readonly failedInFive: number;
}

/** `GET /sightline/v1/stats`. */
export interface StatsReply {
  readonly traces: number;
  readonly spans: number;
  readonly logEvents: number;
  readonly errorItems: number;
  readonly problems: number;
  /** Records that were lost or evicted before a person could see them, by reason, such as `udpKernel`, `queueFull`. Retention is not in it. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Bytes of the database file in use. */
  readonly bytes: number;
  readonly duplicates: number;
  /** Spans that retention removed since the hub started. */
  readonly retired: number;
  readonly metricsRequests: number;
  /** Calls of vendors' APIs that this hub does not serve. */
  readonly unservedCalls?: number;
  /** Receive buffer that the system granted to the UDP socket, and what was asked. */
  readonly udpBuffer?: { readonly asked: number; readonly granted: number };
  readonly startedAt: string;
  /** Absent while nothing goes on from here. */
  readonly relay?: RelayStats;
}

/** `GET /sightline/v1/problems?limit=`: newest first. */
export interface ProblemList {
  readonly problems: readonly ProblemJson[];
}

export interface ProblemJson {
  readonly id: number;
  readonly time: string;
  /** The receiver that met it: `xrayUdp`, `xrayTcp`, `otlpHttp`, `otlpGrpc`, `store`, ... */
  readonly receiver: string;
  readonly place: string;
  readonly message: string;
  /** The first bytes of what came, as text with non-printing bytes escaped; at most 2,000 characters. */
  readonly sample?: string;
}

/** One server-sent event of `GET /sightline/v1/changes`, event name `change`. A first one is sent at once, later ones every 100 ms at most. */
export interface ChangeEvent {
  /** Grows with every commit; a reader that missed events compares it. */
  readonly revision: number;
  /** Ids of the traces that changed, or `'many'` when there were over 200. */
  readonly traces: readonly string[] | 'many';
  readonly logs: boolean;
  /** The CloudWatch groups that changed; absent where others may have changed too. */
  readonly logGroups?: readonly string[];
  /** Error groups came or changed; absent is the same as false. */
  readonly errors?: boolean;
  /** The sampling rules changed; absent is the same as false. How often they match is not told: it changes all the time. */
  readonly sampling?: boolean;
  readonly problems: boolean;
  /** True after a clear or a retention pass: rows may be gone. */
  readonly removed: boolean;
}
