import type { SpanId, TraceId } from './ids.ts';
import type { Attributes, AttributeValue } from './span.ts';
import type { EpochNanos } from './units.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'unset';

/** One log record, from OTLP or CloudWatch Logs. */
export interface LogEvent {
  readonly time: EpochNanos;
  readonly level: LogLevel;
  /** OTel's 1 to 24, finer than `level`. */
  readonly severityNumber?: number;
  /** The level as the app's logger calls it. */
  readonly severityText?: string;
  /** OTel's name for the kind of event, where the record is one. */
  readonly eventName?: string;
  /** The body as one line or document of text; a structured body is also in `body`. */
  readonly message: string;
  readonly body?: AttributeValue;
  readonly service?: string;
  readonly traceId?: TraceId;
  readonly spanId?: SpanId;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly scope?: string;
}
