import type { SpanId, TraceId } from './ids.ts';
import type { DurationNanos, EpochNanos } from './units.ts';

/** `error` is the caller's fault (4xx), `fault` the service's (5xx or an exception), `throttled` is 429; X-Ray's words, used for OTel too. */
export type SpanStatus = 'running' | 'ok' | 'error' | 'fault' | 'throttled';

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Which protocol reported the span. */
export type SpanSource = 'xray' | 'otlp';

/** Everything OTLP's AnyValue can hold; 64-bit integers are `bigint` where a double would lose digits, bytes are base64 text. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** The least that a tree row and the shape of a trace need; the hub's index answers it without decoding a payload. */
export interface SpanSummary {
  readonly id: SpanId;
  readonly parentId?: SpanId;
  readonly name: string;
  readonly service: string;
  readonly kind: SpanKind;
  readonly source: SpanSource;
  readonly status: SpanStatus;
  readonly startTime: EpochNanos;
  /** Of a running span: zero. */
  readonly duration: DurationNanos;
  /** True for an X-Ray subsegment, which is never a request of its own. */
  readonly isSubsegment?: boolean;
  /** True where the sender said that the parent is in another process: an X-Ray segment with a parent, an OTel span whose flags say so. */
  readonly isParentRemote?: boolean;
  readonly http?: HttpSummary;
}

export interface HttpSummary {
  readonly method?: string;
  readonly url?: string;
  /** The low-cardinality route (`/api/activities/:handle`), where the instrumentation gave one. */
  readonly route?: string;
  readonly status?: number;
}

/** A span, segment or subsegment with everything its sender said about it. */
export interface Span extends SpanSummary {
  readonly traceId: TraceId;
  readonly statusMessage?: string;
  readonly http?: HttpSummary & {
    readonly userAgent?: string;
    readonly clientIp?: string;
    readonly contentLength?: number;
  };
  /** OTel attributes as sent; X-Ray's `aws`, `sql`, `service`, `user`, `origin` and the like as flat dotted keys. */
  readonly attributes: Attributes;
  /** X-Ray annotations (indexed there). For OTel spans X-Ray treats the attributes named in `aws.xray.annotations` so. */
  readonly annotations: Readonly<Record<string, string | number | boolean>>;
  /** X-Ray metadata by namespace: kept, shown, never searchable there. */
  readonly metadata: Readonly<Record<string, AttributeValue>>;
  readonly resource: Attributes;
  readonly scope?: { readonly name: string; readonly version?: string; readonly attributes: Attributes };
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly exceptions: readonly SpanException[];
  /** W3C `tracestate` as sent. */
  readonly traceState?: string;
  /** What the sender's own limits made it drop. */
  readonly dropped?: { readonly attributes: number; readonly events: number; readonly links: number };
}

export interface SpanEvent {
  readonly name: string;
  readonly time: EpochNanos;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly traceId: TraceId;
  readonly spanId?: SpanId;
  readonly traceState?: string;
  readonly attributes: Attributes;
}

export interface SpanException {
  readonly id?: string;
  readonly type?: string;
  readonly message?: string;
  /** Raised by a called service rather than here. */
  readonly remote?: boolean;
  /** The `id` of the exception that led to this one. */
  readonly causeId?: string;
  /** Frames that the sender left out of `stack`. */
  readonly truncatedFrames?: number;
  /** Newest frame first, as both X-Ray and Node print it. */
  readonly stack: readonly StackFrame[];
  /** The stack as text, where the sender gave only that (OTel `exception.stacktrace`). */
  readonly stackText?: string;
}

export interface StackFrame {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly label?: string;
}
