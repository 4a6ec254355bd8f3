import { parseSpanId, parseTraceId } from '../model/ids.ts';
import type { LogEvent, LogLevel } from '../model/logEvent.ts';
import type { Attributes, AttributeValue } from '../model/span.ts';
import { epochNanos } from '../model/units.ts';
import type { Problem } from './decoded.ts';
import type { Draft } from './draft.ts';
import { idTrouble, serviceOf, unknownService } from './otlpSpan.ts';

/** A log record in OTLP's own terms, out of either encoding. */
export interface OtlpLogRecord {
  time: bigint;
  observedTime: bigint;
  severityNumber: number;
  severityText: string;
  body: AttributeValue;
  attributes: Record<string, AttributeValue>;
  traceId: string;
  spanId: string;
  eventName: string;
}

export function emptyOtlpLogRecord(): OtlpLogRecord {
  return {
    time: 0n,
    observedTime: 0n,
    severityNumber: 0,
    severityText: '',
    body: null,
    attributes: {},
    traceId: '',
    spanId: '',
    eventName: '',
  };
}

/** OTLP's log record in our words. Nothing in a record makes it useless, so none is rejected; a bad id is a problem beside it. */
export function toLogEvent(
  otlp: OtlpLogRecord,
  resource: Attributes,
  scope: string | undefined,
  place: () => string,
  problems: Problem[],
): LogEvent {
  const event: Draft<LogEvent> = {
    // The specification lets `time` be absent and wants the collector's clock used then.
    time: epochNanos(otlp.time === 0n ? otlp.observedTime : otlp.time),
    level: levelOf(otlp.severityNumber, otlp.severityText),
    message: messageOf(otlp),
    attributes: otlp.attributes,
    resource,
  };
  if (otlp.severityNumber !== 0) {
    event.severityNumber = otlp.severityNumber;
  }
  if (otlp.severityText !== '') {
    event.severityText = otlp.severityText;
  }
  if (otlp.eventName !== '') {
    event.eventName = otlp.eventName;
  }
  if (typeof otlp.body === 'object' && otlp.body !== null) {
    event.body = otlp.body;
  }
  const service = serviceOf(resource);
  if (service !== unknownService) {
    event.service = service;
  }
  if (scope !== undefined && scope !== '') {
    event.scope = scope;
  }
  setIds(event, otlp, place, problems);
  return event;
}

function setIds(event: Draft<LogEvent>, otlp: OtlpLogRecord, place: () => string, problems: Problem[]): void {
  const traceId = parseTraceId(otlp.traceId);
  if (traceId !== undefined) {
    event.traceId = traceId;
  } else if (!/^0*$/.test(otlp.traceId)) {
    problems.push({ place: `${place()}.traceId`, message: idTrouble('a trace id', 32, otlp.traceId) });
  }
  const spanId = parseSpanId(otlp.spanId);
  if (spanId !== undefined) {
    event.spanId = spanId;
  } else if (!/^0*$/.test(otlp.spanId)) {
    problems.push({ place: `${place()}.spanId`, message: idTrouble('a span id', 16, otlp.spanId) });
  }
}

/** SeverityNumber goes in fours (OTel logs data model, "Field: SeverityNumber"); without one the logger's own word is tried. */
const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const levelWords: Readonly<Record<string, LogLevel>> = {
  verbose: 'trace',
  information: 'info',
  notice: 'info',
  warning: 'warn',
  err: 'error',
  severe: 'error',
  critical: 'fatal',
  crit: 'fatal',
  emergency: 'fatal',
  panic: 'fatal',
};

function levelOf(severityNumber: number, severityText: string): LogLevel {
  if (severityNumber >= 1 && severityNumber <= 24) {
    return levels[Math.floor((severityNumber - 1) / 4)] ?? 'unset';
  }
  const word = severityText.toLowerCase();
  return (
    levels.find((level) => level === word) ??
    (Object.hasOwn(levelWords, word) ? levelWords[word] : undefined) ??
    'unset'
  );
}

function messageOf({ body, eventName }: OtlpLogRecord): string {
  if (typeof body === 'string') {
    return body;
  }
  if (body === null) {
    return eventName;
  }
  return typeof body === 'object' ? JSON.stringify(body, bigintToText) : String(body);
}

function bigintToText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
